"""Wrong uses of functors, wrapped classes and patchers."""

from __future__ import annotations

from typing import Any

import polygraft as pg


@pg.functor
def power(base: float, exponent: int = 2) -> float:
    return base**exponent


@pg.symbolize
def scaled(x: int, by: int) -> int:
    return x * by


@pg.symbolize
class Linear:
    def __init__(self, inputs: int, outputs: int, *, bias: bool = True) -> None:
        self.bias = bias


@pg.symbolize([("rate", pg.typing.Float(min_value=0.0))])
class Optimizer:
    def __init__(self, rate: float = 0.1) -> None:
        self.rate = rate


class Plain:
    def __init__(self, units: int) -> None:
        self.units = units


Symbolic = pg.symbolize(Plain)
Wrapped = pg.wrap(Plain)


@pg.patcher()
def typing_wrong_rate(model: Any, rate: float) -> pg.patching.Rule:
    return {"rate": rate}


power("a")  # E: reportArgumentType,reportCallIssue | -
power(1.0, 2, 3)  # E: reportCallIssue | -
power(1.0, "a")  # E: reportArgumentType,reportCallIssue | -
text: str = power(1.0)()  # E: reportAssignmentType | assignment
wrong: pg.Functor[str] = power(1.0)  # E: reportAssignmentType | assignment
scaled("a")  # E: reportArgumentType | -
scaled(1, 2, 3)  # E: reportCallIssue | -
Linear(1)  # E: reportCallIssue | call-arg
Linear("a", 1)  # E: reportArgumentType | arg-type
Linear(1, 2, False)  # E: reportCallIssue | call-arg
Linear(1, 2, bais=True)  # E: reportCallIssue | call-arg
Optimizer("a")  # E: reportArgumentType | arg-type
Symbolic("a")  # E: reportArgumentType | arg-type
Wrapped(1, 2)  # E: reportCallIssue | call-arg
Linear(1, 2).nope  # E: reportAttributeAccessIssue | attr-defined
plain: Plain = pg.clone(Linear(1, 2))  # E: reportAssignmentType | assignment
typing_wrong_rate()  # E: reportCallIssue | call-arg
typing_wrong_rate(rate="a")  # E: reportArgumentType | arg-type
typing_wrong_rate(0.1)  # E: reportCallIssue | call-arg
pg.patch(Linear(1, 2), 1)  # E: reportArgumentType | call-overload
pg.patch(Linear(1, 2), lambda: 1)  # E: reportArgumentType | arg-type
pg.rebind(Linear(1, 2), lambda k: 1)  # E: reportArgumentType | arg-type
pg.query(Linear(1, 2), where=1)  # E: reportArgumentType | arg-type
