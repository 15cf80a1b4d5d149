"""Wrong uses of placeholders, containers and loops."""

from __future__ import annotations

import polygraft as pg


class Layer(pg.Object):
    units: int
    activation: str = "relu"


class Model(pg.Object):
    layers: list[Layer]
    rate: float = 0.1


number: str = pg.oneof([1, 2])  # E: reportAssignmentType | assignment
whole: int = pg.floatv(0.0, 1.0)  # E: reportAssignmentType | assignment
few: list[str] = pg.manyof(1, [1, 2])  # E: reportAssignmentType | list-item
Layer(pg.oneof(["a", "b"]))  # E: reportArgumentType | arg-type
Layer(1, pg.oneof([1, 2]))  # E: reportArgumentType | arg-type
Model([Layer(1)], pg.oneof(["a"]))  # E: reportArgumentType | arg-type
Model(pg.oneof([1, 2]))  # E: reportArgumentType | list-item
pg.oneof(1)  # E: reportArgumentType | arg-type
pg.floatv("a", 1.0)  # E: reportArgumentType | arg-type
pg.manyof([1, 2], 1)  # E: reportArgumentType | arg-type

for layer in pg.iter(Layer(pg.oneof([1, 2]))):
    layer.nope  # E: reportAttributeAccessIssue | attr-defined
for layer in pg.random_sample(Layer(1)):
    text: str = layer.units  # E: reportAssignmentType | assignment
for layer, _ in pg.sample(Layer(1), pg.geno.Random()):
    layer.nope  # E: reportAttributeAccessIssue | attr-defined
pg.sample(Layer(1), 1)  # E: reportArgumentType,reportCallIssue | call-overload
model: Model = pg.materialize(Layer(1), pg.DNA(0))  # E: reportAssignmentType | assignment

items = pg.List([1, 2])
items.append("a")  # E: reportArgumentType | arg-type
items[0] = "a"  # E: reportArgumentType,reportCallIssue | call-overload
name: str = items[0]  # E: reportAssignmentType | assignment
sizes: pg.Dict[str, int] = pg.Dict()
sizes["a"] = "b"  # E: reportArgumentType | assignment
sizes[1] = 1  # E: reportArgumentType | index
