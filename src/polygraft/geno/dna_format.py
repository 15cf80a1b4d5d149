"""Printed and nested forms of genotypes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from polygraft.geno.text import indent, object_text

if TYPE_CHECKING:
    from polygraft.geno.node import Node


def nested(dna: Node) -> Any:
    """Returns the value from which the genotype can be made again: a scalar, a list, or a tuple for
    a chain of choices.
    """
    children = dna.children
    if not children:
        return dna.value
    if dna.value is None:
        return [nested(c) for c in children]
    if len(children) > 1:
        return dna.value, [nested(c) for c in children]
    below = nested(children[0])
    return (dna.value, *cast(Any, below)) if isinstance(below, tuple) else (dna.value, below)


def json_value(value: Any) -> Any:
    """Returns a nested value with tuples spelled as lists that begin with `__tuple__`."""
    if isinstance(value, tuple):
        return ["__tuple__", *(json_value(v) for v in cast(Any, value))]
    if isinstance(value, list):
        return [json_value(v) for v in cast(list[Any], value)]
    return value


def dna_text(dna: Node, compact: bool, root_indent: int, threshold: int) -> str:
    """Returns the text `DNA(...)`; a chain of choices at the root has no second brackets."""
    value = nested(dna)
    text = repr(cast(Any, value)) if isinstance(value, tuple) else f"({value!r})"
    if not compact and len(text) > threshold:
        text = _wrapped(value, root_indent, threshold)
        text = text if isinstance(value, tuple) else f"({text})"
    return "DNA" + text


def _wrapped(value: Any, root_indent: int, threshold: int) -> str:
    text = repr(value)
    if not isinstance(value, (list, tuple)) or len(text) <= threshold:
        return text
    opening, closing = ("[", "]") if isinstance(value, list) else ("(", ")")
    items = [
        indent(_wrapped(v, root_indent + 1, threshold), root_indent + 1) for v in cast(Any, value)
    ]
    return opening + "\n" + ",\n".join(items) + "\n" + indent(closing, root_indent)


def expanded_text(dna: Node, root_indent: int) -> str:
    """Returns the object form: value, children and metadata of every node."""
    fields = [
        ("value", dna.value, ""),
        ("children", list(dna.children), ""),
        ("metadata", dict(dna.metadata), ""),
    ]
    return object_text("DNA", fields, False, False, root_indent)
