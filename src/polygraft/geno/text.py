"""Printed forms shared by specs and genotypes: the object form, and hints in the notation of
symbolic containers.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from polygraft.formatting import Formattable


def indent(text: str, level: int) -> str:
    """Returns one line at an indentation level."""
    return "  " * level + text


def value_text(value: Any, compact: bool, root_indent: int = 0, **kwargs: Any) -> str:
    """Returns a value as it prints inside an object; dicts and lists print as symbolic ones do
    (`{a=1}`, `[0: 1]`).
    """
    if isinstance(value, Formattable):
        return value.format(compact=compact, root_indent=root_indent, **kwargs)
    if isinstance(value, dict):
        items = [(f"{k}", v) for k, v in cast(dict[Any, Any], value).items()]
        return _group("{", items, "}", "=" if compact else " = ", compact, root_indent, kwargs)
    if isinstance(value, list):
        items = [(f"{i}", v) for i, v in enumerate(cast(list[Any], value))]
        return _group("[", items, "]", ": " if compact else " : ", compact, root_indent, kwargs)
    return repr(value)


def object_text(
    name: str,
    fields: Iterable[tuple[str, Any, str]],
    compact: bool,
    verbose: bool,
    root_indent: int = 0,
    **kwargs: Any,
) -> str:
    """Returns the object form `Name(field = value, ...)` of named fields.

    Args:
        name: Name of the class.
        fields: (name, value, description) triples; descriptions show as comments when `verbose`.
        compact: On one line, if True.
        verbose: Whether to show descriptions.
        root_indent: Indentation level of the closing line.
        kwargs: Options for the values.
    """
    kwargs["verbose"] = verbose
    items = [(key, value) for key, value, _ in fields]
    if compact or not verbose:
        return _group(
            name + "(", items, ")", "=" if compact else " = ", compact, root_indent, kwargs
        )
    lines: list[str] = []
    for key, value, description in fields:
        text = value_text(value, False, root_indent + 1, **kwargs)
        lines.append(
            indent(f"# {description}\n", root_indent + 1)
            + indent(f"{key} = {text}", root_indent + 1)
        )
    return f"{name}(\n" + ",\n".join(lines) + "\n" + indent(")", root_indent)


def _group(
    opening: str,
    items: list[tuple[str, Any]],
    closing: str,
    sign: str,
    compact: bool,
    root_indent: int,
    kwargs: dict[str, Any],
) -> str:
    if compact or not items:
        inner = ", ".join(
            f"{k}{sign}{value_text(v, compact, root_indent, **kwargs)}" for k, v in items
        )
        return opening + inner + closing
    lines = [
        indent(f"{k}{sign}{value_text(v, False, root_indent + 1, **kwargs)}", root_indent + 1)
        for k, v in items
    ]
    return opening + "\n" + ",\n".join(lines) + "\n" + indent(closing, root_indent)
