"""`pg.wrap_module` on a module made for the purpose; `tests/walls/test_wrapped_modules.py` has the frameworks."""

from __future__ import annotations

import collections
import pickle
import subprocess
import sys
import textwrap
import types
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import polygraft as pg

SOURCE = """
import abc
import enum
from collections import OrderedDict
from pathlib import Path

VERSION = "1"
count = 7

class Module:
    def __init__(self): self.training = True

class Dense(Module):
    def __init__(self, units, bias=True):
        super().__init__()
        self.units, self.bias = units, bias

class Conv(Module):
    def __init__(self, filters): self.filters = filters

class Norm(Module): pass
class Drop(Module): pass
class Relu(Module): pass

class LazyConv(Conv): pass
Fully = Dense

class _Private: pass
class Failure(Exception): pass
class Mode(enum.Enum):
    A = 1

class Sink(abc.ABC):
    @abc.abstractmethod
    def write(self): ...

class Meta(type):
    def __new__(mcls, name, bases, namespace, **kwargs):
        if any(isinstance(b, Meta) for b in bases): raise TypeError("Sealed may not be derived from")
        return super().__new__(mcls, name, bases, namespace, **kwargs)

class Sealed(metaclass=Meta):
    def __init__(self, x=1): self.x = x

def relu(x): return max(x, 0)

def net(dense=Dense): return [dense(1), Conv(2), LazyConv(3)]
"""


@pytest.fixture
def layers() -> Iterator[types.ModuleType]:
    module = types.ModuleType("layers_for_test")
    sys.modules[module.__name__] = module
    exec(SOURCE, module.__dict__)
    yield module
    del sys.modules[module.__name__]


def names(wrapped: Any) -> list[str]:
    return [w.__name__ for w in wrapped]


def test_stands_in_for_the_module(layers: Any) -> None:
    nn = pg.wrap_module(layers)
    dense = nn.Dense(3)
    assert isinstance(dense, layers.Dense)
    assert repr(dense) == "Dense(units=3, bias=True)"
    assert nn.Dense is nn.Fully is pg.symbolize(layers.Dense)
    assert nn.relu is layers.relu
    assert nn.VERSION == "1"
    assert dir(nn) == dir(layers)
    assert nn.OrderedDict is collections.OrderedDict
    assert nn._Private is layers._Private
    assert nn.Mode.A.value == 1
    with pytest.raises(nn.Failure):
        raise layers.Failure


def test_base_classes_stay_plain(layers: Any) -> None:
    nn = pg.wrap_module(layers)

    class Net(nn.Module):
        def __init__(self, width: int):
            super().__init__()
            self.dense = nn.Dense(width)

    assert nn.Module is layers.Module
    assert nn.Sink is layers.Sink
    assert isinstance(nn.Dense(1), nn.Module)
    assert not isinstance(Net(1), pg.ClassWrapper)
    net = pg.symbolize(Net)(4)
    assert repr(net) == "Net(width=4)"
    assert isinstance(net.dense, pg.ClassWrapper)


def test_is_a_sequence_of_wrappers_in_order(layers: Any) -> None:
    nn = pg.wrap_module(layers)
    assert isinstance(nn, Sequence)
    assert names(nn) == ["Conv", "Dense", "Drop", "LazyConv", "Norm", "Relu"]
    assert len(nn) == 6
    assert nn[0] is nn.Conv
    assert names(nn[1:3]) == ["Dense", "Drop"]
    assert nn.Conv in nn
    assert layers.Conv not in nn
    assert names(reversed(nn))[0] == "Relu"
    assert nn.index(nn.Dense) == 1
    assert nn.count == 7  # the module's own


def test_names_and_where(layers: Any) -> None:
    picked = pg.wrap_module(layers, names=["Dense", "Fully", "Module"])
    assert names(picked) == ["Dense", "Module"]
    assert picked.Conv is layers.Conv
    assert issubclass(picked.Module, pg.ClassWrapper)
    some = pg.wrap_module(layers, where=lambda c: "Conv" in c.__name__)
    assert names(some) == ["Conv", "LazyConv"]
    assert some.Dense is layers.Dense
    with pytest.raises(AttributeError, match=r"no class 'Dens'.*Dense"):
        pg.wrap_module(layers, names=["Dens"])
    with pytest.raises(TypeError, match=r"layers_for_test\.relu is not a class"):
        pg.wrap_module(layers, names=["relu"])
    with pytest.raises(TypeError, match="takes a module"):
        pg.wrap_module("layers")  # type: ignore[arg-type]


def test_what_cannot_be_wrapped_says_why_when_it_is_read(layers: Any) -> None:
    nn = pg.wrap_module(layers)
    with pytest.raises(
        AttributeError, match=r"Sealed has no symbolic form.*may not be derived from"
    ):
        nn.Sealed
    assert not hasattr(nn, "Sealed")
    assert "Sealed" not in names(nn)
    with nn:
        assert type(layers.Sealed(2)) is layers.Sealed
    mode = pg.wrap_module(layers, names=["Mode"])
    assert list(mode) == []
    with pytest.raises(AttributeError, match="members of an enumeration are fixed"):
        mode.Mode
    with pytest.raises(
        AttributeError, match=r"module 'layers_for_test' has no attribute 'Dence'.*Dense"
    ):
        nn.Dence


def test_each_class_is_made_at_first_use(layers: Any) -> None:
    nn = pg.wrap_module(layers)
    before = set(layers.Module.__subclasses__()), set(layers.Conv.__subclasses__())
    assert nn.Dense(1)
    with nn:
        assert layers.Norm()
    assert (set(layers.Module.__subclasses__()), set(layers.Conv.__subclasses__())) == before
    assert len(layers.Dense.__subclasses__()) == len(layers.Norm.__subclasses__()) == 1


def test_as_a_scope_it_reaches_code_that_does_not_know_it(layers: Any) -> None:
    nn = pg.wrap_module(layers)
    net = layers.net  # holds `Dense` as a default argument
    with nn as entered:
        assert entered is nn
        made = net()
        with nn:
            assert isinstance(layers.Dense(1), pg.ClassWrapper)
        assert isinstance(layers.Dense(1), pg.ClassWrapper)
        assert type(layers.Module()) is layers.Module
    assert [type(x) for x in made] == [nn.Dense, nn.Conv, nn.LazyConv]
    assert [type(x) for x in net()] == [layers.Dense, layers.Conv, layers.LazyConv]


def test_export_to(layers: Any) -> None:
    target = types.ModuleType("exported_for_test")
    pg.wrap_module(layers, names=["Dense", "Conv"], export_to=target)
    assert target.Dense is pg.symbolize(layers.Dense)
    assert target.Dense.__module__ == "exported_for_test"
    assert not hasattr(target, "Norm")


def test_options_of_wrap(layers: Any) -> None:
    nn = pg.wrap_module(layers, names=["Conv"], eq=True)
    assert nn.Conv(1) == nn.Conv(1)


def test_can_be_pickled(layers: Any) -> None:
    nn = pickle.loads(pickle.dumps(pg.wrap_module(layers, names=["Dense"])))
    assert nn.Dense is pg.symbolize(layers.Dense)
    assert names(nn) == ["Dense"]
    assert "layers_for_test" in repr(nn)


def test_no_framework_is_imported_by_the_library() -> None:
    code = """
        import sys, polygraft as pg, fractions
        w = pg.wrap_module(fractions)
        with w: fractions.Fraction(1, 2)
        print(sorted({'torch', 'keras', 'jax', 'numpy'} & set(sys.modules)))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
