"""`Code`: what all parts of a program have in common: a meaning, a text, a place, and names that come from elsewhere.

What `Code` asks of a function (the one kind of code that has lines and arguments, `opens_scope`) is its name, its
arguments, its body and its `flow`; the class is in `functions.py`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.mutfun.codegen import NotCompilable, Source
from polygraft.mutfun.dataflow import Flow, closure
from polygraft.symbolic import Object

if TYPE_CHECKING:
    from polygraft.mutfun.functions import Function
    from polygraft.mutfun.symbols import Instruction, SymbolDefinition, SymbolReference


def evaluate(value: Any, context: dict[str, Any]) -> Any:
    """Returns the value of code in a context; anything else is its own value.

    Example:
        >>> from polygraft.mutfun import Var
        >>> evaluate(Var("x"), {"x": 1}), evaluate(2, {})
        (1, 2)
    """
    return value.evaluate(context) if isinstance(value, Code) else value


def python_repr(value: Any, block_indent: int = 0) -> str:
    """Returns the Python-like text of code; of anything else, its `str`.

    Args:
        value: What to print.
        block_indent: Level (of two blanks) of all lines.
    """
    if isinstance(value, Code):
        return value.python_repr(block_indent)
    return indent(str(value), block_indent)


def indent(text: str, block_indent: int) -> str:
    """Returns the text with `2 * block_indent` blanks in front of every line."""
    return "\n".join(" " * (2 * block_indent) + line for line in text.split("\n"))


def instruction_operrand() -> pg_typing.Any:
    """Returns the value spec of an operand: code, or any constant."""
    return pg_typing.Any()


class Code(Object):
    """Anything that can stand in a program. Compared and hashed by identity; `pg.eq` compares values.

    Subclasses implement `evaluate` and `python_repr`.
    """

    use_symbolic_comparison = False
    #: Whether the names in this are its own matter: a function.
    opens_scope: ClassVar[bool] = False
    #: Whether this has a value and defines nothing itself.
    is_instruction: ClassVar[bool] = False

    @abstractmethod
    def evaluate(self, context: dict[str, Any]) -> Any:
        """Returns the value; definitions add their names to `context`."""

    @abstractmethod
    def python_repr(self, block_indent: int = 0) -> str:
        """Returns the Python-like text."""

    def trace(self, flow: Flow) -> None:
        """Tells an analysis what happens when this is evaluated: by default, all code in it is, in order."""
        flow.visit_all(self.sym_values())

    def emit(self, source: Source) -> str:
        """Returns the Python expression of the value."""
        raise NotCompilable(f"{type(self).__name__} has no Python form")

    def emit_line(self, source: Source) -> str:
        """Adds this as lines of a body; returns the Python expression of its value."""
        return source.expression(self)

    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The Python-like text; the symbolic form if `verbose` or on one line."""
        if verbose or compact:
            return super().format(compact, verbose, root_indent, **kwargs)
        return self.python_repr(root_indent)[2 * root_indent :]

    # -- where it stands ---------------------------------------------------------------------------
    def parent_code(self) -> Code | None:
        """The nearest code above."""
        return self.sym_ancestor(lambda v: isinstance(v, Code))

    def parent_func(self) -> Function | None:
        """The nearest function above."""
        return self.sym_ancestor(lambda v: isinstance(v, Code) and v.opens_scope)

    def parent_instruction(self) -> Instruction | None:
        """The nearest instruction above, within any function."""
        return self.sym_ancestor(lambda v: isinstance(v, Code) and v.is_instruction)

    def line(self) -> Code:
        """The code of the line that this is a part of, within the nearest function."""
        code = self
        while (above := code.parent_code()) is not None and not above.opens_scope:
            code = above
        return code

    def line_number(self) -> int:
        """The number of the line within the nearest function, from 0.

        Raises:
            ValueError: This is not a part of a function.
        """
        function = self.parent_func()
        if function is None:
            raise ValueError(
                f"Lines are counted within a function, and no function contains {self}. (path={self.sym_path})"
            )
        line = self.line()
        return next(i for i, code in enumerate(function.body) if code is line)

    def preceding_lines(self) -> Iterable[Code]:
        """The lines of the nearest function before this one."""
        function = self.parent_func()
        return [] if function is None else [*function.body[: self.line_number()]]

    def preceding_lines_reversed(self) -> Iterable[Code]:
        """The same, the nearest first."""
        return [*self.preceding_lines()][::-1]

    def succeeding_lines(self) -> Iterable[Code]:
        """The lines of the nearest function after this one."""
        function = self.parent_func()
        return [] if function is None else [*function.body[self.line_number() + 1 :]]

    # -- names -------------------------------------------------------------------------------------
    def input_vars(self, transitive: bool = False) -> set[str]:
        """The names that this refers to; the bodies of functions defined in it are their own matter.

        Args:
            transitive: Also those that the lines above need for it.

        Raises:
            ValueError: `transitive`, and a name is not defined.
        """
        names = {reference.name for reference in _references(self)}
        if transitive:
            for definition in self.input_defs():
                names |= {reference.name for reference in _references(definition)}
        return names

    def output_vars(self, transitive: bool = False) -> set[str]:
        """The names that the line of this defines; if `transitive`, also those of lines further down that use them."""
        lines = [self.line()]
        function = self.parent_func()
        if transitive and function is not None:
            lines += [function.line_of(reference) for reference in self.output_refs()]
        return {definition.name for line in lines for definition in _definitions(line)}

    def seen_vars(self) -> set[str]:
        """The names known at the line of this: the function's own, its arguments, what lines above define."""
        function = self.parent_func()
        if function is None:
            return set()
        names = {function.name, *function.args}
        for line in self.preceding_lines():
            names |= {definition.name for definition in _definitions(line)}
        return names

    def input_defs(self, transitive: bool = True) -> list[SymbolDefinition]:
        """The definitions that this refers to, in the order of the code.

        A definition in a branch or loop may be the one or not: those that it may replace are listed as well.

        Args:
            transitive: Also the definitions that those refer to.

        Raises:
            ValueError: A name is not defined.
        """
        function = self.parent_func()
        if function is None:
            if _references(self):
                raise ValueError(
                    f"Definitions are looked for within a function, and no function contains {self}. "
                    f"(path={self.sym_path})"
                )
            return []
        flow = function.flow()

        def inputs(code: Code) -> list[SymbolDefinition]:
            found: list[SymbolDefinition] = []
            for reference in _references(code):
                seen = flow.reaching[id(reference)]
                if not seen and reference.name not in {function.name, *function.args}:
                    raise ValueError(
                        f"Undefined variable {reference.name!r} found in function {function.name!r} "
                        f"line#{reference.line_number()}"
                    )
                found += seen
            return found

        found = closure(inputs(self), inputs if transitive else lambda _: [])
        return [d for d in flow.definitions if id(d) in found]

    def output_refs(self, transitive: bool = True) -> list[SymbolReference]:
        """The references, on lines below, to what the line of this defines, in the order of the code.

        Args:
            transitive: Also the references to what the lines of those define.
        """
        function = self.parent_func()
        if function is None:
            return []
        flow = function.flow(inner=True)
        number = {id(line): i for i, line in enumerate(function.body)}
        users = [(r, function.line_of(r)) for r in flow.references]
        found: dict[int, SymbolReference] = {}
        lines = {id(self.line()): self.line()}
        todo = list(lines.values())
        while todo:
            defined = {id(d) for d in _definitions(todo.pop())}
            for reference, line in users:
                below = number[id(line)] > self.line_number()
                if below and any(id(d) in defined for d in flow.reaching[id(reference)]):
                    found[id(reference)] = reference
                    if transitive and id(line) not in lines:
                        lines[id(line)] = line
                        todo.append(line)
        return [r for r in flow.references if id(r) in found]

    def compile(self) -> None:
        """Checks that every name is defined where it is used.

        Raises:
            ValueError: Some are not; says which and where.
        """
        flow = Flow(self.seen_vars())
        flow.visit(self)
        if flow.unknown:
            names = ", ".join(map(repr, sorted(flow.unknown)))
            raise ValueError(f"Undefined variables {{{names}}} found at {str(self.sym_path)!r}.")


def _walk(code: Any) -> Flow:
    flow = Flow()
    flow.visit(code)
    return flow


def _references(code: Code) -> list[Any]:
    return _walk(code).references


def _definitions(code: Code) -> list[Any]:
    return _walk(code).definitions
