"""Wrong uses of fields."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Annotated, Generic, Literal, Self, TypeVar

import polygraft as pg

T = TypeVar("T")


class Node(pg.Object):
    width: Annotated[int, pg.typing.Int(min_value=1)]
    kind: Literal["a", "b"] = "a"
    parent: Self | None = None
    call: Callable[[int], int] = abs
    items: pg.List[int] = pg.List([1])
    pair: tuple[int, str] = (1, "a")


class Layer(pg.Object, kw_only=True):
    units: int = 8
    name: str


class Conv(pg.Object):
    filters: int
    _: dataclasses.KW_ONLY
    stride: int = 1


class Box(pg.Object, Generic[T]):
    content: T


class Later(Node):
    depth: int  # E: reportGeneralTypeIssues | misc


class Clash(Node):
    width: str = "a"  # E: reportIncompatibleVariableOverride | assignment


Node("1")  # E: reportArgumentType | arg-type
Node(1, "c")  # E: reportArgumentType | arg-type
Node(1, parent=Box(1))  # E: reportArgumentType | arg-type
Node(1, call=len)  # E: reportArgumentType | arg-type
Node(1, items=pg.List(["a"]))  # E: reportArgumentType | arg-type,list-item
Node(1, pair=(1, 2))  # E: reportArgumentType | arg-type
Layer(8, "a")  # E: reportCallIssue | call-arg
Layer()  # E: reportCallIssue | call-arg
Conv(1, 2)  # E: reportCallIssue | call-arg
Box[int]("a")  # E: reportArgumentType | arg-type
Box()  # E: reportCallIssue | call-arg

node = Node(1)
text: str = node.width  # E: reportAssignmentType | assignment
node.parent.width  # E: reportOptionalMemberAccess | union-attr
node.items.append("a")  # E: reportArgumentType | arg-type
node.pair[2]  # E: reportGeneralTypeIssues | misc
box: Box[str] = Box(1)  # E: reportAssignmentType | arg-type
node.call("a")  # E: reportArgumentType | arg-type
