"""A text classifier in Keras: is a made review kind or unkind? Words that follow "not" turn around."""

import random

import keras
import numpy as np
from keras import layers

KIND = "good fine lovely great charming clever warm honest funny brilliant".split()
UNKIND = "bad dull awful weak clumsy boring cold false silly terrible".split()
FILLER = "the film plot cast and was is a very quite it its in all music story".split()
WORDS = {word: i for i, word in enumerate(["", "not", *KIND, *UNKIND, *FILLER])}
LENGTH = 12


def make_reviews(n, seed):
    """Returns word numbers, (n, LENGTH), and labels: 1 for kind."""
    rng = random.Random(seed)
    texts, labels = [], []
    for _ in range(n):
        kind = rng.random() < 0.5
        words = rng.choices(FILLER, k=LENGTH - 4)
        for _ in range(2):
            negated = rng.random() < 0.2
            opinion = [rng.choice(KIND if kind != negated else UNKIND)]
            at = rng.randrange(len(words))
            words[at:at] = ["not", *opinion] if negated else opinion
        texts.append([WORDS[word] for word in words] + [0] * (LENGTH - len(words)))
        labels.append(int(kind))
    return np.array(texts), np.array(labels)


class TextClassifier(keras.Model):
    def __init__(self, num_classes=2):
        super().__init__()
        self.embedding = layers.Embedding(len(WORDS), 16)
        self.convolution = layers.Conv1D(16, 3, activation="relu")
        self.pooling = layers.GlobalMaxPooling1D()
        self.dropout = layers.Dropout(0.2)
        self.classifier = layers.Dense(num_classes, activation="softmax")

    def call(self, words):
        x = self.convolution(self.embedding(words))
        return self.classifier(self.dropout(self.pooling(x)))


def train(model, optimizer, epochs=6, batch_size=32):
    """Trains the model; returns its accuracy on reviews that it has not seen."""
    keras.utils.set_random_seed(0)
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*make_reviews(1200, 1), epochs=epochs, batch_size=batch_size, verbose=0)
    return model.evaluate(*make_reviews(400, 2), verbose=0, return_dict=True)["accuracy"]


def main():
    return train(TextClassifier(), keras.optimizers.Adam(learning_rate=0.003))


if __name__ == "__main__":
    print(f"accuracy: {main():.3f}")
