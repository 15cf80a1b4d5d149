"""Classes that attrs and pydantic have made."""

from __future__ import annotations

import copy
import pickle

import pytest

import polygraft as pg
from polygraft.symbolic.wrapping import is_realized

attrs = pytest.importorskip("attrs", reason="attrs is not installed")
pydantic = pytest.importorskip("pydantic", reason="pydantic is not installed")


@attrs.define
class Slotted:
    x: int
    tags: list[str] = attrs.field(factory=list)
    total: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.total = 2 * self.x


@attrs.frozen(kw_only=True)
class Frozen:
    x: int = attrs.field(validator=attrs.validators.ge(0))
    _hidden: int = 1


def test_attrs_classes() -> None:
    x = pg.symbolize(Slotted)(1)
    y = pg.clone(x).rebind(x=3)
    assert not is_realized(y)
    assert (y.total, y.tags, x.total) == (6, [], 2)
    assert y.tags is not x.tags
    assert copy.deepcopy(y).total == 6
    assert pickle.loads(pickle.dumps(y)).total == 6
    assert attrs.asdict(y) == {"x": 3, "tags": [], "total": 6}


def test_frozen_attrs_classes() -> None:
    x = pg.symbolize(Frozen)(x=1, hidden=5)
    y = pg.clone(x).rebind(hidden=6)
    assert (y.x, y._hidden) == (1, 6)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        y.x = 2
    with pytest.raises(ValueError, match="must be >= 0"):
        pg.realize(pg.clone(x).rebind(x=-1))
    assert attrs.evolve(y, x=4).x == 4
    assert pg.args(attrs.evolve(y, x=4)).x == 4


class Settings(pydantic.BaseModel):
    rate: float = 0.1
    layers: list[int] = []
    name: str


def test_pydantic_models() -> None:
    wrapper = pg.symbolize(Settings)
    x = wrapper(name="a", layers=[1, 2])
    assert (x.rate, x.layers, x.name) == (0.1, [1, 2], "a")
    assert repr(x).startswith("Settings(")
    y = pg.clone(x).rebind(rate=0.5)
    assert y.rate == 0.5
    assert y.model_dump() == {"rate": 0.5, "layers": [1, 2], "name": "a"}
    assert pg.patch(y, {"layers[0]": 7}).layers == [7, 2]
    assert pg.eq(pg.clone(y), y)
    assert copy.deepcopy(y).layers == [7, 2]
    assert pickle.loads(pickle.dumps(y)).name == "a"
    with pytest.raises(pydantic.ValidationError):
        wrapper(name=1)
    with pytest.raises(pydantic.ValidationError):
        pg.realize(pg.clone(x).rebind(rate="fast"))


def test_pydantic_models_in_models() -> None:
    class Outer(pydantic.BaseModel):
        inner: Settings

    outer = pg.symbolize(Outer)(inner=pg.symbolize(Settings)(name="a"))
    changed = pg.patch(pg.clone(outer), {"inner.name": "b"})
    assert changed.inner.name == "b"
    assert [*pg.query(changed, ".*name")] == ["inner.name"]
