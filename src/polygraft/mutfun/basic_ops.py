"""Operators: those of Python, and the bases for further ones.

An operator says how tightly it binds (`ORDER`), how it is written (`OPERATOR_STR`) and what it does (`OPERATOR_FN`).
"""

from __future__ import annotations

import operator
from typing import Any, ClassVar, cast

from polygraft.mutfun.code import evaluate, indent, instruction_operrand, python_repr
from polygraft.mutfun.codegen import Source
from polygraft.mutfun.symbols import REQUIRED, Assign, Instruction
from polygraft.symbolic import members


class Operator(Instruction):
    """Base of operators."""

    #: How tightly it binds: an operand that is an operator with a lower or equal number is put into parentheses.
    ORDER: ClassVar[int] = 0
    #: How it is written.
    OPERATOR_STR: ClassVar[str] = ""
    #: A function of the class or object, and the operands.
    OPERATOR_FN: ClassVar[Any] = None

    def maybe_parenthesize(self, child: Any) -> str:
        """Returns the text of an operand, in parentheses where it needs them."""
        text = python_repr(child)
        if isinstance(child, Assign) or (
            isinstance(child, Operator)
            # `a < b == c` would be a chain of comparisons.
            and (self.ORDER >= child.ORDER or (_compares(self) and _compares(child)))
        ):
            return f"({text})"
        return text


def _compares(code: Operator) -> bool:
    return isinstance(code, (Equals, NotEquals, GreaterThan, LessThan))


@members([("x", instruction_operrand())])
class UnaryOperator(Operator):
    """Base of operators with one operand.

    Example:
        >>> import math
        >>> from polygraft.mutfun import Var
        >>> class Sqrt(UnaryOperator):
        ...     ORDER = 7
        ...     OPERATOR_STR = "sqrt"
        ...     OPERATOR_FN = lambda cls, x: math.sqrt(x)
        >>> root = Sqrt(Var("x") + 1) * 2
        >>> print(root, root.evaluate({"x": 8}))
        sqrt(x + 1) * 2 6.0
    """

    x: Any = REQUIRED

    def evaluate(self, context: dict[str, Any]) -> Any:
        return self.OPERATOR_FN(evaluate(self.x, context))

    def python_repr(self, block_indent: int = 0) -> str:
        text = self.maybe_parenthesize(self.x)
        if self.OPERATOR_STR.isidentifier() and text[:1] != "(":
            text = f"({text})"
        return indent(f"{self.OPERATOR_STR}{text}", block_indent)

    def emit(self, source: Source) -> str:
        operand = source.expression(self.x)
        if self.OPERATOR_FN is operator.neg and self.OPERATOR_STR == "-":
            return f"(-{operand})"
        return f"{source.constant(self.OPERATOR_FN)}({operand})"


@members([("x", instruction_operrand()), ("y", instruction_operrand())])
class BinaryOperator(Operator):
    """Base of operators with two operands."""

    x: Any = REQUIRED
    y: Any = REQUIRED

    def evaluate(self, context: dict[str, Any]) -> Any:
        return self.OPERATOR_FN(evaluate(self.x, context), evaluate(self.y, context))

    def python_repr(self, block_indent: int = 0) -> str:
        left, right = map(self.maybe_parenthesize, (self.x, self.y))
        return indent(f"{left} {self.OPERATOR_STR} {right}", block_indent)

    def emit(self, source: Source) -> str:
        left, right = source.expression(self.x), source.expression(self.y)
        if self.OPERATOR_FN is _PYTHON.get(self.OPERATOR_STR):
            return f"({left} {self.OPERATOR_STR} {right})"
        return f"{source.constant(self.OPERATOR_FN)}({left}, {right})"


class Negate(UnaryOperator):
    """`-x`."""

    ORDER = 7
    OPERATOR_STR = "-"
    OPERATOR_FN = operator.neg


class Power(BinaryOperator):
    """`x ** y`."""

    ORDER = 6
    OPERATOR_STR = "**"
    OPERATOR_FN = cast(Any, operator).pow

    def python_repr(self, block_indent: int = 0) -> str:
        text = super().python_repr()
        # In Python, `-x ** 2` is the negative of the square.
        if isinstance(self.x, Negate) or (isinstance(self.x, (int, float)) and self.x < 0):
            left = python_repr(self.x)
            text = f"({left}){text[len(left) :]}"
        return indent(text, block_indent)


class Multiply(BinaryOperator):
    """`x * y`."""

    ORDER = 4
    OPERATOR_STR = "*"
    OPERATOR_FN = operator.mul


class Divide(BinaryOperator):
    """`x / y`."""

    ORDER = 4
    OPERATOR_STR = "/"
    OPERATOR_FN = cast(Any, operator).truediv


class FloorDivide(BinaryOperator):
    """`x // y`."""

    ORDER = 4
    OPERATOR_STR = "//"
    OPERATOR_FN = cast(Any, operator).floordiv


class Mod(BinaryOperator):
    """`x % y`."""

    ORDER = 4
    OPERATOR_STR = "%"
    OPERATOR_FN = operator.mod


class Add(BinaryOperator):
    """`x + y`."""

    ORDER = 3
    OPERATOR_STR = "+"
    OPERATOR_FN = operator.add


class Substract(BinaryOperator):
    """`x - y`."""

    ORDER = 3
    OPERATOR_STR = "-"
    OPERATOR_FN = operator.sub


class Equals(BinaryOperator):
    """`x == y`."""

    ORDER = 3
    OPERATOR_STR = "=="
    OPERATOR_FN = operator.eq


class NotEquals(BinaryOperator):
    """`x != y`."""

    ORDER = 3
    OPERATOR_STR = "!="
    OPERATOR_FN = operator.ne


class GreaterThan(BinaryOperator):
    """`x > y`."""

    ORDER = 2
    OPERATOR_STR = ">"
    OPERATOR_FN = operator.gt


class LessThan(BinaryOperator):
    """`x < y`."""

    ORDER = 2
    OPERATOR_STR = "<"
    OPERATOR_FN = operator.lt


_OVERLOADED: list[type[BinaryOperator]] = [
    Power, Multiply, Divide, FloorDivide, Mod, Add, Substract, GreaterThan, LessThan,
]  # fmt: skip
Instruction.OPERATORS.update({cls.OPERATOR_STR: cls for cls in _OVERLOADED}, negate=Negate)
#: The operators that are written in compiled programs as they are here.
_PYTHON: dict[str, Any] = {
    cls.OPERATOR_STR: cls.OPERATOR_FN for cls in [*_OVERLOADED, Equals, NotEquals]
}
