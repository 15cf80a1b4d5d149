"""Saving and loading; places in a program."""

from __future__ import annotations

from typing import Any, assert_type

import polygraft as pg


class Point(pg.Object):
    x: int
    y: int = 0


class Line(pg.Object):
    start: Point
    end: Point


class Marker(pg.Object):
    at: pg.Ref[Point]


line = Line(Point(1), Point(2, 3))

pg.save(line, "line.json")
line.save("line.json")
assert_type(Line.load("line.json"), Line)
again: Line = pg.load("line.json")
text: str = pg.to_json_str(line, json_indent=2)
data: Any = pg.to_json(line)
assert_type(Line.from_json(data), Line)
back: Line = pg.from_json_str(text, trusted=["my_package"])
assert pg.eq(again, line) and pg.eq(back, line)

assert_type(line.start.sym_path, pg.KeyPath)
assert_type(line.start.sym_path.path, str)
assert line.end.sym_root is line
difference = pg.diff(line, Line(Point(1), Point(2)))
print(difference)
print(pg.format(line, compact=True), str(line), repr(line))

with pg.as_sealed(True), pg.allow_writable_accessors(True), pg.track_origin():
    pass
marker = Marker(line.start)
assert_type(marker.at, Point)
assert marker.at is line.start
partial = Line.partial(start=Point(1))
assert_type(partial, Line)
assert pg.is_partial(partial)
assert_type(partial.rebind(end=Point(0)), Line)
try:
    Point("1")  # type: ignore
except TypeError as e:
    print(e)
