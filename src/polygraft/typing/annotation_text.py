"""Annotations as text (`from __future__ import annotations`) and what they mean.

The text is parsed with `ast` and read in the module it stands in. A name that does not exist yet becomes a
`typing.ForwardRef`, so that it may be looked up later. Calls are understood only where they make a value spec.
"""

from __future__ import annotations

import ast
import builtins
import types
import typing
from typing import Any

from polygraft.typing.primitives import Enum, Str
from polygraft.typing.value_spec import LATE, ValueSpec

_ABSENT: Any = object()


def annotation_from_str(text: str, parent_module: types.ModuleType | None = None) -> Any:
    """Returns the annotation that a text stands for.

    Args:
        text: Such as `'list[int] | None'`.
        parent_module: Where names are looked up.

    Raises:
        SyntaxError: It is not an annotation.
        TypeError: A module has no such member.

    Example:
        >>> annotation_from_str("list[int] | None")
        list[int] | None
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as e:
        raise _not_an_annotation(text, e) from None
    return _Reader(text.strip(), parent_module).read(tree.body)


def _not_an_annotation(text: str, error: SyntaxError) -> SyntaxError:
    """Says what is expected where the text stops being an annotation."""
    text = text.rstrip()
    if text.count("[") > text.count("]"):
        what = "type identifier, got ''" if text.endswith(("[", ",", "|", ".")) else '"]"'
        return _syntax_error(f"Expected {what}", text, len(text))
    for end in range(len(text) - 1, 0, -1):
        try:
            ast.parse(text[:end].strip(), mode="eval")
        except SyntaxError:
            continue
        rest = len(text) - len(text[end:].lstrip())
        return _syntax_error("Unexpected end of annotation", text, rest, shown="")
    return _syntax_error(f"Expected type identifier, got {text!r}", text, 0)


def _syntax_error(message: str, text: str, offset: int, shown: str | None = None) -> SyntaxError:
    where = f" at position {offset}" if shown is None else shown
    return SyntaxError(f"{message}{where}.\n\n{text}\n{' ' * offset}^")


class _Reader:
    """Turns the nodes of one annotation into values."""

    def __init__(self, text: str, module: types.ModuleType | None):
        self._text = text
        self._module = module

    def read(self, node: ast.expr) -> Any:
        """The annotation that a node stands for."""
        match node:
            case ast.Constant(value=str(quoted)):
                return annotation_from_str(quoted, self._module)
            case ast.Constant(value=value):
                return value
            case ast.Name() | ast.Attribute():
                found = self._named(node)
                if found is typing.Literal:
                    raise _syntax_error('Expected "["', self._text, node.end_col_offset or 0)
                return found
            case ast.Subscript(value=generic, slice=args):
                return self._subscripted(self._named(generic), args)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return _union(self.read(left), self.read(right))
            case ast.Tuple(elts=items):
                return tuple(self.read(i) for i in items)
            case ast.List(elts=items):
                return [self.read(i) for i in items]
            case ast.Call():
                return self._built(node)
            case ast.UnaryOp():
                return ast.literal_eval(node)
            case _:
                raise _syntax_error("Expected type identifier", self._text, node.col_offset)

    def _named(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                found = self._lookup(name)
                return self._forward(name) if found is _ABSENT else _of_text(found)
            case ast.Attribute():
                return self._member(node)
            case _:
                return self.read(node)

    def _lookup(self, name: str) -> Any:
        if (
            self._module is not None
            and not hasattr(builtins, name)
            and getattr(self._module, "__reloading__", False)
        ):
            found = getattr(self._module, name, _ABSENT)
            return found if isinstance(found, types.ModuleType) else _ABSENT
        found = _ABSENT if self._module is None else getattr(self._module, name, _ABSENT)
        return getattr(builtins, name, _ABSENT) if found is _ABSENT else found

    def _forward(self, name: str) -> typing.ForwardRef:
        if self._module is None:
            return typing.ForwardRef(name)
        return typing.ForwardRef(name, module=self._module.__name__)

    def _member(self, node: ast.Attribute) -> Any:
        names = [node.attr]
        root = node.value
        while isinstance(root, ast.Attribute):
            names.append(root.attr)
            root = root.value
        if isinstance(root, ast.Call) and len(names) == 1:
            spec = self._built(root)  # `Str(regex="a.*").noneable()`
            if isinstance(spec, ValueSpec) and names[0][0] != "_":
                return getattr(spec, names[0])
        if not isinstance(root, ast.Name):
            raise _syntax_error("Expected type identifier", self._text, node.col_offset)
        dotted = ast.unparse(node)
        value = self._lookup(root.id)
        if value is _ABSENT:
            return self._forward(dotted)
        for name in reversed(names):
            member = getattr(value, name, _ABSENT)
            if member is _ABSENT:
                if isinstance(value, types.ModuleType):
                    raise TypeError(f"{dotted!r} does not exist.")
                return self._forward(dotted)
            value = member
        return _of_text(value)

    def _subscripted(self, generic: Any, args: ast.expr) -> Any:
        if generic is typing.Literal:
            items = args.elts if isinstance(args, ast.Tuple) else [args]
            return typing.Literal[tuple(self._literal(i) for i in items)]
        if generic is typing.Annotated and isinstance(args, ast.Tuple):
            return typing.Annotated[
                (self.read(args.elts[0]), *(self._literal(i) for i in args.elts[1:]))
            ]
        if isinstance(generic, typing.ForwardRef):
            return self._forward(self._text)
        # These two take values, where all others take types.
        return generic[self._literal(args) if generic in (Enum, Str) else self.read(args)]

    def _literal(self, node: ast.expr) -> Any:
        """The value of an expression in which names stand for objects, such as members of an enum class."""
        try:
            return ast.literal_eval(node)
        except ValueError:
            return (
                self.read(node)
                if isinstance(node, ast.Name | ast.Attribute | ast.Call)
                else self._shown(node)
            )

    def _shown(self, node: ast.expr) -> Any:
        match node:
            case ast.JoinedStr(values=parts):
                return "".join(str(self._literal(p)) for p in parts)
            case ast.FormattedValue(value=value):
                return self._literal(value)
            case ast.Tuple(elts=items):
                return tuple(self._literal(i) for i in items)
            case ast.List(elts=items):
                return [self._literal(i) for i in items]
            case ast.Dict(keys=keys, values=values):
                return {
                    self._literal(k): self._literal(v)
                    for k, v in zip(keys, values, strict=True)
                    if k is not None
                }
            case _:
                raise _syntax_error("Expected a literal", self._text, node.col_offset)

    def _built(self, node: ast.Call) -> Any:
        """A value spec built in place: `pg.typing.Int(min_value=1)`."""
        function: Any = self.read(node.func)
        builds = isinstance(function, type) or isinstance(
            getattr(function, "__self__", None), ValueSpec
        )
        if isinstance(function, typing.ForwardRef):
            where = "" if self._module is None else f" in module {self._module.__name__!r}"
            raise TypeError(f"{function.__forward_arg__!r} does not exist{where}.")
        if not builds:
            raise _syntax_error("Function call is not allowed", self._text, node.col_offset)
        return function(
            *(self._argument(a) for a in node.args),
            **{k.arg: self._argument(k.value) for k in node.keywords if k.arg is not None},
        )

    def _argument(self, node: ast.expr) -> Any:
        try:
            return ast.literal_eval(node)
        except ValueError:
            return self.read(node)


def _of_text(found: Any) -> Any:
    """What a name stands for; an alias that is a text may be part of a union."""
    return typing.ForwardRef(found) if isinstance(found, str) else found


def _union(left: Any, right: Any) -> Any:
    if isinstance(left, ValueSpec) or isinstance(right, ValueSpec):
        return left | right
    if isinstance(left, typing.ForwardRef) or isinstance(right, typing.ForwardRef):
        return typing.Union[left, right]  # noqa: UP007
    return left | right


LATE.resolve = annotation_from_str
