"""Code that decides what else runs. It works in the context that it stands in, and has no value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from polygraft import typing as pg_typing
from polygraft.mutfun.code import Code, evaluate, indent, python_repr
from polygraft.mutfun.codegen import NotCompilable, Source
from polygraft.mutfun.dataflow import Flow
from polygraft.mutfun.symbols import REQUIRED, Instruction
from polygraft.symbolic import members


class ControlFlow(Instruction):
    """Base of branches and loops. What is in lists may run or not, as far as the analysis of names knows."""

    def emit(self, source: Source) -> str:
        raise NotCompilable("a statement stands in an expression")


def _block(header: str, body: Iterable[Code], block_indent: int) -> str:
    lines = [code.python_repr(block_indent + 1) for code in body]
    return "\n".join([indent(header, block_indent), *(lines or [indent("pass", block_indent + 1)])])


@members(
    [
        ("predicate", pg_typing.Any()),
        ("true_branch", pg_typing.List(pg_typing.Object(Code))),
        ("false_branch", pg_typing.List(pg_typing.Object(Code)).noneable()),
    ]
)
class If(ControlFlow):
    """Runs one of two blocks.

    Example:
        >>> from polygraft.mutfun import Assign, Var
        >>> print(If(Var("x") > 2, [Assign("y", 1)], [Assign("y", 2)]))
        if x > 2:
          y = 1
        else:
          y = 2
    """

    predicate: Any = REQUIRED
    true_branch: list[Code] = REQUIRED
    false_branch: list[Code] | None = None

    def evaluate(self, context: dict[str, Any]) -> None:
        branch = self.true_branch if evaluate(self.predicate, context) else self.false_branch
        for code in branch or ():
            code.evaluate(context)

    def python_repr(self, block_indent: int = 0) -> str:
        text = _block(f"if {python_repr(self.predicate)}:", self.true_branch, block_indent)
        if self.false_branch:
            text += "\n" + _block("else:", self.false_branch, block_indent)
        return text

    def trace(self, flow: Flow) -> None:
        flow.visit(self.predicate)
        flow.branch(self.true_branch, self.false_branch or ())

    def emit_line(self, source: Source) -> str:
        source.line(f"if {source.expression(self.predicate)}:")
        source.block(self.true_branch)
        source.line("else:")
        source.block(self.false_branch or ())
        return "None"


@members([("predicate", pg_typing.Any()), ("body", pg_typing.List(pg_typing.Object(Code)))])
class While(ControlFlow):
    """Runs a block as long as a condition holds.

    Example:
        >>> from polygraft.mutfun import Assign, Var
        >>> context = {"x": 1}
        >>> While(Var("x") < 100, [Assign("x", Var("x") * 3)]).evaluate(context)
        >>> context
        {'x': 243}
    """

    predicate: Any = REQUIRED
    body: list[Code] = REQUIRED

    def evaluate(self, context: dict[str, Any]) -> None:
        while evaluate(self.predicate, context):
            for code in self.body:
                code.evaluate(context)

    def python_repr(self, block_indent: int = 0) -> str:
        return _block(f"while {python_repr(self.predicate)}:", self.body, block_indent)

    def trace(self, flow: Flow) -> None:
        flow.loop(self.predicate, self.body)

    def emit_line(self, source: Source) -> str:
        source.line(f"while {source.expression(self.predicate)}:")
        source.block(self.body)
        return "None"
