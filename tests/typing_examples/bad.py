"""Mistakes that type checkers report: the lines marked `# E`, and no others. Run by `tests/test_typing_examples.py`."""

from __future__ import annotations

import polygraft as pg


class Point(pg.Object):
    x: int
    y: int = 0


class Line(pg.Object):
    start: Point
    end: Point


class Scale(pg.Functor):
    x: float

    def _call(self) -> float:
        return self.x


Point()  # E
Point("1")  # E
Point(1, 2, 3)  # E
Point(1, z=3)  # E
Point(_sym=None, x=1)  # E
Point(1, allow_symbolic_assignment=True)  # E
Line(Point(1))  # E
Line(Point(1), 2)  # E
Scale("one")  # E

p = Point(1)
name: str = p.x  # E
line: Line = p.clone()  # E
other: Line = pg.clone(p)  # E
third: Line = p.rebind(x=1)  # E
p.nope  # E
Point.nope  # E
p.x = "one"  # E
p.sym_init_args.items(1)  # E
number: int = pg.eq(p, p).real.name  # E
pg.Object(1, 2).nope  # E
pg.rebind()  # E
pg.no_such_name  # E
