"""Names in code: what defines them (`Assign`), what uses them (`Var`), and the operators of what has a value."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from polygraft import typing as pg_typing
from polygraft.missing import MISSING_VALUE
from polygraft.mutfun.code import Code, evaluate, indent, python_repr
from polygraft.mutfun.codegen import Source
from polygraft.mutfun.dataflow import Flow
from polygraft.symbolic import members, registered_types

#: For type checkers, the default of a field that has none.
REQUIRED: Any = MISSING_VALUE


@members([("name", pg_typing.Str(), "Name of the symbol to define.")])
class SymbolDefinition(Code):
    """Code that gives a name a value."""

    name: str = REQUIRED


class Instruction(Code):
    """Code that has a value and defines nothing: with the operators of numbers, which build code."""

    #: Name of the operator → its class; filled by `basic_ops`.
    OPERATORS: ClassVar[dict[str, Callable[..., Any]]] = {}
    is_instruction = True

    def __add__(self, other: Any) -> Instruction:
        return self.OPERATORS["+"](self, other)

    def __radd__(self, other: Any) -> Instruction:
        return self.OPERATORS["+"](other, self)

    def __sub__(self, other: Any) -> Instruction:
        return self.OPERATORS["-"](self, other)

    def __rsub__(self, other: Any) -> Instruction:
        return self.OPERATORS["-"](other, self)

    def __mul__(self, other: Any) -> Instruction:
        return self.OPERATORS["*"](self, other)

    def __rmul__(self, other: Any) -> Instruction:
        return self.OPERATORS["*"](other, self)

    def __truediv__(self, other: Any) -> Instruction:
        return self.OPERATORS["/"](self, other)

    def __rtruediv__(self, other: Any) -> Instruction:
        return self.OPERATORS["/"](other, self)

    def __floordiv__(self, other: Any) -> Instruction:
        return self.OPERATORS["//"](self, other)

    def __rfloordiv__(self, other: Any) -> Instruction:
        return self.OPERATORS["//"](other, self)

    def __mod__(self, other: Any) -> Instruction:
        return self.OPERATORS["%"](self, other)

    def __rmod__(self, other: Any) -> Instruction:
        return self.OPERATORS["%"](other, self)

    def __pow__(self, other: Any) -> Instruction:
        return self.OPERATORS["**"](self, other)

    def __rpow__(self, other: Any) -> Instruction:
        return self.OPERATORS["**"](other, self)

    def __neg__(self) -> Instruction:
        return self.OPERATORS["negate"](self)

    def __lt__(self, other: Any) -> Instruction:
        return self.OPERATORS["<"](self, other)

    def __gt__(self, other: Any) -> Instruction:
        return self.OPERATORS[">"](self, other)

    @classmethod
    def select_types(
        cls, where: Callable[[type[Instruction]], bool] = lambda cls: True
    ) -> Iterable[type[Instruction]]:
        """Iterates over the kinds of instruction that are known, but for bases without anything to fill in.

        Args:
            where: Which ones.

        Example:
            >>> kinds = Instruction.select_types(lambda c: issubclass(c, SymbolReference))
            >>> {"Var", "FunctionCall"} <= {c.__name__ for c in kinds}
            True
        """
        seen: set[type] = set()
        for _, known in registered_types():
            if issubclass(known, Instruction) and known not in seen:
                seen.add(known)
                kind = cast("Any", known)
                if (kind.__schema__.fields or not inspect.isabstract(kind)) and where(kind):
                    yield kind


@members([("name", pg_typing.Str(), "Name of the symbol to use.")])
class SymbolReference(Instruction):
    """Code that uses the value of a name."""

    name: str = REQUIRED

    def trace(self, flow: Flow) -> None:
        flow.refer(self)
        super().trace(flow)


class Var(SymbolReference):
    """The value of a variable.

    Example:
        >>> area = Var("r") ** 2 * 3.14
        >>> print(area, area.evaluate({"r": 2}))
        r ** 2 * 3.14 12.56
    """

    def evaluate(self, context: dict[str, Any]) -> Any:
        return context[self.name]

    def python_repr(self, block_indent: int = 0) -> str:
        return indent(self.name, block_indent)

    def emit(self, source: Source) -> str:
        return source.variable(self.name)


@members([("value", pg_typing.Any())])
class Assign(SymbolDefinition):
    """`name = value`; its value is that of the right side."""

    value: Any = REQUIRED

    def evaluate(self, context: dict[str, Any]) -> Any:
        value = evaluate(self.value, context)
        context[self.name] = value
        return value

    def python_repr(self, block_indent: int = 0) -> str:
        value = python_repr(self.value, block_indent)[2 * block_indent :]
        return indent(f"{self.name} = ", block_indent) + value

    def trace(self, flow: Flow) -> None:
        flow.visit(self.value)
        flow.define(self)

    def emit(self, source: Source) -> str:
        value = source.expression(self.value)
        return f"({source.variable(self.name)} := {value})"

    def emit_line(self, source: Source) -> str:
        value = source.expression(self.value)
        source.line(f"{source.variable(self.name)} = {value}")
        return source.variable(self.name)
