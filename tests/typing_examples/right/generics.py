"""Generic objects, and functions that keep the type of a program."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, assert_type

import polygraft as pg

T = TypeVar("T")
S = TypeVar("S", bound=pg.Object)


class Point(pg.Object):
    x: int
    y: int = 0


class Box(pg.Object, Generic[T]):
    content: T
    label: str = ""

    def replaced(self, content: T) -> Box[T]:
        return Box(content, self.label)


class Points(Box[Point]):
    count: int = 1


class Pair(pg.Object, Generic[S, T]):
    first: S
    second: T


box = Box(Point(1))
assert_type(box, Box[Point])
assert_type(box.content.x, int)
assert_type(box.replaced(Point(2)), Box[Point])
assert_type(Points(Point(1)).content, Point)
assert_type(Box[int](1).content, int)
assert_type(Pair(Point(1), "a").second, str)


def doubled(program: S) -> S:
    """Any program, changed by a rule that has never met it."""
    return pg.patch(pg.clone(program), lambda k, v: v * 2 if isinstance(v, int) else v)


assert_type(doubled(Point(1)), Point)
assert doubled(Point(1, 2)) == Point(2, 4)

# The free functions: what goes in comes out.
p = Point(1)
assert_type(pg.clone(p), Point)
assert_type(pg.clone(p, deep=True), Point)
assert_type(pg.clone(p, override={"x": 2}), Point)
assert_type(pg.patch(p, {"x": 3}), Point)
assert_type(pg.rebind(p, {"x": 4}), Point)
assert_type(pg.rebind(p, x=5), Point)
assert_type(pg.materialize(p, pg.DNA(None)), Point)
assert_type(pg.patch_on_key(p, "x", 6), Point)
assert_type(pg.patch_on_type(p, int, value_fn=lambda v: v + 1), Point)
assert_type(pg.clone([p]), list[Point])
assert_type(pg.clone({"p": p}), dict[str, Point])
assert_type(pg.eq(p, p), bool)
assert_type(pg.hash(p), int)
assert_type(pg.contains(p, 7), bool)
assert_type(pg.is_partial(p), bool)
found: dict[str, Any] = pg.query(p, where=lambda v: isinstance(v, int))
