"""Finding nodes by decision points, names and ids; comparing nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from polygraft.geno.base import SpecBase

if TYPE_CHECKING:
    from polygraft.geno.dna import DNA
    from polygraft.geno.node import Node
    from polygraft.geno.table import Table


def nodes_by_spec(dna: DNA) -> dict[int, DNA]:
    """Returns the nodes of a bound tree by the identity of their decision points."""
    found: dict[int, DNA] = {}
    stack = [dna]
    while stack:
        node = stack.pop()
        if node.spec is not None:
            found[id(node.spec)] = node
        stack.extend(node.children)
    return found


def find(dna: DNA, table: Table, key: Any) -> Any:
    """Returns the node, or nodes, that a decision point, a name or an id stands for; None where it
    is not active.

    Raises:
        KeyError: The key is unknown.
    """
    nodes = dna.nodes_by_spec()
    if isinstance(key, str) and key in table.by_name:
        return _named(table.by_name[key], nodes)
    spec = table.find(str(key.id) if isinstance(key, SpecBase) else key)
    if not isinstance(spec, list):
        return nodes.get(id(spec))
    found = [nodes[id(s)] for s in cast(list[Any], spec) if id(s) in nodes]
    return found or None


def named_decisions(dna: DNA, table: Table) -> dict[str, Any]:
    """Returns nodes by name. A multi-choice gives the list of its active slots, a point below one a
    list with None for inactive slots.
    """
    nodes = dna.nodes_by_spec()
    return {name: _named(spec, nodes) for name, spec in table.by_name.items()}


def _named(spec: Any, nodes: dict[int, DNA]) -> Any:
    if not isinstance(spec, list):
        return nodes.get(id(spec))
    specs = cast(list[Any], spec)
    found = [nodes.get(id(s)) for s in specs]
    active = [node for node in found if node is not None]
    if not active:
        return None
    return active if specs[0].is_subchoice else found


def literal_value(dna: DNA) -> Any:
    """Returns the decisions of a bound node in literal values."""
    spec, children = dna.spec, dna.children
    if dna.value is None:
        return [literal_value(c) for c in children]
    if not spec.is_categorical:
        return str(dna.value)
    if not children:
        return spec.format_candidate(dna.value, display_format="literal")
    below = [
        _prefixed(
            f"{spec.format_candidate(dna.value, display_format='choice')} -> ", literal_value(c)
        )
        for c in children
    ]
    return below[0] if len(below) == 1 else below


def _prefixed(prefix: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_prefixed(prefix, v) for v in cast(list[Any], value)]
    return f"{prefix}{value}"


def compare(a: Node, b: Node) -> int:
    """Returns -1, 0 or 1: by value (None, then numbers, then strings), then by children.

    Raises:
        ValueError: Equal values have different numbers of children.
    """
    x, y = _rank(a.value), _rank(b.value)
    if x != y:
        return -1 if x < y else 1
    if len(a.children) != len(b.children):
        raise ValueError(
            f"The two input DNA have different number of children. (Left={a!r}, Right={b!r})"
        )
    for left, right in zip(a.children, b.children, strict=True):
        result = compare(left, right)
        if result:
            return result
    return 0


def _rank(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    return (2, value) if isinstance(value, str) else (1, value)
