"""LeNet in PyTorch, on scikit-learn's images of digits. The layers are built in `__init__`."""

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class LeNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(6, 16, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.dropout = nn.Dropout(0.1)
        self.fc1 = nn.Linear(16 * 2 * 2, 60)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(60, num_classes)

    def forward(self, x):
        x = self.features(x)
        x = torch.flatten(x, 1)
        x = self.dropout(x)
        x = self.relu(self.fc1(x))
        return self.fc2(x)


def load_data():
    digits = load_digits()
    images = (digits.images[:, None] / 16).astype("float32")
    return train_test_split(images, digits.target, test_size=0.25, random_state=0)


def train(model, optimizer=torch.optim.SGD, learning_rate=0.2, epochs=12, batch_size=32):
    """Trains the model; returns its accuracy on images that it has not seen."""
    torch.manual_seed(0)
    train_x, test_x, train_y, test_y = map(torch.as_tensor, load_data())
    loader = DataLoader(TensorDataset(train_x, train_y), batch_size=batch_size, shuffle=True)
    loss_fn = nn.CrossEntropyLoss()
    model.train()
    opt = optimizer(model.parameters(), lr=learning_rate)
    for _ in range(epochs):
        for x, y in loader:
            loss = loss_fn(model(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
    model.eval()
    with torch.no_grad():
        return (model(test_x).argmax(1) == test_y).float().mean().item()


def main():
    return train(LeNet())


if __name__ == "__main__":
    print(f"accuracy: {main():.3f}")
