"""Wrong uses of objects and of the operations on them."""

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


Point()  # E: reportCallIssue | call-arg
Point("1")  # E: reportArgumentType | arg-type
Point(1, 2, 3)  # E: reportCallIssue | call-arg
Point(1, z=3)  # E: reportCallIssue | call-arg
Point(_sym=None, x=1)  # E: reportCallIssue | call-arg
Point(1, allow_symbolic_assignment=True)  # E: reportCallIssue | call-arg
Line(Point(1))  # E: reportCallIssue | call-arg
Line(Point(1), 2)  # E: reportArgumentType | arg-type
Scale("one")  # E: reportArgumentType | arg-type

p = Point(1)
name: str = p.x  # E: reportAssignmentType | assignment
line: Line = p.clone()  # E: reportAssignmentType | assignment
other: Line = pg.clone(p)  # E: reportAssignmentType | assignment
third: Line = p.rebind(x=1)  # E: reportAssignmentType | assignment
p.nope  # E: reportAttributeAccessIssue | attr-defined
Point.nope  # E: reportAttributeAccessIssue | attr-defined
p.x = "one"  # E: reportAttributeAccessIssue | assignment
p.sym_init_args.items(1)  # E: reportCallIssue | call-arg
number: int = pg.eq(p, p).real.name  # E: reportAttributeAccessIssue | attr-defined
pg.Object(1, 2).nope  # E: reportAttributeAccessIssue | attr-defined
pg.rebind()  # E: reportCallIssue | call-arg
pg.no_such_name  # E: reportAttributeAccessIssue | attr-defined
