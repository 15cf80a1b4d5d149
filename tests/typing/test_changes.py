"""Specs may be changed after they were made, and whoever uses them takes note: classes, copies, converters."""

import copy
import pickle

import pytest
from tests.typing.support import A

import polygraft as pg
from polygraft import typing as T


@pytest.fixture
def cls():
    class Item(pg.Object):
        """An item."""

        size: int = 1
        name: str | None = None
        kind: T.Enum("a", ["a", "b"]) = "a"
        amount: int | str = 1
        sizes: list[int] = []

    return Item


def spec_in(cls, name):
    return cls.__schema__[name].value


def test_a_frozen_field_leaves_the_constructor(cls):
    spec_in(cls, "size").freeze(5)
    assert cls().size == 5
    with pytest.raises(ValueError, match="Frozen field is not assignable"):
        cls(size=2)


def test_defaults(cls):
    spec_in(cls, "size").set_default(7)
    assert cls().size == 7


def test_none(cls):
    spec_in(cls, "name").noneable(False)
    with pytest.raises(ValueError, match="Value cannot be None"):
        cls(name=None)
    spec_in(cls, "size").noneable()
    assert cls(name="x", size=None).size is None


def test_constraints(cls):
    spec_in(cls, "size").extend(T.Int(min_value=1))
    with pytest.raises(ValueError, match="out of range"):
        cls(size=0)


def test_candidates_of_a_union(cls):
    spec_in(cls, "amount").candidates[0].extend(T.Int(min_value=3))
    with pytest.raises(ValueError, match="out of range"):
        cls(amount=1)
    assert cls(amount=3).amount == 3


def test_candidates_of_an_enum(cls):
    values = spec_in(cls, "kind").values
    values.append("c")
    assert cls(kind="c").kind == "c"
    values.remove("b")
    with pytest.raises(ValueError, match="not in candidate list"):
        cls(kind="b")


def test_elements_of_a_list(cls):
    spec_in(cls, "sizes").element.value.extend(T.Int(min_value=3))
    with pytest.raises(ValueError, match="out of range"):
        cls(sizes=[1])


def test_what_else_is_known_of_the_class_stays(cls):
    before = cls(size=3, sizes=[1])
    cls.__schema__.metadata["mine"] = 1
    spec_in(cls, "size").extend(T.Int(max_value=9))
    assert cls.__schema__.description == "An item."
    assert cls.__schema__.metadata["mine"] == 1
    assert before.clone() == before == cls(size=3, sizes=[1])
    assert pg.from_json(pg.to_json(before)) == before
    before.rebind(size=4)
    with pytest.raises(ValueError, match="out of range"):
        before.rebind(size=10)


def test_subclasses_that_inherit_the_field_follow(cls):
    class Special(cls):
        more: int = 0

    spec_in(cls, "size").extend(T.Int(min_value=1))
    with pytest.raises(ValueError, match="out of range"):
        Special(size=0)


def test_copies_are_not_watched(cls):
    spec = spec_in(cls, "size")
    for made in (copy.copy(spec), copy.deepcopy(spec), pickle.loads(pickle.dumps(spec))):
        made.freeze(9)
    assert cls(size=2).size == 2


def test_converters_that_come_later():
    class Celsius:
        def __init__(self, degrees):
            self.degrees = degrees

    class Room(pg.Object):
        warmth: Celsius

    with pytest.raises(TypeError):
        Room(21.5)
    T.register_converter(float, Celsius, Celsius)
    assert Room(21.5).warmth.degrees == 21.5


def test_converters_that_give_something_else_are_found_out():
    class Wanted: ...

    T.register_converter(A, Wanted, lambda a: a)  # accepts one where the other is wanted
    a = A()
    assert T.Object(Wanted).apply(a) is a

    class Source: ...

    T.register_converter(Source, Wanted, lambda s: 1)
    with pytest.raises(
        TypeError, match=r"Expect .*Wanted.* but encountered <class 'int'>: 1\. \(path=x\)"
    ):
        T.Object(Wanted).apply(Source(), root_path="x")
