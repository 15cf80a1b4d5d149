"""Layers that a PyTorch module makes in its `__init__`: seen, changed, searched, saved."""

from __future__ import annotations

import copy
import os
import pickle
import tempfile
from typing import Any

import torch
from tests.frameworks.behaviours.registry import behaviour
from torch import nn
from torch.nn import BatchNorm2d, Conv2d, Linear, ReLU

X = torch.linspace(-1, 1, 50).reshape(2, 1, 5, 5)


class BasicBlock(nn.Module):
    """Of a third party: never symbolized itself; imports names, and has a class as a default argument."""

    def __init__(self, channels: int, norm: Any = BatchNorm2d):
        super().__init__()
        self.conv = Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn = norm(channels)
        self.act = ReLU(inplace=True)

    def forward(self, x: Any) -> Any:
        return self.act(self.bn(self.conv(x)) + x)


class ResNet(nn.Module):
    def __init__(self, width: int = 4, depth: int = 2, classes: int = 3):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, width, 3, padding=1), nn.ReLU())
        self.blocks = nn.Sequential(*[BasicBlock(width) for _ in range(depth)])
        self.head = Linear(width, classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight)

    def forward(self, x: Any) -> Any:
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


class Separable(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, padding: Any):
        super().__init__()
        self.depth = nn.Conv2d(
            in_channels, in_channels, kernel_size, padding=padding, groups=in_channels
        )
        self.point = nn.Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Any) -> Any:
        return self.point(self.depth(x))


def resnet(pg: Any, *args: Any) -> Any:
    return pg.symbolize(ResNet, inner=nn)(*args)


def trained(net: Any) -> Any:
    """Takes three steps; returns the loss before and after."""
    optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
    losses = []
    for _ in range(3):
        loss = nn.functional.cross_entropy(net(X), torch.tensor([0, 1]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@behaviour("PyTorch", "layers made in `__init__` are printed and queried by attribute", peer=False)
def found(pg: Any) -> None:
    net = resnet(pg)
    convs = pg.query(net, where=lambda v: isinstance(v, nn.Conv2d), inner=True)
    assert list(convs) == ["@stem.args[0]", "@blocks/0/conv", "@blocks/1/conv"]
    assert all(
        v is net.get_submodule(n)
        for v, n in zip(convs.values(), ("stem.0", "blocks.0.conv", "blocks.1.conv"), strict=True)
    )
    assert "@head = Linear(\n    in_features = 4,\n    out_features = 3," in net.format(inner=True)
    assert repr(net) == "ResNet(width=4, depth=2, classes=3)"


@behaviour(
    "PyTorch", "a module with layers in `__init__` is to PyTorch what the plain one is", peer=False
)
def same_as_plain(pg: Any) -> None:
    plain, net = ResNet(), resnet(pg)
    assert list(net.state_dict()) == list(plain.state_dict())
    assert vars(net).keys() == vars(plain).keys()
    net.load_state_dict(plain.state_dict())
    assert torch.equal(net.eval()(X), plain.eval()(X))


@behaviour(
    "PyTorch",
    "a rule replaces every inner `Conv2d` by its separable form, after training",
    peer=False,
)
def separable(pg: Any) -> None:
    net = resnet(pg)
    trained(net)
    Sep = pg.symbolize(Separable)
    pg.patch(
        net,
        lambda k, v: (
            Sep(v.in_channels, v.out_channels, v.kernel_size, v.padding)
            if isinstance(v, nn.Conv2d)
            else v
        ),
        inner=True,
    )
    assert sum(type(m) is Sep for m in net.modules()) == 3
    assert {m.groups for m in net.modules() if isinstance(m, nn.Conv2d)} == {1, 4}
    first, *_, last = trained(net)
    assert last < first


@behaviour("PyTorch", "a rule scales every inner width, and the module runs", peer=False)
def widths(pg: Any) -> None:
    net = pg.clone(resnet(pg))
    names = {"out_channels", "in_channels", "num_features", "in_features"}
    pg.patch(net, lambda k, v: v * 2 if k and k.key in names and v > 1 else v, inner=True)
    assert net(X).shape == (2, 3) and net.head.in_features == 8
    assert sum(p.numel() for p in net.parameters()) > 3 * sum(
        p.numel() for p in ResNet().parameters()
    )


@behaviour("PyTorch", "a search over every inner activation trains candidates", peer=False)
def search(pg: Any) -> None:
    Relu, Gelu, Tanh = map(pg.symbolize, (nn.ReLU, nn.GELU, nn.Tanh))
    space = pg.patch(
        pg.clone(resnet(pg, 2, 1)),
        lambda k, v: pg.oneof([Relu(), Gelu(), Tanh()]) if isinstance(v, nn.ReLU) else v,
        inner=True,
    )
    assert pg.dna_spec(space).space_size == 9
    kinds = set()
    for candidate, feedback in pg.sample(space, pg.geno.Sweeping()):
        kinds.add((type(candidate.stem[1]).__name__, type(candidate.blocks[0].act).__name__))
        feedback(-trained(candidate)[-1])
    assert len(kinds) == 9


@behaviour(
    "PyTorch",
    "overrides are saved, loaded, cloned, copied, pickled, compared and diffed",
    peer=False,
)
def kept(pg: Any) -> None:
    net = pg.patch(resnet(pg), {"@head.out_features": 7, "@blocks/0/act": pg.symbolize(nn.GELU)()})
    before = net(X)
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "net.json")
        pg.save(net, path)
        loaded = pg.load(path)
    for other in (loaded, net.clone(), copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert pg.eq(other, net) and not pg.diff(other, net)
        assert other(X).shape == (2, 7) and isinstance(other.blocks[0].act, nn.GELU)
        assert isinstance(other.blocks[1].act, nn.ReLU)
    copied = copy.deepcopy(net)
    assert torch.equal(copied.head.weight, net.head.weight) and before.shape == (2, 7)
    assert set(pg.diff(resnet(pg), net, flatten=True)) == {"@head", "@blocks/0/act"}


@behaviour(
    "PyTorch",
    "an unmodified third-party module joins by `with pg.wrap_module(torch.nn)`",
    peer=False,
)
def third_party(pg: Any) -> None:
    Net = pg.symbolize(type("Strange", (ResNet,), {}))
    with pg.wrap_module(nn):
        net = Net()
    late = pg.patch(
        pg.clone(net),
        {"@head.out_features": 9, "@blocks/1/conv.kernel_size": 1, "@blocks/1/conv.padding": 0},
    )
    assert late(X).shape == (2, 9) and late.blocks[1].conv.weight.shape == (4, 4, 1, 1)
    assert type(ResNet().head) is nn.Linear


@behaviour(
    "PyTorch", "overrides stay at their names when the arguments of the module change", peer=False
)
def arguments_change(pg: Any) -> None:
    net = pg.patch(resnet(pg), {"@head.out_features": 7, "@blocks/1/conv.bias": True})
    pg.patch(net, {"depth": 4, "width": 6})
    assert net(X).shape == (2, 7) and net.head.in_features == 6
    assert [b.conv.bias is not None for b in net.blocks] == [False, True, False, False]


@behaviour("PyTorch", "an override of what the module no longer makes", peer=False)
def place_gone(pg: Any) -> str:
    net = pg.patch(resnet(pg), {"@blocks/1/conv.bias": True})
    pg.patch(net, {"depth": 1})
    try:
        net(X)
    except pg.ConstructionError as e:
        assert "makes nothing at '@blocks/1/conv'" in str(e) and "MISSING_VALUE" in str(e)
    else:
        raise AssertionError("an override was dropped in silence")
    pg.patch(net, {"@blocks/1/conv": pg.MISSING_VALUE})
    assert net(X).shape == (2, 3)
    return "An error at the next use names the override and says how to remove it."


@behaviour(
    "PyTorch",
    "`keep_weights=True` keeps inner modules that nobody edited, and says which",
    peer=False,
)
def weights(pg: Any) -> None:
    Block = pg.symbolize(BasicBlock, inner=nn)

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Conv2d(1, 4, 3, padding=1)
            self.a, self.b = Block(4), BasicBlock(4)
            self.head = nn.Linear(4, 3)

        def forward(self, x: Any) -> Any:
            return self.head(self.b(self.a(self.stem(x))).mean((2, 3)))

    net = pg.symbolize(Net, inner=nn)()
    trained(net)
    before = {k: v.clone() for k, v in net.state_dict().items()}
    pg.patch(net, {"@head.out_features": 5, "@a.@act": pg.symbolize(nn.GELU)()}, keep_weights=True)
    assert net(X).shape == (2, 5)
    report = pg.kept_weights(net)
    assert report.kept == ("@stem", "@a.@conv", "@a.@bn", "@b/conv", "@b/bn")
    assert report.fresh == ("@head",)
    after = net.state_dict()
    assert all(torch.equal(v, after[k]) for k, v in before.items() if "conv" in k or "stem" in k)
    try:
        pg.patch(net, [{"@head.out_features": 6}, lambda k, v: 1 // 0], keep_weights=True)
    except ZeroDivisionError:
        pass
    assert pg.kept_weights(net) == report and net(X).shape == (2, 5)
