"""Functions and their calls.

A function that is called sees the variables of its caller, under its own arguments. One that is called again and again
is compiled to Python, unless it has a part that has no Python form; an edit drops what was compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.missing import MISSING_VALUE
from polygraft.mutfun.code import Code, evaluate, indent, python_repr
from polygraft.mutfun.codegen import NotCompilable, Source, compiled, own
from polygraft.mutfun.dataflow import Flow, closure, needed_by_calls
from polygraft.mutfun.symbols import REQUIRED, SymbolDefinition, SymbolReference
from polygraft.symbolic import FieldUpdate, members
from polygraft.symbolic.object_ops import ObjectOps

#: Calls that are evaluated node by node before a function is compiled, which costs as much as some dozens of calls.
CALLS_BEFORE_COMPILING = 8


class FunctionOps(ObjectOps):
    """Functions forget what was compiled at any edit below, also where hooks are turned off."""

    def listens(self, x: Any) -> bool:
        object.__setattr__(x, "_program", 0)
        return True


@members(
    [
        ("body", pg_typing.List(pg_typing.Object(Code))),
        ("args", pg_typing.List(pg_typing.Str(), default=[])),
    ]
)
class Function(SymbolDefinition):
    """A program: lines of code, of which the last one is returned, with names of arguments.

    Example:
        >>> from polygraft.mutfun import Assign, Var
        >>> x, y = Var("x"), Var("y")
        >>> f = Function("f", [Assign("y", x + 1), y * x], args=["x"])
        >>> print(f)
        def f(x):
          y = x + 1
          return y * x
        >>> f(3)
        12
    """

    body: list[Code] = REQUIRED
    args: list[str] = []

    opens_scope = True
    _pg_ops = FunctionOps
    #: How often it was called and not compiled; then what was compiled, or None for what cannot be.
    _program: ClassVar[Any] = 0

    # -- running -----------------------------------------------------------------------------------
    def __call__(self, *args: Any, context: dict[str, Any] | None = None) -> Any:
        """Returns the value of the last line; None if there is no line.

        Args:
            args: The arguments.
            context: Further variables that the lines see; arguments win over them.
        """
        if len(args) != len(self.args):
            raise ValueError(
                f"Expected {len(self.args)} arguments ({list(self.args)!r}) but received "
                f"{len(args)} ({args!r})."
            )
        program = None if context else self._python()
        if program is not None:
            try:
                return program(*args)
            except NameError:
                pass  # the evaluation says which variable
        local = {**(context or {}), **dict(zip(self.args, args, strict=True))}
        value = None
        for code in self.body:
            value = code.evaluate(local)
        return value

    def _python(self) -> Callable[..., Any] | None:
        """The compiled function, from the ninth call on."""
        program = self._program
        if type(program) is not int:
            return program
        if program < CALLS_BEFORE_COMPILING:
            program, result = program + 1, None
        else:
            try:
                self._check_calls()
                program = result = compiled(self.name, self.args, self.body)
            except NotCompilable:
                program = result = None
        object.__setattr__(self, "_program", program)
        return result

    def _check_calls(self) -> None:
        """Lets pass only calls of functions that are certain to be there and to need nothing of their caller."""
        flow = self.flow()
        for call in flow.calls:
            for function in flow.reaching[call] or [None]:
                if not isinstance(function, Function) or _free(function):
                    raise NotCompilable("a call depends on who calls")

    def _on_change(self, field_updates: dict[Any, FieldUpdate]) -> None:
        object.__setattr__(self, "_program", 0)
        super()._on_change(field_updates)

    def evaluate(self, context: dict[str, Any]) -> Function:
        context[self.name] = self
        return self

    def emit(self, source: Source) -> str:
        return f"({source.variable(self.name)} := {source.constant(self)})"

    # -- text --------------------------------------------------------------------------------------
    def python_repr(self, block_indent: int = 0) -> str:
        lines = [code.python_repr(block_indent + 1) for code in self.body]
        if lines:
            blanks = "  " * (block_indent + 1)
            lines[-1] = f"{blanks}return {lines[-1][len(blanks) :]}"
        else:
            lines = [indent("pass", block_indent + 1)]
        header = f"def {self.name}({', '.join(self.args)}):"
        return "\n".join([indent(header, block_indent), *lines])

    # -- names -------------------------------------------------------------------------------------
    def trace(self, flow: Flow) -> None:
        flow.define(self)
        if flow.inner:
            flow.scope([self.name, *self.args], self.body)

    def flow(self, inner: bool = False) -> Flow:
        """Returns where the names in the body come from.

        Args:
            inner: Also those in the bodies of the functions that it defines.
        """
        flow = Flow([self.name, *self.args], inner)
        flow.visit_all(self.body)
        return flow

    def line_of(self, code: Code) -> Code:
        """Returns the line of this function that the code is a part of, through functions defined in it."""
        while (function := code.parent_func()) is not self:
            assert function is not None, "the code is no part of this function"
            code = function
        return code.line()

    def compile(self) -> None:
        """Checks line by line that every name is defined where it is used.

        What functions defined in it look up at their callers is not known, and not checked.

        Raises:
            ValueError: Some are not; says which and where.
        """
        for code in self.body:
            Code.compile(code)

    def prune(self) -> None:
        """Deletes the lines that the value of the last line does not depend on.

        Example:
            >>> from polygraft.mutfun import Assign, Var
            >>> f = Function("f", [Assign("a", 1), Assign("b", 2), Var("b")])
            >>> f.prune()
            >>> print(f)
            def f():
              b = 2
              return b
        """
        if not self.body:
            return
        flow = self.flow()
        needed_by_calls(flow, _functions(flow), _free)
        lines = {id(line): line for line in self.body}

        def needs(line: Code) -> list[Code]:
            part = Flow()
            part.visit(line)
            seen = [d for r in part.references for d in flow.reaching[id(r)]]
            return [self.line_of(d) for d in seen]

        needed = closure([self.body[-1]], needs)
        unneeded = [i for i, line in enumerate(lines.values()) if id(line) not in needed]
        if unneeded:
            self.rebind({f"body[{i}]": MISSING_VALUE for i in unneeded})


def _functions(flow: Flow) -> list[Function]:
    """The functions that a body defines, and those that they define."""
    found = [d for d in flow.definitions if isinstance(d, Function)]
    return found + [inner for function in found for inner in _functions(function.flow())]


def _free(function: Function) -> set[str]:
    """The names that a function may look up at its caller."""
    flow = Flow(function.args)
    flow.visit_all(function.body)
    return flow.unset.union(*(_free(inner) for inner in _functions(flow)))


@members(
    [
        (
            "args",
            pg_typing.List(pg_typing.Any(), default=[]),
            "Argument values for calling the function",
        )
    ]
)
class FunctionCall(SymbolReference):
    """A call of a function by its name, which must have been defined by then.

    Example:
        >>> from polygraft.mutfun import Var
        >>> double = Function("double", [Var("x") * 2], args=["x"])
        >>> main = Function("main", [double, FunctionCall("double", [Var("y") + 1])], args=["y"])
        >>> main(3)
        8
    """

    args: list[Any] = []

    def evaluate(self, context: dict[str, Any]) -> Any:
        function = context.get(self.name, self)
        if function is self:
            raise ValueError(f"Undefined function {self.name!r}.")
        if not isinstance(function, Function):
            raise ValueError(f"{self.name!r} is not a Function object.")
        if len(function.args) != len(self.args):
            raise ValueError(
                f"Arguments mismatch for function {self.name!r}. Expected: {list(function.args)!r}, "
                f"Actual: {list(self.args)!r}."
            )
        args = [evaluate(arg, context) for arg in self.args]
        return function(*args, context=context)

    def python_repr(self, block_indent: int = 0) -> str:
        args = ", ".join(python_repr(arg) for arg in self.args)
        return indent(f"{self.name}({args})", block_indent)

    def trace(self, flow: Flow) -> None:
        flow.refer(self, called=True)
        flow.visit_all(self.args)

    def emit(self, source: Source) -> str:
        args = ", ".join(source.expression(arg) for arg in own(self.args))
        return f"{source.variable(self.name)}({args})"
