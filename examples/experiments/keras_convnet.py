"""A convolutional net in Keras, on scikit-learn's images of digits."""

import keras
from keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def make_model():
    return keras.Sequential(
        [
            layers.Conv2D(8, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.9),
            layers.ReLU(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )


def train(model, optimizer, epochs=6, batch_size=64):
    """Trains the model; returns its accuracy on images that it has not seen."""
    keras.utils.set_random_seed(0)
    digits = load_digits()
    train_x, test_x, train_y, test_y = train_test_split(
        digits.images[..., None] / 16, digits.target, test_size=0.25, random_state=0
    )
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(train_x, train_y, epochs=epochs, batch_size=batch_size, verbose=0)
    return model.evaluate(test_x, test_y, verbose=0, return_dict=True)["accuracy"]


def main():
    return train(make_model(), keras.optimizers.Adam(learning_rate=0.01))


if __name__ == "__main__":
    print(f"accuracy: {main():.3f}")
