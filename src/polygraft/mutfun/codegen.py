"""A program as one Python function, which runs some ten times as fast as its evaluation node by node.

Names of variables may be any text and become `v0`, `v1`, …; values that are no small numbers become constants of the
compiled function. Each kind of code emits its own text (`Code.emit`, `Code.emit_lines`); what cannot be expressed
raises `NotCompilable`, and the program is evaluated as before: the evaluation is what a program means, and this is
only a faster way to the same result. That holds for errors as well: a variable that is not there when it is needed
raises a `NameError` here, and the caller evaluates the program again, for the error that says it properly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, cast

from polygraft.missing import is_missing

#: Nesting of expressions that Python's parser takes for certain; deeper ones are evaluated.
MAX_DEPTH = 60


class NotCompilable(Exception):
    """The program has a part that only its own `evaluate` understands."""


class Source:
    """The text of one function in the making."""

    def __init__(self, args: Iterable[str]):
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._variables: dict[str, str] = {}
        self._level = 1
        self._depth = 0
        self.parameters = [self.variable(name) for name in args]

    def variable(self, name: str) -> str:
        """Returns what a variable of the program is called in the text."""
        return self._variables.setdefault(name, f"v{len(self._variables)}")

    def constant(self, value: Any) -> str:
        """Returns the text of a value."""
        if type(value) is bool or value is None:
            return repr(value)
        if (type(value) is int and abs(value) < 2**63) or (
            type(value) is float and math.isfinite(value)
        ):
            return f"({value!r})" if value < 0 else repr(value)
        if is_missing(value):
            raise NotCompilable("a value is missing")
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def line(self, text: str) -> None:
        """Adds a line at the current level."""
        self.lines.append("  " * self._level + text)

    def expression(self, value: Any) -> str:
        """Returns the text of code or of a constant, as an operand."""
        emit = _emitter(value, "emit")
        if emit is None:
            return self.constant(value)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotCompilable("the expression is too deep")
        text = emit(value, self)
        self._depth -= 1
        return text

    def statement(self, value: Any) -> str:
        """Adds the lines of one line of a body; returns the text of its value."""
        emit = _emitter(value, "emit_line")
        return self.constant(value) if emit is None else emit(value, self)

    def block(self, body: Iterable[Any]) -> None:
        """Adds the lines of a body one level deeper."""
        self._level += 1
        self.line("pass")
        for value in own(body):
            self.line(self.statement(value))
        self._level -= 1


def own(holder: Any) -> Any:
    """Returns a node or list whose values stand in it; an edit of what it only refers to would go unnoticed.

    Raises:
        NotCompilable: It holds a reference or an inferred value.
    """
    if type(holder) is not holder.__class__:
        raise NotCompilable("a value stands elsewhere")
    return holder


def _emitter(value: Any, method: str) -> Callable[[Any, Source], str] | None:
    """The method of code; None for constants.

    Raises:
        NotCompilable: A subclass has changed what `evaluate` does, and not what is emitted.
    """
    cls = cast(Any, type(value))
    if not hasattr(cls, "emit"):
        return None
    homes = {
        name: next(i for i, base in enumerate(cls.__mro__) if name in vars(base))
        for name in ("evaluate", "emit")
    }
    if homes["evaluate"] < homes["emit"]:
        raise NotCompilable(f"{cls.__name__} evaluates itself")
    own(value)
    return getattr(cls, method)


def compiled(name: str, args: Iterable[str], body: Iterable[Any]) -> Callable[..., Any]:
    """Returns the Python function of a body.

    Raises:
        NotCompilable: It cannot be expressed.
    """
    source = Source(args)
    last = "None"
    for value in own(body):
        source.line(last)  # for the error that it may raise
        last = source.statement(value)
    source.line(f"return {last}")
    header = f"def program({', '.join(source.parameters)}):"
    text = "\n".join([header, *source.lines])
    namespace = dict(source.constants)
    try:
        exec(compile(text, f"<mutfun {name}>", "exec"), namespace)
    except (SyntaxError, RecursionError, MemoryError) as e:  # limits of Python's parser
        raise NotCompilable(str(e)) from e
    return namespace["program"]
