"""What PyTorch code may do with symbolized modules, optimizers, datasets."""

from __future__ import annotations

import copy
import io
import os
import pickle
import subprocess
import sys
import tempfile
import textwrap
from collections import OrderedDict
from typing import Any

import torch
from tests.frameworks.behaviours.registry import behaviour
from torch import nn
from torch.utils.data import DataLoader, Dataset

X = torch.linspace(-1, 1, 8).reshape(4, 2)
Y = X.sum(1, keepdim=True)


# -- classes as users write them -------------------------------------------------------------------
class Mlp(nn.Module):
    """Layers given as arguments, in a list and a dict."""

    def __init__(self, layers, heads):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        self.heads = nn.ModuleDict(heads)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return {name: head(x) for name, head in self.heads.items()}


class Encoder(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding

    def forward(self, ids):
        return self.embedding(ids)


class Decoder(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding

    def forward(self, x):
        return x @ self.embedding.weight.T


class Autoencoder(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, ids):
        return self.decoder(self.encoder(ids))


class Squares(Dataset):
    def __init__(self, n, transform=None):
        self.n, self.transform = n, transform

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        x = torch.tensor([float(i)])
        return x**2 if self.transform is None else self.transform(x**2)


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, x):
        return x * self.factor


class Experiment:
    def __init__(self, model, optimizer, epochs=1):
        self.model, self.optimizer, self.epochs = model, optimizer, epochs


# -- helpers ---------------------------------------------------------------------------------------
def net(pg: Any) -> Any:
    """A symbolic Linear(2, 4) → ReLU → Dropout(0.0) → Linear(4, 1)."""
    Sequential, Linear, ReLU, Dropout = map(
        pg.symbolize, (nn.Sequential, nn.Linear, nn.ReLU, nn.Dropout)
    )
    return Sequential(Linear(2, 4), ReLU(), Dropout(0.0), Linear(4, 1))


def plain_net() -> nn.Sequential:
    return nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Dropout(0.0), nn.Linear(4, 1))


def train(model: Any, steps: int = 3) -> None:
    """Trains with a new optimizer, and asserts that every parameter of the model moves."""
    torch.manual_seed(0)
    model.train()
    for p in model.parameters():
        nn.init.uniform_(p, 0.1, 0.5)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = {k: p.detach().clone() for k, p in model.named_parameters()}
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(X), Y).backward()
        optimizer.step()
    assert before
    for k, p in model.named_parameters():
        assert not torch.equal(p, before[k]), k


def widths(model: Any) -> list[int]:
    return [m.out_features for m in model.modules() if isinstance(m, nn.Linear)]


def wider(k: Any, v: Any, p: Any) -> Any:
    """A rule that knows no model: hidden layers get 8 units."""
    return 8 if k and k.key in ("out_features", "in_features") and v == 4 else v


# -- containers ------------------------------------------------------------------------------------
@behaviour("PyTorch", "`Sequential`: the layers of a clone are patched by a rule, and it runs")
def sequential(pg):
    model = net(pg)
    other = model.clone()
    pg.patch(other, wider)
    assert widths(other) == [8, 1] and widths(model) == [4, 1]
    assert other(X).shape == (4, 1)


@behaviour("PyTorch", "`Sequential` of an `OrderedDict`: layers keep their names and are patched")
def sequential_of_ordered_dict(pg):
    Sequential, Linear, ReLU = map(pg.symbolize, (nn.Sequential, nn.Linear, nn.ReLU))
    model = Sequential(OrderedDict(first=Linear(2, 4), act=ReLU(), last=Linear(4, 1)))
    assert len(pg.query(model, where=lambda v: isinstance(v, nn.Linear))) == 2
    other = model.clone()
    assert other.first is not model.first
    pg.patch(other, wider)
    assert list(other.state_dict()) == ["first.weight", "first.bias", "last.weight", "last.bias"]
    assert widths(other) == [8, 1] and widths(model) == [4, 1] and other(X).shape == (4, 1)


@behaviour("PyTorch", "`ModuleList` and `ModuleDict`: layers of a clone are patched")
def module_containers(pg):
    List, Dict, Linear = map(pg.symbolize, (nn.ModuleList, nn.ModuleDict, nn.Linear))
    layers = List([Linear(2, 4), Linear(4, 4)]).clone()
    pg.patch(layers, wider)
    assert [m.weight.shape for m in layers] == [(8, 2), (8, 8)]
    heads = Dict({"a": Linear(2, 4), "b": Linear(2, 1)}).clone()
    pg.patch(heads, wider)
    assert {k: m.out_features for k, m in heads.items()} == {"a": 8, "b": 1}


@behaviour("PyTorch", "containers in containers: every level is queried and patched")
def nested_containers(pg):
    Sequential, List, Linear = map(pg.symbolize, (nn.Sequential, nn.ModuleList, nn.Linear))
    model = Sequential(Linear(2, 4), Sequential(List([Linear(4, 4)])[0], Sequential(Linear(4, 1))))
    other = model.clone()
    assert len(pg.query(other, where=lambda v: isinstance(v, nn.Linear))) == 3
    pg.patch(other, wider)
    assert widths(other) == [8, 8, 1] and other(X).shape == (4, 1)
    assert list(other.state_dict()) == list(model.state_dict())


@behaviour(
    "PyTorch", "a module that takes layers in a list and a dict gets plain ones, and is patched"
)
def layers_as_arguments(pg):
    M, Linear = map(pg.symbolize, (Mlp, nn.Linear))
    model = M([Linear(2, 4), Linear(4, 4)], {"mean": Linear(4, 1), "scale": Linear(4, 2)})
    pg.patch(model, wider)
    out = model(X)
    assert {k: tuple(v.shape) for k, v in out.items()} == {"mean": (4, 1), "scale": (4, 2)}
    assert widths(model) == [8, 8, 1, 2]


# -- what PyTorch does with modules ----------------------------------------------------------------
@behaviour("PyTorch", "`state_dict` keys, `vars` and `named_modules` are those of the plain model")
def state_dict_keys(pg):
    model, plain = net(pg), plain_net()
    for m in (model, model.clone()):
        assert list(m.state_dict()) == list(plain.state_dict())
        assert [n for n, _ in m.named_modules()] == [n for n, _ in plain.named_modules()]
        assert vars(m[0]).keys() == vars(plain[0]).keys()


@behaviour("PyTorch", "the `state_dict` of the plain model loads into a clone: same results")
def plain_state_into_clone(pg):
    plain = plain_net()
    other = net(pg).clone()
    other.load_state_dict(plain.state_dict())
    assert torch.equal(other(X), plain(X))


@behaviour("PyTorch", "`torch.save` and `torch.load` of the whole model keep weights and arguments")
def save_whole(pg):
    model = net(pg)
    buffer = io.BytesIO()
    torch.save(model, buffer)
    buffer.seek(0)
    other = torch.load(buffer, weights_only=False)
    assert torch.equal(other(X), model(X)) and pg.eq(other, model)
    pg.patch(other, wider)
    assert widths(other) == [8, 1] and other(X).shape == (4, 1)


@behaviour("PyTorch", "`torch.save` of the `state_dict`, `torch.load` into a clone: same results")
def save_state(pg):
    model = net(pg)
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    buffer.seek(0)
    other = model.clone()
    assert not torch.equal(other(X), model(X))
    other.load_state_dict(torch.load(buffer))
    assert torch.equal(other(X), model(X))


@behaviour("PyTorch", "`copy.deepcopy` keeps the weights; the copy is symbolic and independent")
def deepcopy(pg):
    model = net(pg)
    other = copy.deepcopy(model)
    assert torch.equal(other(X), model(X)) and other[0].weight is not model[0].weight
    assert pg.eq(other, model)
    pg.patch(other, wider)
    assert widths(other) == [8, 1] and widths(model) == [4, 1] and other(X).shape == (4, 1)


@behaviour("PyTorch", "a clone has fresh weights")
def clone_is_fresh(pg):
    model = net(pg)
    other = model.clone()
    assert pg.eq(other, model) and other[0].weight is not model[0].weight
    assert not torch.equal(other[0].weight, model[0].weight)


@behaviour("PyTorch", "`double`, `half`, `to(device)` move a clone, patched before and after")
def moves(pg):
    other = net(pg).clone()
    assert other.double()(X.double()).dtype is torch.float64
    pg.patch(other, wider)
    assert other.to("meta")[0].weight.shape == (8, 2)
    assert {p.device.type for p in other.parameters()} == {"meta"}
    assert {p.dtype for p in net(pg).clone().half().parameters()} == {torch.float16}


@behaviour("PyTorch", "`eval()` is kept by layers that an edit did not touch; rebuilt ones train")
def eval_is_kept(pg):
    model = net(pg).eval()
    pg.patch(model, lambda k, v, p: 0.5 if k and k.key == "p" else v)
    assert model[2].p == 0.5
    assert [m.training for m in model] == [False, False, True, False] and model.training


@behaviour("PyTorch", "layers that an edit did not touch keep weights and running statistics")
def siblings_keep_weights(pg):
    Sequential, Linear, Norm = map(pg.symbolize, (nn.Sequential, nn.Linear, nn.BatchNorm1d))
    model = Sequential(Linear(2, 3), Norm(3), Linear(3, 1))
    model(X)
    weight, mean = model[0].weight, model[1].running_mean.clone()
    pg.patch(model, lambda k, v, p: 5 if k and k.key == "out_features" and v == 1 else v)
    assert model[0].weight is weight and torch.equal(model[1].running_mean, mean)
    assert model(X).shape == (4, 5)


@behaviour("PyTorch", "`jit.trace` of a patched clone gives its results")
def traces(pg):
    other = net(pg).clone()
    pg.patch(other, wider)
    traced = torch.jit.trace(other, X)
    assert torch.equal(traced(X), other(X)) and "8" in str(traced.inlined_graph)


@behaviour("PyTorch", "`jit.script` of a patched clone gives its results")
def scripts(pg):
    other = net(pg).clone()
    pg.patch(other, wider)
    scripted = torch.jit.script(other)
    assert torch.equal(scripted(X), other(X)) and scripted.state_dict()["0.weight"].shape == (8, 2)


@behaviour("PyTorch", "`torch.fx` and `torch.export` give the graphs of the plain model")
def graphs(pg):
    other, plain = net(pg).clone(), plain_net()
    trace: Any = torch.fx.symbolic_trace
    assert str(trace(other).graph) == str(trace(plain).graph)
    ours, theirs = (torch.export.export(m.eval(), (X,)) for m in (other, plain))
    assert ours.graph_module.code == theirs.graph_module.code


@behaviour("PyTorch", "`torch.compile` (eager and aot_eager) of a patched clone", slow=True)
def compiles(pg):
    other = net(pg).clone()
    pg.patch(other, wider)
    for backend in ("eager", "aot_eager"):
        assert torch.allclose(torch.compile(other, backend=backend)(X), other(X))


@behaviour("PyTorch", "`torch.compile` (inductor) of a patched clone", slow=True)
def compiles_with_inductor(pg):
    other = net(pg).clone()
    pg.patch(other, wider)
    assert torch.allclose(torch.compile(other)(X), other(X), atol=1e-6)


@behaviour("PyTorch", "`torch.func.functional_call` and `vmap` of a clone")
def functional(pg):
    other = net(pg).clone()
    zeros = {k: torch.zeros_like(p) for k, p in other.named_parameters()}
    assert torch.equal(torch.func.functional_call(other, zeros, (X,)), torch.zeros(4, 1))
    assert torch.allclose(torch.vmap(other)(X), other(X))


@behaviour(
    "PyTorch",
    "forward hooks run; a patched layer comes back without them, its siblings keep theirs",
)
def hooks(pg):
    calls: list[int] = []
    model = net(pg)
    for i in (0, 3):
        model[i].register_forward_hook(lambda *_, i=i: calls.append(i))
    model(X)
    assert calls == [0, 3]
    pg.patch(model, lambda k, v, p: False if k and k.key == "bias" and p.in_features == 2 else v)
    model(X)
    assert calls == [0, 3, 3] and model[0].bias is None


@behaviour("PyTorch", "tied layers stay tied: in clones, files, after edits")
def tied(pg):
    A, E, D, Embedding = map(pg.symbolize, (Autoencoder, Encoder, Decoder, nn.Embedding))
    embedding = Embedding(10, 4)
    model = A(E(embedding), D(embedding))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.json")
        pg.save(model, path)
        loaded = pg.load(path)
    for other in (model, model.clone(), copy.deepcopy(model), loaded):
        assert other.encoder.embedding is other.decoder.embedding
        assert sum(p.numel() for p in other.parameters()) == 40
        pg.patch(other, lambda k, v, p: 6 if k and k.key == "embedding_dim" else v)
        assert other.encoder.embedding is other.decoder.embedding
        assert sum(p.numel() for p in other.parameters()) == 60
        assert other(torch.arange(3)).shape == (3, 10)


@behaviour(
    "PyTorch",
    "`parametrizations.weight_norm`: a copy keeps weights and arguments, an edit rebuilds",
)
def weight_norm(pg):
    model = net(pg)
    nn.utils.parametrizations.weight_norm(model[0])
    plain = nn.utils.parametrizations.weight_norm(nn.Linear(2, 4))
    assert list(model[0].state_dict()) == list(plain.state_dict())
    other = copy.deepcopy(model)
    assert torch.equal(other(X), model(X)) and pg.eq(other, model)
    pg.patch(other, wider)
    assert type(other[0]) is type(other[3]) and widths(other) == [8, 1] and widths(model) == [4, 1]
    assert other(X).shape == (4, 1)


@behaviour("PyTorch", "lazy layers take their size from the first batch, again after each edit")
def lazy(pg):
    Sequential, Lazy, Linear = map(pg.symbolize, (nn.Sequential, nn.LazyLinear, nn.Linear))
    model = Sequential(Lazy(4), Linear(4, 1))
    for other in (model, model.clone()):
        assert other(X).shape == (4, 1) and other[0].in_features == 2
        pg.patch(other, wider)
        assert other(torch.ones(4, 3)).shape == (4, 1) and other[0].weight.shape == (8, 3)


# -- training --------------------------------------------------------------------------------------
@behaviour("PyTorch", "a trained model, patched: the new structure trains, nothing is stale")
def patch_then_train(pg):
    model = net(pg)
    train(model)
    pg.patch(model, wider)
    assert widths(model) == [8, 1]
    train(model)
    Tanh = pg.symbolize(nn.Tanh)
    pg.patch(model, lambda k, v: Tanh() if isinstance(v, nn.ReLU) else v)
    assert isinstance(model[1], nn.Tanh)
    train(model)


@behaviour("PyTorch", "one layer of a trained model is replaced: it trains")
def replace_then_train(pg):
    model = net(pg)
    train(model)
    path = next(iter(pg.query(model, where=lambda v: isinstance(v, nn.Linear))))
    model.rebind({path: pg.symbolize(nn.Linear)(2, 4, bias=False)})
    assert model[0].bias is None
    train(model)


@behaviour("PyTorch", "weights saved before an edit load into the parts that still fit")
def load_after_patch(pg):
    model = net(pg)
    state = {k: v.clone() for k, v in model.state_dict().items()}
    pg.patch(model, lambda k, v, p: 3 if k and k.key == "out_features" and v == 1 else v)
    fits = {k: v for k, v in state.items() if model.state_dict()[k].shape == v.shape}
    model.load_state_dict(fits, strict=False)
    assert set(fits) == {"0.weight", "0.bias"} and torch.equal(model[0].weight, state["0.weight"])
    assert model(X).shape == (4, 3)


class Backbone(nn.Module):
    """Layers made inside the constructor, beside one that is an argument."""

    def __init__(self, head):
        super().__init__()
        self.body, self.head = nn.Linear(2, 4), head

    def forward(self, x):
        return self.head(self.body(x))


@behaviour(
    "PyTorch",
    "`keep_weights=True`: layers that a rebuilt module made itself keep theirs",
    peer=False,
)
def keep_weights(pg):
    B, Linear = map(pg.symbolize, (Backbone, nn.Linear))
    for keep in (True, False):
        model = B(Linear(4, 1))
        before = model.body.weight.detach().clone()
        pg.patch(model, {"head.out_features": 3}, keep_weights=keep)
        assert model(X).shape == (4, 3) and torch.equal(model.body.weight, before) == keep
        assert pg.kept_weights(model).kept == (("",) if keep else ())


@behaviour("PyTorch", "an optimizer made before an edit says so at its next step")
def stale_optimizer(pg):
    model = net(pg)
    old = torch.optim.SGD(model.parameters(), lr=0.1)
    pg.patch(model, wider)
    model(X).sum().backward()
    try:
        old.step()
    except RuntimeError as e:
        assert "Make a new optimizer" in str(e)
    else:
        raise AssertionError("it silently trains nothing")
    torch.optim.SGD(model.parameters(), lr=0.1).step()


@behaviour("PyTorch", "a trained model becomes a search space; each proposal trains")
def search(pg):
    model = net(pg)
    train(model)
    other = model.clone()
    acts = [pg.symbolize(c)() for c in (nn.ReLU, nn.Tanh)]
    path = next(iter(pg.query(other, where=lambda v: isinstance(v, nn.ReLU))))
    other.rebind({path: pg.oneof(acts)})
    seen = set()
    for proposal, feedback in pg.sample(other, pg.geno.Sweeping()):
        train(proposal, steps=1)
        seen.add(type(proposal[1]).__name__)
        feedback(1.0)
    assert seen == {"ReLU", "Tanh"}


@behaviour("PyTorch", "models are saved, loaded, compared and diffed as programs")
def programs(pg):
    model = net(pg)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.json")
        pg.save(model, path)
        loaded = pg.load(path)
    assert pg.eq(loaded, model) and loaded(X).shape == (4, 1)
    pg.patch(loaded, wider)
    assert not pg.eq(loaded, model) and "8" in str(pg.diff(model, loaded))


# -- optimizers and schedulers ---------------------------------------------------------------------
@behaviour("PyTorch", "an optimizer as a functor: `adam(lr=0.1)(model.parameters())`")
def optimizer_functor(pg):
    Adam = pg.functor(torch.optim.Adam)
    adam = Adam(lr=0.1, betas=(0.8, 0.9))
    model = net(pg)
    optimizer = adam(model.parameters())
    assert type(optimizer) is torch.optim.Adam
    assert optimizer.defaults["lr"] == 0.1 and optimizer.defaults["betas"] == (0.8, 0.9)
    before = model[3].bias.detach().clone()
    model(X).sum().backward()
    optimizer.step()
    assert not torch.equal(model[3].bias, before)


@behaviour("PyTorch", "an optimizer as a functor written by hand, with a function")
def optimizer_function(pg):
    @pg.functor
    def adam(params, lr=0.001):
        return torch.optim.Adam(params, lr=lr)

    exp = pg.Dict(optimizer=adam(lr=0.1))
    pg.patch(exp, lambda k, v: 0.2 if k and k.key == "lr" else v)
    assert exp.optimizer(net(pg).parameters()).defaults["lr"] == 0.2


@behaviour("PyTorch", "patching `lr` of such an optimizer takes effect at its next call")
def patch_lr(pg):
    E, SGD = pg.symbolize(Experiment), pg.functor(torch.optim.SGD)
    exp = E(net(pg), SGD(lr=0.1, momentum=0.9))
    other = exp.clone()
    pg.patch(other, lambda k, v: 0.5 if k and k.key == "lr" else v)
    made = other.optimizer(other.model.parameters())
    assert made.defaults["lr"] == 0.5 and made.defaults["momentum"] == 0.9
    assert exp.optimizer(exp.model.parameters()).defaults["lr"] == 0.1


@behaviour("PyTorch", "`floatv` in such an optimizer: each proposal trains with its own rate")
def search_lr(pg):
    E, SGD = pg.symbolize(Experiment), pg.functor(torch.optim.SGD)
    space = E(net(pg), SGD(lr=pg.floatv(0.01, 0.1)))
    rates = []
    for exp, feedback in pg.sample(space, pg.geno.Random(seed=1), num_examples=3):
        optimizer = exp.optimizer(exp.model.parameters())
        exp.model(X).sum().backward()
        optimizer.step()
        rates.append(optimizer.defaults["lr"])
        feedback(0.0)
    assert len(set(rates)) == 3 and all(0.01 <= r <= 0.1 for r in rates)


@behaviour("PyTorch", "parameter groups go through such an optimizer")
def param_groups(pg):
    model = net(pg)
    groups = [{"params": model[0].parameters(), "lr": 0.5}, {"params": model[3].parameters()}]
    optimizer = pg.functor(torch.optim.SGD)(lr=0.1)(groups)
    assert [g["lr"] for g in optimizer.param_groups] == [0.5, 0.1]
    assert optimizer.param_groups[0]["params"][0] is model[0].weight


@behaviour("PyTorch", "a scheduler as a functor: `step_lr(step_size=1)(optimizer)`")
def scheduler_functor(pg):
    StepLR = pg.functor(torch.optim.lr_scheduler.StepLR)
    optimizer = torch.optim.SGD(plain_net().parameters(), lr=1.0)
    scheduler = StepLR(step_size=1, gamma=0.5)(optimizer)
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.5]


@behaviour("PyTorch", "optimizers that wait for parameters are printed, queried, saved, compared")
def functor_programs(pg):
    Adam = pg.functor(torch.optim.Adam)
    exp = pg.Dict(optimizer=Adam(lr=0.1))
    assert "Adam(" in str(exp) and "lr = 0.1" in str(exp)
    assert list(pg.query(exp, ".*lr").values()) == [0.1]
    loaded = pg.from_json_str(pg.to_json_str(exp))
    assert pg.eq(loaded, exp) and loaded.optimizer([nn.Parameter(X)]).defaults["lr"] == 0.1
    copied = pickle.loads(pickle.dumps(exp))
    assert pg.eq(copied, exp)


@behaviour("PyTorch", "the symbolized class and the functor of an optimizer stand side by side")
def two_names(pg):
    Eager, Later = pg.symbolize(torch.optim.SGD), pg.functor(torch.optim.SGD)
    parameters = [nn.Parameter(torch.ones(2))]
    assert Eager(parameters, lr=0.1).defaults["lr"] == 0.1
    again = pg.from_json(pg.to_json(Later(lr=0.3)))
    assert again(parameters).defaults["lr"] == 0.3


@behaviour(
    "PyTorch", "a symbolized optimizer, made from parameters: a patched clone trains the same ones"
)
def optimizer_with_parameters(pg):
    model = net(pg)
    optimizer = pg.symbolize(torch.optim.SGD)(model.parameters(), lr=0.1)
    other = optimizer.clone()
    other.rebind(lr=0.5)
    assert other.param_groups[0]["lr"] == 0.5
    assert other.param_groups[0]["params"][0] is model[0].weight


# -- other processes -------------------------------------------------------------------------------
def _load(pg: Any, method: str, deferred: bool) -> None:
    S, F = pg.symbolize(Squares), pg.symbolize(Scale)
    data = S(6, transform=F(2.0))
    if deferred:
        data = data.clone()
        data.rebind({"transform.factor": 3.0})
    factor = 3.0 if deferred else 2.0
    batches = [[0, 1, 2], [3, 4, 5]]  # no sampler: it would ask for the length in this process
    loader = DataLoader(data, batch_sampler=batches, num_workers=2, multiprocessing_context=method)
    got = torch.cat(list(loader)).flatten().tolist()
    assert got == [factor * i * i for i in range(6)]


@behaviour("PyTorch", "`DataLoader` with two forked workers: symbolized dataset and transform")
def loader_fork(pg):
    _load(pg, "fork", False)


@behaviour(
    "PyTorch", "`DataLoader` with two forked workers: a patched clone that nobody has used yet"
)
def loader_fork_deferred(pg):
    _load(pg, "fork", True)


@behaviour(
    "PyTorch", "`DataLoader` with two spawned workers: symbolized dataset and transform", slow=True
)
def loader_spawn(pg):
    _load(pg, "spawn", False)


@behaviour(
    "PyTorch",
    "`DataLoader` with two spawned workers: a patched clone that nobody has used yet",
    slow=True,
)
def loader_spawn_deferred(pg):
    _load(pg, "spawn", True)


@behaviour("PyTorch", "pickling keeps weights and arguments")
def pickles(pg):
    model = net(pg)
    other = pickle.loads(pickle.dumps(model))
    assert torch.equal(other(X), model(X)) and pg.eq(other, model)
    pg.patch(other, wider)
    assert widths(other) == [8, 1]


SCRIPT = """
import subprocess, sys
import cloudpickle, torch
import {library} as pg
from torch import nn

@pg.symbolize
class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.layer = nn.Linear(2, width)
    def forward(self, x):
        return self.layer(x)

model = Net(3)
data = cloudpickle.dumps((model, model(torch.ones(1, 2)).detach()))
code = '''
import sys, pickle, torch
model, expected = pickle.loads(sys.stdin.buffer.read())
assert torch.equal(model(torch.ones(1, 2)), expected)
assert model.rebind(width=5)(torch.ones(1, 2)).shape == (1, 5)
'''
subprocess.run([sys.executable, "-c", code], input=data, check=True)
"""


@behaviour(
    "PyTorch", "a model of a class of `__main__` reaches another process by cloudpickle", slow=True
)
def cloudpickles(pg):
    _run(SCRIPT.format(library=pg.__name__))


BIG = """
import sys
import {library} as pg
import torch
from torch import nn

Sequential, Linear, ReLU = map(pg.symbolize, (nn.Sequential, nn.Linear, nn.ReLU))
model = Sequential(Linear(10_000, 10_000, bias=False), ReLU(), Linear(10_000, 10))
small = Sequential(Linear(1, 1), ReLU(), Linear(1, 1)).clone()  # what is loaded at first use
small.rebind(lambda k, v: 2 if k and k.key == 'out_features' and v == 1 else v)
def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])
with open("/proc/self/clear_refs", "w") as f:
    f.write("5")  # forget the peak of the initialisation
before = peak()
other = model.clone()
other.rebind(lambda k, v: 20_000 if k and k.key in ('in_features', 'out_features') and v == 10_000 else v)
grown = peak() - before  # KiB
assert sum(p.numel() for p in model.parameters()) > 100_000_000
print(f"{{grown}} KiB were allocated")
sys.exit(grown >= 5_000)
"""


@behaviour(
    "PyTorch", "clone and patch of a model of 100 million parameters take less than 5 MB", slow=True
)
def big(pg):
    _run(BIG.format(library=pg.__name__))


def _run(script: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert done.returncode == 0, (done.stdout + done.stderr).strip().splitlines()[-1]
