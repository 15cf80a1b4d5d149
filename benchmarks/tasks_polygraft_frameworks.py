"""What symbolizing costs in real frameworks: each task beside the same thing without this library, in one process."""

from __future__ import annotations

from worker import Growth, Pair, Task

import polygraft as pg


def version() -> str:
    return pg.__version__


# -- PyTorch ---------------------------------------------------------------------------------------
def _torch_layers(symbolic: bool):
    from torch import nn

    plain = (nn.Sequential, nn.Linear, nn.ReLU)
    return tuple(map(pg.symbolize, plain)) if symbolic else plain


def _torch_model(symbolic: bool, width: int = 4):
    Sequential, Linear, ReLU = _torch_layers(symbolic)
    return Sequential(Linear(4, width), ReLU(), Linear(width, 2))


def torch_call(scale: int) -> Pair:
    """The forward pass of a model of three layers, so small that what happens around them counts."""
    import torch

    x = torch.ones(1, 4)

    def task(model) -> Task:
        return Task("model(x)", {"model": model.eval(), "x": x})

    return Pair(task(pg.clone(_torch_model(True))), task(_torch_model(False)))


def torch_create(scale: int) -> Pair:
    """The constructor calls of a model of three layers; four nodes."""

    def task(symbolic: bool) -> Task:
        Sequential, Linear, ReLU = _torch_layers(symbolic)
        names = {"Sequential": Sequential, "Linear": Linear, "ReLU": ReLU}
        return Task("Sequential(Linear(4, 4), ReLU(), Linear(4, 2))", names)

    return Pair(task(True), task(False), nodes=4)


def torch_train(scale: int) -> Pair:
    """A training step of the model, by an optimizer from a functor and by one that was called directly."""
    import torch

    def task(model, optimizer) -> Task:
        x, y = torch.ones(8, 4), torch.ones(8, 2)
        loss = torch.nn.functional.mse_loss
        names = {"model": model, "optimizer": optimizer, "x": x, "y": y, "loss": loss}
        return Task("optimizer.zero_grad(); loss(model(x), y).backward(); optimizer.step()", names)

    ours = _torch_model(True, 8)
    pg.patch(ours, lambda k, v: 4 if v == 8 else v)  # so that its optimizers are watched
    sgd = pg.functor(torch.optim.SGD)(lr=0.01)
    plain = _torch_model(False)
    return Pair(
        task(ours, sgd(ours.parameters())),
        task(plain, torch.optim.SGD(plain.parameters(), lr=0.01)),
    )


def torch_clone_patch(scale: int) -> Growth:
    """Clone and patch of a model of 100 million weights (of fewer in a smoke run)."""
    Sequential, Linear, ReLU = _torch_layers(True)
    side = 10_000 if scale >= 100_000 else 100
    model = Sequential(Linear(side, side), ReLU(), Linear(side, 10))

    def rule(k, v):
        return 2 * side if k and k.key in ("in_features", "out_features") and v == side else v

    pg.patch(pg.clone(_torch_model(True)), rule)  # what is loaded at first use does not count
    return Growth(lambda: pg.patch(pg.clone(model), rule), without=4 * side * side)


TASKS = {f.__name__: f for f in (torch_call, torch_create, torch_train, torch_clone_patch)}
