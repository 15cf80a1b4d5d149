"""A scikit-learn pipeline on a made table of numbers and categories."""

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def make_table(n=800, seed=0):
    """Returns a table of three columns of numbers and two of categories, and labels."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(n, 3)) * [1, 10, 100]
    colour, shape = rng.choice(["red", "green", "blue"], n), rng.choice(["round", "square"], n)
    score = numbers @ [1, 0.1, -0.01] + (colour == "red") - (shape == "square") * numbers[:, 0]
    table = np.column_stack([numbers.astype(object), colour, shape])
    return table, (score > 0).astype(int)


def make_model():
    columns = ColumnTransformer(
        [
            ("numbers", StandardScaler(), [0, 1, 2]),
            ("categories", OneHotEncoder(handle_unknown="ignore"), [3, 4]),
        ]
    )
    classifier = MLPClassifier(
        hidden_layer_sizes=(16,),
        activation="relu",
        solver="sgd",
        learning_rate_init=0.1,
        max_iter=300,
        tol=1e-3,
        random_state=0,
    )
    return Pipeline([("columns", columns), ("classifier", classifier)])


def train(model):
    """Fits the model; returns its accuracy on rows that it has not seen."""
    train_x, test_x, train_y, test_y = train_test_split(*make_table(), random_state=0)
    model.fit(train_x, train_y)
    return float(model.score(test_x, test_y))


def main():
    return train(make_model())


if __name__ == "__main__":
    print(f"accuracy: {main():.3f}")
