"""The printed forms of nodes.

    Dict      {x=1, [3]=2}      items `key=value`; a key that is no text in brackets
    List      [0: 1, 1: 2]      items `index: value`
    Object    A(x=1)            also wrapped classes and functors

On several lines an item stands as `key = value` and `index : value`, two blanks further in than
its node. Nearly all printing is by `str` and `repr` with default options, which `_node` does;
`_Printer` knows all options. Both give other values to `polygraft.formatting.format`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container
from typing import Any, cast

from polygraft.formatting import BracketType, bracket_chars, format
from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.symbolic.compare import TooDeepError, eq, own_method
from polygraft.symbolic.expanding import expanded
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, NodeOps

_DICT, _LIST, _OBJECT, _WRAPPED, _TUPLE = (
    Kind.DICT,
    Kind.LIST,
    Kind.OBJECT,
    Kind.WRAPPED,
    Kind.TUPLE,
)
_WRAP_AT = 80
_NO_OPTIONS: dict[str, Any] = {}


def format_node(
    x: Any,
    compact: bool = False,
    verbose: bool = True,
    root_indent: int = 0,
    *,
    python_format: bool = False,
    hide_frozen: bool = True,
    hide_default_values: bool = False,
    hide_missing_values: bool = False,
    include_keys: Container[Any] | None = None,
    exclude_keys: Container[Any] | None = None,
    use_inferred: bool = False,
    cls_name: str | None = None,
    bracket_type: BracketType | None = None,
    key_as_attribute: bool = False,
    extra_blankline_for_field_docstr: bool = False,
    list_wrap_threshold: int = _WRAP_AT,
    custom_format: Callable[[Any, int], str | None] | None = None,
    memo: set[int] | None = None,
    markdown: bool = False,
    inner: bool = False,
    **kwargs: Any,
) -> str:
    """Returns the text of a node.

    Args:
        x: A node.
        compact: On one line.
        verbose: With the descriptions of fields as comments (on several lines only).
        root_indent: Level (of two blanks) that the lines after the first stand on.
        python_format: As Python would write it: keys of dicts quoted, no indices of lists.
        hide_frozen: Without fields whose value is fixed.
        hide_default_values: Without fields that have their default.
        hide_missing_values: Without fields that have no value.
        include_keys, exclude_keys: Keys to show or hide in this node (for a list, in its
            elements).
        use_inferred: Show what references and inferred values stand for.
        cls_name: Stands before the bracket; None takes the class name of objects.
        bracket_type: The brackets; None takes those of the kind of node.
        key_as_attribute: With `python_format`, keys of dicts without quotes.
        extra_blankline_for_field_docstr: A blank line before each comment but the first.
        list_wrap_threshold: Longest text, in characters, of a tuple or plain list on one line.
        custom_format: Called as `(value, root_indent)` for each child; a text it returns is used
            as is.
        memo: Ids of the objects being printed further up.
        inner: With what constructors of wrapped classes have made, at keys with `@`.
        markdown: Not used: only the outermost value is quoted, by `pg.format`.
        **kwargs: Passed on to the values below.

    Raises:
        RecursionError: The tree has more levels than Python's stack has room for.
    """
    if inner:
        x = expanded(x)
    memo = {id(x)} if memo is None else memo
    options = {k: v for k, v in kwargs.items() if v is not None and v is not False}
    plain = not (
        options or python_format or hide_default_values or hide_missing_values or use_inferred
    )
    try:
        if (
            plain
            and (compact or not verbose)
            and hide_frozen
            and include_keys is None
            and exclude_keys is None
            and cls_name is None
            and bracket_type is None
            and custom_format is None
            and list_wrap_threshold == _WRAP_AT
        ):
            return _node(x, OPS[type(x)], compact, root_indent, memo)
        options |= {
            "compact": compact,
            "verbose": verbose,
            "python_format": python_format,
            "hide_frozen": hide_frozen,
            "hide_default_values": hide_default_values,
            "hide_missing_values": hide_missing_values,
            "use_inferred": use_inferred,
            "extra_blankline_for_field_docstr": extra_blankline_for_field_docstr,
            "list_wrap_threshold": list_wrap_threshold,
            "custom_format": custom_format,
            "memo": memo,
        }
        printer = _Printer(options, root_indent, key_as_attribute)
        return printer.node(x, include_keys, exclude_keys, cls_name, bracket_type)
    except TooDeepError:
        raise
    except RecursionError:
        raise TooDeepError(
            f"The tree is too deep to be printed as a whole ({OPS[type(x)].type.__name__}). Print a part of it."
        ) from None


def pg_format(
    x: Any, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
) -> str:
    """Returns the text of a node by the `format` that its class defines, if it does, else by `format_node`."""
    own = own_format(OPS[type(x)])
    if own is not None:
        return own(x, compact=compact, verbose=verbose, root_indent=root_indent, **kwargs)
    return format_node(x, compact, verbose, root_indent, **kwargs)


_own_formats: dict[NodeOps, Callable[..., str] | None] = {}


def own_format(ops: NodeOps) -> Callable[..., str] | None:
    """A user's override of `format` or `__pg_format__`; a method that only happens to be called `format` is none.

    It takes the options, or hands all that it gets to that of its base.
    """
    try:
        return _own_formats[ops]
    except KeyError:
        own = own_method(ops.type, "__pg_format__")
        if own is None:
            own = own_method(ops.type, "format")
            if own is not None and not _takes_options(own):
                own = None
        _own_formats[ops] = own
        return own


def _takes_options(fn: Callable[..., Any]) -> bool:
    try:
        parameters = inspect.signature(fn).parameters
    except (TypeError, ValueError):
        return False
    if "compact" in parameters:
        return "root_indent" in parameters or "kwargs" in parameters
    kinds = [p.kind for p in parameters.values()]
    names = getattr(getattr(fn, "__code__", None), "co_names", ())
    handed_on = kinds[1:] == [inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD]
    return handed_on and "super" in names and "format" in names


# -- default options -------------------------------------------------------------------------------
def _node(x: Any, ops: NodeOps, compact: bool, indent: int, memo: set[int]) -> str:
    """The text of a node with default options."""
    kind = ops.kind
    items: list[str] = []
    if kind is _LIST:
        colon = ": " if compact else " : "
        for k, v in ops.items(x):
            text = repr(v) if type(v) in SAFE_TYPES else _value(v, compact, indent + 1, memo)
            items.append(f"{k}{colon}{text}")
        opening, closing = "[", "]"
    else:
        equals = "=" if compact else " = "
        hidden = frozen_keys(ops, x)
        for k, v in ops.items(x) if ops.printed_items is None else ops.printed_items(x):
            if k in hidden:
                continue
            text = repr(v) if type(v) in SAFE_TYPES else _value(v, compact, indent + 1, memo)
            items.append(f"{k}{equals}{text}" if type(k) is str else f"[{k}]{equals}{text}")
        opening, closing = ("{", "}") if kind is _DICT else (f"{ops.called_type(x).__name__}(", ")")
    if compact or not items:
        return f"{opening}{', '.join(items)}{closing}"
    pad = "\n" + "  " * (indent + 1)
    return f"{opening}{pad}{f',{pad}'.join(items)}\n{'  ' * indent}{closing}"


def _value(v: Any, compact: bool, indent: int, memo: set[int]) -> str:
    """The text of a child that is not of the simplest types."""
    ops = OPS[type(v)]
    if ops.symbolic:
        own = own_format(ops)
        if own is None:
            return _node(v, ops, compact, indent, memo)
        return own(v, compact=compact, verbose=False, root_indent=indent, memo=memo)
    if type(v) is tuple and SAFE_TYPES.issuperset(map(type, cast("tuple[Any, ...]", v))):
        text = str(cast("object", v))
        if compact or len(text) <= _WRAP_AT:
            return text
    return format(v, compact=compact, verbose=False, root_indent=indent, memo=memo)


_frozen: dict[NodeOps, frozenset[Any]] = {}


def frozen_keys(ops: NodeOps, x: Any) -> frozenset[Any]:
    """The keys of fields whose value is fixed."""
    if ops.kind is _DICT:
        fields = ((k, ops.field(x, k)) for k, _ in ops.items(x))
        return frozenset(k for k, f in fields if f is not None and f.value.frozen)
    known = _frozen.get(ops)
    if known is None:
        fields = ((k, ops.field(x, k)) for k, _ in ops.items(x))
        known = _frozen[ops] = frozenset(k for k, f in fields if f is not None and f.value.frozen)
    return known


# -- all options -----------------------------------------------------------------------------------
class _Printer:
    """Prints one node under any options.

    Attributes:
        options: Passed on to the values below.
        indent: Level of the node.
        bare_keys: Whether keys of dicts stand without quotes in Python's format.
    """

    __slots__ = ("bare_keys", "compact", "indent", "options", "python")

    def __init__(self, options: dict[str, Any], indent: int, bare_keys: bool):
        self.options = options
        self.indent = indent
        self.bare_keys = bare_keys
        self.compact: bool = options["compact"]
        self.python: bool = options["python_format"]

    def node(
        self,
        x: Any,
        include: Container[Any] | None,
        exclude: Container[Any] | None,
        cls_name: str | None,
        bracket_type: BracketType | None,
    ) -> str:
        ops = OPS[type(x)]
        if ops.kind is _LIST:
            items = self.elements(ops, x, include, exclude)
            brackets = BracketType.SQUARE
        else:
            items = self.fields(ops, x, include, exclude)
            brackets = BracketType.CURLY if ops.kind is _DICT else BracketType.ROUND
            if cls_name is None and ops.kind is not _DICT:
                cls_name = ops.called_type(x).__name__
        opening, closing = bracket_chars(brackets if bracket_type is None else bracket_type)
        opening = (cls_name or "") + opening
        if self.compact or not items:
            return f"{opening}{', '.join(items)}{closing}"
        separator = ",\n"
        return f"{opening}\n{separator.join(items)}\n{'  ' * self.indent}{closing}"

    def elements(
        self, ops: NodeOps, x: Any, include: Container[Any] | None, exclude: Container[Any] | None
    ) -> list[str]:
        """The items of a list."""
        pad = "" if self.compact else "  " * (self.indent + 1)
        colon = ": " if self.compact else " : "
        return [
            f"{pad}{'' if self.python else f'{k}{colon}'}{self.value(x, k, v, include, exclude)}"
            for k, v in ops.items(x)
        ]

    def fields(
        self, ops: NodeOps, x: Any, include: Container[Any] | None, exclude: Container[Any] | None
    ) -> list[str]:
        """The items of a dict or object that are to be shown."""
        bare = self.bare_keys or ops.kind is not _DICT
        items: list[str] = []
        for k, v in ops.items(x) if ops.printed_items is None else ops.printed_items(x):
            if (include is not None and k not in include) or (exclude is not None and k in exclude):
                continue
            field = ops.field(x, k)
            if self.hides(ops, k, field, v):
                continue
            text = f"{self.key(k, bare)}{self.value(x, k, v)}"
            items.append(text if self.compact else self.line(field, text, not items))
        return items

    def hides(self, ops: NodeOps, key: Any, field: Any, value: Any) -> bool:
        options = self.options
        if options["hide_missing_values"] and is_missing(value):
            return True
        if field is not None and field.value.frozen and options["hide_frozen"]:
            return True
        if not options["hide_default_values"]:
            return False
        default = _default(ops, key, field)
        return not is_missing(default) and eq(value, default)

    def key(self, key: Any, bare: bool) -> str:
        if self.python:
            if bare:
                return f"{key}="
            return f"{key!r}: "
        text = key if isinstance(key, str) else f"[{key}]"
        return f"{text}=" if self.compact else f"{text} = "

    def line(self, field: Any, text: str, first: bool) -> str:
        """An item on a line of its own, under the description of its field."""
        pad = "  " * (self.indent + 1)
        if not (self.options["verbose"] and field is not None and field.description):
            return pad + text
        comment = "".join(f"{pad}# {line}\n" for line in field.description.split("\n"))
        blank = "\n" if self.options["extra_blankline_for_field_docstr"] and not first else ""
        return f"{blank}{comment}{pad}{text}"

    def value(
        self,
        x: Any,
        key: Any,
        value: Any,
        include: Container[Any] | None = None,
        exclude: Container[Any] | None = None,
    ) -> str:
        """The text of a child; keys to show or hide are those of its own level."""
        if self.options["use_inferred"] and type(value) not in SAFE_TYPES:
            value = inferred(x, key, value)
        options: dict[str, Any] = self.options
        if include is not None or exclude is not None:
            options = {**options, "include_keys": include, "exclude_keys": exclude}
        return format(value, root_indent=self.indent + 1, **options)


def inferred(x: Any, key: Any, value: Any) -> Any:
    """What a raw child stands for; the child itself if that can't be told."""
    infer = getattr(OPS[type(x)].type, "sym_inferred", None)
    if infer is None:
        return value
    try:
        return infer(x, key)
    except Exception:
        return value


def _default(ops: Any, key: Any, field: Any) -> Any:
    """The default of a field; that of a wrapped class's argument stands in its signature."""
    default = MISSING_VALUE if field is None else field.value.default
    if not is_missing(default) or ops.kind is not _WRAPPED:
        return default
    return [] if key == ops.info.varargs else ops.info.defaults.get(key, MISSING_VALUE)
