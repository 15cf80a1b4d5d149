"""Objects, operations on them, scopes, whole modules."""

from __future__ import annotations

import queue
from typing import Any, ClassVar, assert_type

import polygraft as pg


class Point(pg.Object):
    """Fields with and without defaults; class variables are no fields."""

    x: int
    y: int = 0

    ORIGIN_NAME: ClassVar[str] = "origin"
    allow_symbolic_assignment = True

    def _on_bound(self):
        self._norm = abs(self.x) + abs(self.y)

    def _on_change(self, field_updates):
        self._on_bound()

    def _on_parent_change(self, old_parent, new_parent):
        pass

    def _on_path_change(self, old_path, new_path):
        pass

    @property
    def norm(self) -> int:
        return self._norm


class Named(Point):
    """Inherits fields and adds one."""

    name: str = "p"

    def _on_init(self) -> None:
        super()._on_init()


class Line(pg.Object):
    start: Point
    end: Point
    tags: list[str] = []
    extra: dict[str, Any] = {}

    def _on_change(self, field_updates: dict[pg.KeyPath, pg.FieldUpdate]) -> None:
        for path, update in field_updates.items():
            print(path, update.old_value, update.new_value)

    @classmethod
    def partial(cls, *args: Any, **kwargs: Any):
        return super().partial(*args, **kwargs)


class Square(pg.Object):
    width: int
    height: int

    @pg.explicit_method_override
    def __init__(self, size: int):
        super().__init__(size, size)


class Scale(pg.Functor):
    x: float
    factor: float = 2.0

    def _call(self) -> float:
        return self.x * self.factor


@pg.functor
def add(a: int, b: int = 1) -> int:
    return a + b


@pg.functor(auto_typing=True)
def multiply(a: int, b: int = 1) -> int:
    return a * b


def halve(path: pg.KeyPath, value: Any, parent: Any) -> Any:
    return value // 2 if isinstance(value, int) else value


# Constructing, by position and by name.
p = Point(1)
q = Point(x=1, y=2)
n = Named(1, 2, "q")
line = Line(p, end=n, tags=["a"])
assert_type(p.x, int)
assert_type(n.name, str)
assert_type(line.start, Point)
assert_type(line.tags, list[str])
assert_type(Square(2).width, int)

# Operations keep the type, as methods and as functions.
assert_type(p.clone(), Point)
assert_type(n.clone(deep=True), Named)
assert_type(pg.clone(n), Named)
assert_type(p.rebind(x=2), Point)
assert_type(p.rebind({"y": 3}), Point)
assert_type(pg.rebind(n, halve), Named)
assert_type(line.clone().seal(), Line)
assert_type(line.set_accessor_writable(), Line)
assert_type(Point.from_json({"x": 1}), Point)
n.save("named.json")
assert_type(Named.load("named.json"), Named)
assert_type(pg.eq(p, q), bool)
p.x = 5

# Places, arguments, class level.
assert_type(p.sym_path, pg.KeyPath)
view = line.sym_init_args
view.start = q
view["end"] = p
assert_type(Point.init_arg_list, list[str])
assert_type(Point.__schema__, pg.Schema)

# Containers.
d = pg.Dict(a=1, b=pg.Dict(c=[1, 2]))
d.b.c.append(3)
d["a"] = 2
assert_type(d.copy(), pg.Dict)
assert_type(d.clone(), pg.Dict)
assert_type(pg.Dict.partial(), pg.Dict)
items = pg.List([1, 2, 3])
items.rebind({0: pg.Insertion(0)})
items += [4]
assert_type(items.clone(), pg.List[int])

# Functors.
s = Scale(2.0)
assert_type(s, Scale)
result: float = s(factor=3.0)
f = add(1)
assert_type(f, pg.Functor[int])
f.rebind(b=2)
assert_type(multiply(2)(b=3), int)

# Names that modules of the library have as well.
assert_type(pg.patch(p, {"x": 4}), Point)
assert_type(pg.template(p).value, Any)

# Scopes and transactions.
with pg.transaction(), pg.notify_on_change(False), pg.allow_partial():
    p.rebind(x=3)

# Whole modules, and redirected calls.
wrapped = pg.wrap_module(queue, where=lambda c: c is not queue.Queue)
assert_type(wrapped.LifoQueue(3), Any)
assert_type(wrapped[0], Any)
with wrapped, pg.apply_wrappers(), pg.detour([(queue.Queue, queue.LifoQueue)]) as mappings:
    assert_type(mappings, dict[Any, Any])
assert_type(pg.detouring.undetoured_new(Point, 1), Point)
