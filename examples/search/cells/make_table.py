"""Trains every distinct cell on scikit-learn's digits, three times, into `table.csv.gz`.

    python examples/search/cells/make_table.py          # about 25 minutes on one core; needs torch and scikit-learn
    python examples/search/cells/make_table.py --check  # trains a few cells again and compares them with the table

It can be interrupted: what was trained is kept in `table.part.csv`, and a further call goes on from there. Each cell
stands between a 1 × 1 convolution to eight channels and a linear layer on 2 × 2 averages, and is trained for five
epochs on 1000 digits. That is far too little for the best accuracy, and enough to tell good cells from bad ones.
"""

import argparse
import csv
import gzip
import io

import torch
import torch.nn.functional as F
from cells import TABLE, distinct, graph, table
from sklearn.datasets import load_digits

CHANNELS = 8
SEEDS = 3
EPOCHS = 5
BATCH = 50
RATE = 0.03
PART = TABLE.with_name("table.part.csv")


def digits():
    """Images and labels, shuffled: 1000 to train, 400 to validate, 397 to test."""
    images, labels = load_digits(return_X_y=True)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    x = torch.tensor(images, dtype=torch.float32).reshape(-1, 1, 8, 8)
    x = (x - x.mean()) / x.std()
    return x[order].split([1000, 400, 397]), torch.tensor(labels)[order].split([1000, 400, 397])


class Nets:
    """A cell with its weights, once for each seed: as groups of channels of one net, which costs as much as one.

    Plain functions: modules would take as long again for so small a net.
    """

    def __init__(self, name, generators):
        self.generators = generators
        self.operations, edges = graph(name)
        self.inputs = [[a for a, b in edges if b == v] for v in range(len(self.operations) + 2)]
        self.weights = []
        self.stem = self.weight(CHANNELS, 1, 1, 1)
        self.convolutions = {
            v: self.weight(CHANNELS, CHANNELS, k, k)
            for v, operation in enumerate(self.operations, 1)
            if (k := {"conv3x3": 3, "conv1x1": 1}.get(operation))
        }
        self.head = self.weight(10, CHANNELS, 2, 2)

    def weight(self, outputs, *shape):
        """He's initial values, and biases of zero."""
        scale = (2 / torch.Size(shape).numel()) ** 0.5
        drawn = [torch.randn(outputs, *shape, generator=g) * scale for g in self.generators]
        w = torch.cat(drawn).requires_grad_()
        b = torch.zeros(len(w), requires_grad=True)
        self.weights += [w, b]
        return w, b

    def convolve(self, x, weight):
        w, b = weight
        return F.conv2d(x, w, b, padding=w.shape[-1] % 2 and w.shape[-1] // 2, groups=SEEDS)

    def __call__(self, x):
        """Returns (images, seeds, 10) logits of (images, seeds, 8, 8) pixels."""
        values = [F.leaky_relu(self.convolve(x, self.stem), 0.1)]
        for v, inputs in enumerate(self.inputs[1:], 1):
            h = sum((values[i] for i in inputs[1:]), values[inputs[0]]) / len(inputs)
            if v in self.convolutions:
                h = F.leaky_relu(self.convolve(h, self.convolutions[v]), 0.1)
            elif v <= len(self.operations):
                h = F.max_pool2d(h, 3, stride=1, padding=1)
            values.append(h)
        return self.convolve(F.avg_pool2d(values[-1], 4), self.head).reshape(len(x), SEEDS, 10)


def row(name, data):
    """Trains a cell; returns how many validation digits, and test digits, it recognises with each seed."""
    (x, x_valid, x_test), (y, y_valid, y_test) = data
    generators = [torch.Generator().manual_seed(seed) for seed in range(SEEDS)]
    nets = Nets(name, generators)
    optimizer = torch.optim.Adam(nets.weights, lr=RATE, fused=True)
    steps = EPOCHS * len(x) // BATCH
    for step in range(steps):
        if step % (len(x) // BATCH) == 0:
            orders = [torch.randperm(len(x), generator=g).split(BATCH) for g in generators]
            batches = iter(torch.stack(batch, dim=1) for batch in zip(*orders, strict=True))
        batch = next(batches)
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / steps)
        loss = F.cross_entropy(nets(x[batch, 0]).flatten(0, 1), y[batch].flatten()) * SEEDS
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [name, recognised(nets, x_valid, y_valid), recognised(nets, x_test, y_test)]


def recognised(nets, x, y):
    with torch.no_grad():
        found = nets(x.expand(-1, SEEDS, -1, -1)).argmax(2) == y[:, None]
    return " ".join(str(int(count)) for count in found.sum(0))


def make(names, data):
    done = (
        {line.partition(",")[0] for line in PART.read_text().splitlines()}
        if PART.exists()
        else set()
    )
    with PART.open("a") as file:
        for i, name in enumerate(names):
            if name not in done:
                csv.writer(file, lineterminator="\n").writerow(row(name, data))
                file.flush()
            if i % 100 == 0:
                print(f"{i} of {len(names)}", flush=True)
    rows = sorted(PART.read_text().splitlines())
    packed = io.BytesIO()
    with gzip.GzipFile(
        fileobj=packed, mode="w", mtime=0
    ) as file:  # no time: the same rows, the same file
        file.write("".join(f"{line}\n" for line in rows).encode())
    TABLE.write_bytes(packed.getvalue())
    PART.unlink()


def check(names, data):
    """Floating-point sums differ from one machine to the next; a few digits in 400 may, too."""
    for name in names[:: len(names) // 12]:
        _, valid, _ = row(name, data)
        again = sum(map(int, valid.split())) / SEEDS / 400
        print(f"{name:45} {table()[name].valid:.3f} {again:.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    torch.set_num_threads(1)
    (check if parser.parse_args().check else make)(distinct(), digits())


if __name__ == "__main__":
    main()
