"""Rules: dicts, functions, lambdas, patchers and their names."""

from __future__ import annotations

from typing import Any, assert_type

import polygraft as pg


class Layer(pg.Object):
    units: int
    activation: str = "relu"


class Model(pg.Object):
    layers: list[Layer]
    rate: float = 0.1


@pg.patcher([("factor", pg.typing.Float(min_value=1e-8))])
def typing_scale_rate(model: Any, factor: float, only: str = "rate") -> pg.patching.Rule:
    return lambda k, v: v * factor if k and k.key == only else v


@pg.patcher(auto_typing=True)
def typing_use(model: Model, activation: str) -> pg.patching.Rule:
    def rule(path: pg.KeyPath, value: Any, parent: Any) -> Any:
        return (
            activation if isinstance(parent, Layer) and path and path.key == "activation" else value
        )

    return rule


def halve(path: pg.KeyPath, value: Any) -> Any:
    return value // 2 if isinstance(value, int) else value


model = Model([Layer(8), Layer(4, "gelu")])
assert_type(pg.patch(model, {"rate": 0.2}), Model)
assert_type(pg.patch(model, lambda k, v: v + 1 if isinstance(v, int) else v), Model)
assert_type(pg.patch(model, lambda k, v, p: "elu" if k and k.key == "activation" else v), Model)
assert_type(pg.patch(model, halve), Model)
assert_type(pg.patch(model, typing_scale_rate(factor=0.5)), Model)
assert_type(pg.patch(model, typing_scale_rate(factor=2.0, only="rate")), Model)
assert_type(pg.patch(model, "typing_scale_rate?0.5"), Model)
assert_type(
    pg.patch(model, [typing_use(activation="tanh"), "typing_scale_rate?0.5", {"rate": 1.0}]), Model
)
assert_type(typing_scale_rate(factor=0.5), pg.Patcher)
model.rebind(lambda k, v, p: "selu" if k and k.key == "activation" else v)
pg.rebind(model, {"layers[0].units": 16}, raise_on_no_change=False)
assert model.layers[0].activation == "selu"
assert model.rate == 1.0

# Looking at places, likewise.
found = pg.query(model, where=lambda v: isinstance(v, Layer))
found = pg.query(model, where=lambda v, p: isinstance(p, Layer))
found = pg.query(model, r".*units", enter_selected=True)
found = pg.query(model, custom_selector=lambda k, v: k and k.key == "units")
assert_type(found, dict[str, Any])
assert list(found) == ["layers[0].units", "layers[1].units"]


def see(path: pg.KeyPath, value: Any, parent: Any) -> pg.TraverseAction:
    return pg.TraverseAction.ENTER


assert pg.traverse(model, see)
for path, value in found.items():
    print(path, value)
