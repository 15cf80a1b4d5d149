"""A small transformer in PyTorch: which of three kinds of tokens is most frequent in a sequence? Made data."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

VOCABULARY, LENGTH, CLASSES = 30, 15, 3


class TransformerBlock(nn.Module):
    def __init__(self, d_model, num_heads, dropout):
        super().__init__()
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = nn.MultiheadAttention(d_model, num_heads, batch_first=True)
        self.norm2 = nn.LayerNorm(d_model)
        self.feed_forward = nn.Sequential(
            nn.Linear(d_model, 2 * d_model),
            nn.ReLU(),
            nn.Linear(2 * d_model, d_model),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        h = self.norm1(x)
        x = x + self.dropout(self.attention(h, h, h, need_weights=False)[0])
        return x + self.dropout(self.feed_forward(self.norm2(x)))


class Transformer(nn.Module):
    def __init__(self, num_blocks=2):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, 16)
        self.positions = nn.Embedding(LENGTH, 16)
        self.blocks = nn.ModuleList(TransformerBlock(16, 2, 0.1) for _ in range(num_blocks))
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, CLASSES)

    def forward(self, x):
        h = self.tokens(x) + self.positions(torch.arange(x.shape[1]))
        for block in self.blocks:
            h = block(h)
        return self.head(self.norm(h).mean(1))


def make_data(n, seed):
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(0, VOCABULARY, (n, LENGTH), generator=generator)
    counts = nn.functional.one_hot(tokens % CLASSES, CLASSES).sum(1)
    return tokens, counts.argmax(1)


def train(model, optimizer=torch.optim.Adam, learning_rate=0.01, epochs=6, batch_size=32):
    """Trains the model; returns its accuracy on sequences that it has not seen."""
    torch.manual_seed(0)
    loader = DataLoader(TensorDataset(*make_data(1500, 1)), batch_size=batch_size, shuffle=True)
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
    test_x, test_y = make_data(500, 2)
    with torch.no_grad():
        return (model(test_x).argmax(1) == test_y).float().mean().item()


def main():
    return train(Transformer())


if __name__ == "__main__":
    print(f"accuracy: {main():.3f}")
