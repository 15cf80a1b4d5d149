"""What the arguments of `DNA(...)` mean.

| value | meaning |
|---|---|
| scalar | a leaf, or a node with the given children |
| `[x, y, ...]` | a container of coexisting decisions |
| `(v, x)`, `(v, [x, y])` | choice v, with one or several decisions below it |
| `(v, w, ...)` | a chain of conditional choices |
| `[]`, None | nothing |

Containers that add nothing do not survive: a container of one child is that child, and a container
    that is an only child is replaced by its own children.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from polygraft.geno.node import Node

MAX_NESTING = 200  # Walks over trees recurse; what is deeper is refused when it is built.


def check_scalar(value: Any) -> None:
    """Raises for what cannot be the value of a node."""
    if value is not None and not isinstance(value, (int, float, str)):
        raise TypeError(
            "Expect (<class 'float'>, <class 'str'>, <class 'int'>) but encountered "
            f"{type(value)!r}: {value}. (path=value)"
        )


def normalize(
    cls: type[Node], value: Any, children: Sequence[Any] | None
) -> tuple[Any, list[Node], Node | None]:
    """Returns the scalar value, the children (none of which has a parent) and, where a container
    collapsed into its only child, that child.
    """
    if isinstance(value, (list, tuple)):
        if children:
            raise ValueError(
                f"'children' ({list(children)!r}) must be None when 'value' ({value!r}) is compositional."
            )
        scalar, nodes = _read(cls, cast(Any, value), 0)
    else:
        check_scalar(value)
        scalar, nodes = value, _adoptable(cls, children or ())
    if len(nodes) != 1 or (scalar is not None and nodes[0].value is not None):
        return scalar, nodes, None
    only = nodes[0]
    below = [child.clone() for child in only.children]
    return (only.value, below, only) if scalar is None else (scalar, below, None)


def _adoptable(cls: type[Node], nodes: Sequence[Any]) -> list[Node]:
    adopted: list[Node] = []
    for i, node in enumerate(nodes):
        if not isinstance(node, cls):
            raise TypeError(
                f"Expect {cls!r} but encountered {type(node)!r}: {node}. (path=children[{i}])"
            )
        taken = node.parent_dna is not None or any(node is n for n in adopted)
        adopted.append(node.clone() if taken else node)
    return adopted


def _read(
    cls: type[Node], value: list[Any] | tuple[Any, ...], level: int
) -> tuple[Any, list[Node]]:
    if level > MAX_NESTING:
        raise ValueError(
            f"DNA values are nested too deeply: at most {MAX_NESTING} levels are supported."
        )
    if isinstance(value, list):
        return None, [_node(cls, v, level) for v in value]
    if len(value) < 2:
        raise ValueError(
            f"Tuple as conditional choices must have at least 2 items. Encountered {value!r}."
        )
    first, *rest = value
    if not isinstance(first, (int, float)):
        raise ValueError(
            "Tuple as conditional choices only allow multiple choices to be used at the last position. "
            f"Encountered: {value!r}"
        )
    if len(rest) > 1:
        if level + len(rest) > MAX_NESTING:
            raise ValueError(
                f"DNA values are nested too deeply: at most {MAX_NESTING} levels are supported."
            )
        return first, [_node(cls, tuple(rest), level)]
    below = rest[0]
    if isinstance(below, list):
        return first, [_node(cls, v, level) for v in cast(list[Any], below)]
    if isinstance(below, tuple) or below is None:
        raise ValueError(
            f"The last item of a tuple must be a number, a string or a list. Encountered: {value!r}."
        )
    check_scalar(below)
    return first, [_node(cls, below, level)]


def _node(cls: type[Node], value: Any, level: int) -> Node:
    if isinstance(value, cls):
        return value if value.parent_dna is None else value.clone()
    if isinstance(value, (list, tuple)):
        scalar, nodes = _read(cls, cast(Any, value), level + 1)
        return cls(scalar, nodes)
    return cls(value)
