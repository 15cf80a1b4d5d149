"""`pg.Dict` and `pg.List` are generic, and dicts and lists to everyone else."""

from __future__ import annotations

from typing import Any, assert_type

import polygraft as pg


def total(values: list[int]) -> int:
    return sum(values)


items = pg.List([3, 1, 2])
assert_type(items, pg.List[int])
assert_type(items[0], int)
assert_type(items[0:2], list[int])
assert_type(items.pop(), int)
assert_type([i + 1 for i in items], list[int])
items.append(4)
items += [5]
items[0] = 6
items[0:1] = [7, 8]
items.sort(reverse=True)
items.rebind({0: pg.Insertion(9)})
assert_type(items.clone(), pg.List[int])
assert_type(items.copy(), pg.List[int])
assert_type(items + ["a"], pg.List[int | str])
assert_type(items * 2, pg.List[int])
assert total(items) == sum(items)

# Without brackets: of anything.
anything = pg.List[Any]()
anything.append("a")
anything.append(1)
assert_type(pg.List(), pg.List[Any])
assert_type(pg.List(), pg.List)

# What is inside is converted, and known as converted.
rows = pg.List([{"a": 1}, {"a": 2}])
assert_type(rows, pg.List[pg.Dict[Any, Any]])
assert rows[1].a == 2
grid = pg.List([[1, 2], [3]])
assert_type(grid[0], pg.List[int])
grid[0].rebind({1: 5})

# A dict of a program holds anything; its keys are attributes.
config = pg.Dict(lr=0.1, layers=[8, 8], model=pg.Dict(name="mlp"))
assert_type(config, pg.Dict)
config.lr = 0.2
config["epochs"] = 3
config.model.name = "cnn"
config.layers.append(16)
config |= {"seed": 1}
config.update(seed=2)
assert_type(config.copy(), pg.Dict)
assert_type(config.clone(deep=True), pg.Dict)
assert config.seed == 2

# Or one kind of thing.
sizes: pg.Dict[str, int] = pg.Dict(a=1, b=2)
assert_type(sizes["a"], int)
assert_type(list(sizes.values()), list[int])
more = pg.Dict[str, float]({"x": 1.0})
assert_type(more["x"], float)

checked = pg.List([1, 2], value_spec=pg.typing.List(pg.typing.Int(min_value=0)))
assert_type(checked[0], int)
assert isinstance(pg.Dict(a=1), dict)
