"""Differences between programs.

`diff` walks two trees side by side, once. What is identical costs nothing, and no path is built
before someone asks. A `Diff` is either a leaf (a pair of values, or one value that both sides
have) or a branch (the differences of two nodes by key).
"""

# The type of a value that may be anything counts as unknown.
# pyright: reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from polygraft.formatting import Formattable, format
from polygraft.paths import KeyPath
from polygraft.symbolic.abstract import PureSymbolic
from polygraft.symbolic.compare import TooDeepError, eq, hash_, own_method, same
from polygraft.symbolic.expanding import expanded
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind, NodeOps

Mode = Literal["diff", "same", "both"]
Collapse = Literal["same_type"] | bool | Callable[[Any, Any], bool]


class _Missing:
    """The side of a difference that has no value there."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"

    def __reduce__(self) -> str:
        return "_MISSING"


_MISSING = _Missing()
_TUPLE, _OBJECT = Kind.TUPLE, Kind.OBJECT


class Diff(Formattable, PureSymbolic):
    """A difference of two values, or of the children of two nodes.

    Attributes:
        left: The left value; with children, the left type.
        right: The right value; with children, the right type.
        children: Key → difference; keys of list items are texts (`'0'`).
        is_branch: True if `left` and `right` are the types of two nodes whose `children` are
            compared.
        MISSING: What stands for a side that has no value.

    Example:
        >>> Diff(1, 2)
        Diff(left=1, right=2)
        >>> Diff(dict, dict, {"a": Diff(1, Diff.MISSING)})
        dict(a=Diff(left=1, right=MISSING))
    """

    __slots__ = ("children", "is_branch", "left", "right")
    __str_format_kwargs__ = {"compact": False, "verbose": False}
    MISSING = _MISSING
    left: Any
    right: Any
    children: dict[Any, Diff]
    is_branch: bool

    def __init__(
        self, left: Any = _MISSING, right: Any = _MISSING, children: dict[Any, Diff] | None = None
    ):
        if children:
            for side, value in (("left", left), ("right", right)):
                if not isinstance(value, type):
                    raise ValueError(
                        f"{side!r} must be a type when 'children' is specified. Encountered: {value!r}."
                    )
        self.left = left
        self.right = right
        self.children = {} if children is None else children
        self.is_branch = bool(children)

    @property
    def is_leaf(self) -> bool:
        """True if there are no children."""
        return not self.children

    @property
    def value(self) -> Any:
        """The value that both sides have.

        Raises:
            ValueError: They differ.
        """
        if self:
            raise ValueError(
                "'value' cannot be accessed when 'left' and 'right' are not the same. "
                f"Left={self.left!r}, Right={self.right!r}."
            )
        return self.left

    def __bool__(self) -> bool:
        stack: list[Diff] = [self]
        while stack:
            d = stack.pop()
            if d.left is not d.right and not eq(d.left, d.right):
                return True
            stack.extend(d.children.values())
        return False

    def leaves(self) -> Iterator[tuple[KeyPath, Diff]]:
        """Yields (path, leaf) for all leaves, in order: the flat list of places that differ.

        Example:
            >>> [(str(path), leaf) for path, leaf in diff({"a": [1, 2]}, {"a": [1, 3]}).leaves()]
            [('a[1]', Diff(left=2, right=3))]
        """
        stack: list[tuple[tuple[Any, ...], Diff]] = [((), self)]
        while stack:
            keys, d = stack.pop()
            if d.is_branch:
                stack.extend(
                    ((*keys, _key(d, k)), child) for k, child in reversed(d.children.items())
                )
            elif d.left is not _MISSING or d.right is not _MISSING:
                yield KeyPath.of(keys), d

    def sym_eq(self, other: Any) -> bool:
        """True if `other` is the same difference, or the value that both sides have."""
        if not isinstance(other, Diff):
            return not self.children and not self and eq(self.left, other)
        return (
            eq(self.left, other.left)
            and eq(self.right, other.right)
            and self.children.keys() == other.children.keys()
            and all(d == other.children[k] for k, d in self.children.items())
        )

    def sym_hash(self) -> int:
        """A hash that agrees with `sym_eq`."""
        if self.children:
            return hash((Diff, self.left, self.right, frozenset(self.children)))
        return hash((Diff, hash_(self.left), hash_(self.right))) if self else hash_(self.left)

    def __eq__(self, other: object) -> bool:
        return self.sym_eq(other)

    def __hash__(self) -> int:
        return self.sym_hash()

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns the text: see `pg.diff` for its forms."""
        kwargs.update(compact=compact, verbose=verbose, include_keys=None, exclude_keys=None)
        if self.is_branch:
            return self._format_branch(root_indent, kwargs)
        if self:
            pairs = [("left", self.left), ("right", self.right)]
            return _bracketed("Diff", "()", pairs, root_indent, kwargs)
        return (
            "No diff"
            if self.left is _MISSING
            else format(self.left, root_indent=root_indent, **kwargs)
        )

    def _format_branch(self, root_indent: int, options: dict[str, Any]) -> str:
        pairs = list(self.children.items())
        if _of_lists(self):
            return _bracketed("", "[]", pairs, root_indent, options)
        left, right = self.left.__name__, self.right.__name__
        label = left if self.left is self.right else f"{left}|{right}"
        return _bracketed(label, "()", pairs, root_indent, options)


def _bracketed(
    label: str,
    brackets: str,
    pairs: list[tuple[Any, Any]],
    root_indent: int,
    options: dict[str, Any],
) -> str:
    """`label(key = value, ...)` in the form that the options ask for."""
    compact = options["compact"]
    equals = "=" if compact or options.get("python_format") else " = "
    items = [
        f"{k if isinstance(k, str) else f'[{k}]'}{equals}{format(v, root_indent=root_indent + 1, **options)}"
        for k, v in pairs
    ]
    if compact or not items:
        return f"{label}{brackets[0]}{', '.join(items)}{brackets[1]}"
    pad = "  " * (root_indent + 1)
    return (
        f"{label}{brackets[0]}\n{pad}"
        + f",\n{pad}".join(items)
        + f"\n{'  ' * root_indent}{brackets[1]}"
    )


def _of_lists(d: Diff) -> bool:
    """True if a branch is the difference of two lists."""
    return _is_list(d.left) and _is_list(d.right)


def _is_list(cls: type) -> bool:
    return issubclass(cls, list)


def _key(d: Diff, key: Any) -> Any:
    """The key in the tree for a key of `children`."""
    return int(key) if _of_lists(d) else key


# -- diff ------------------------------------------------------------------------------------------
def diff(
    left: Any,
    right: Any,
    flatten: bool = False,
    collapse: Collapse = "same_type",
    mode: Mode = "diff",
    *,
    inner: bool = False,
) -> Any:
    """Returns how two programs differ.

    Nodes are compared by their arguments (also those of wrapped classes), lists by index, tuples
    as wholes.

    Args:
        left: A tree of any kind.
        right: Another.
        flatten: Whether to return a dict path → leaf (with `'<path>._type'` where types differ, or
            whenever `mode` is not `'diff'`) in place of nested differences.
        collapse: Which differing nodes are shown by their children: those of the `'same_type'`,
            all (True), none (False), or those for which a function of both is true. Others are
            shown as a pair of whole values. Two dicts, or two lists, are always shown by their
            children.
        mode: Whether to show the children that differ (`'diff'`), those that are equal (`'same'`),
            or `'both'`.
        inner: Whether to compare also what constructors of wrapped classes have made.

    Returns:
        A `Diff`: falsy if nothing differs (`Diff()`, in mode 'diff'). With `flatten`, a dict,
        unless the roots are equal or have no children to show.

    Raises:
        ValueError: `collapse` or `mode` is none of the above.

    Example:
        >>> diff({"a": 1, "b": [2, 3]}, {"a": 1, "b": [2, 4]})
        dict(b=[1=Diff(left=3, right=4)])
        >>> diff({"a": 1, "b": [2, 3]}, {"a": 1, "b": [2, 4]}, flatten=True)
        {'b[1]': Diff(left=3, right=4)}
    """
    if mode not in ("diff", "same", "both"):
        raise ValueError(f"Unsupported `mode` value: {mode!r}")
    if inner:
        left, right = expanded(left), expanded(right)
    try:
        d = _Comparison(mode, collapse).compare(left, right)
    except RecursionError:
        raise TooDeepError("The trees are too deep to be compared place by place.") from None
    if d is None:
        return Diff() if mode == "diff" else Diff(left, left)
    return _flattened(d, mode) if flatten and d.is_branch else d


class _Comparison:
    """One run of `diff`. Methods return None for what is equal."""

    __slots__ = ("collapse", "mode", "of_same_type")

    def __init__(self, mode: Mode, collapse: Collapse):
        if collapse not in ("same_type", True, False) and not callable(collapse):
            raise ValueError(f"Unsupported `collapse` value: {collapse!r}")
        self.mode = mode
        self.collapse = collapse
        #: Two nodes of one class are shown by their children without further question.
        self.of_same_type = collapse == "same_type" or collapse is True

    def compare(self, left: Any, right: Any) -> Diff | None:
        """The difference of two values."""
        if left is right:
            return None
        t = type(left)
        u = type(right)
        if t in SAFE_TYPES and u in SAFE_TYPES:
            return None if left == right else Diff(left, right)
        a = OPS[t]
        b = a if t is u else OPS[u]
        if a.container and b.container and self.descends(a, b, left, right):
            if a.kind is _OBJECT and _says_equal(a, left, right):
                return None
            if not a.inferential:
                return self.children(a, b, left, right)
            if (d := self.children(a, b, left, right)) is not None:
                return d
            # A reference has no children, and another one may lead elsewhere.
        return None if same(left, right) else Diff(left, right)

    def descends(self, a: NodeOps, b: NodeOps, left: Any, right: Any) -> bool:
        """Whether the difference of two containers is shown by their children."""
        if a is b and self.of_same_type:
            return a.kind is not _TUPLE
        group, other = _GROUPS[a.kind], _GROUPS[b.kind]
        if "tuple" in (group, other) or "list" in (group, other):
            return group == other == "list"
        if group == other == "dict":
            return True
        if self.collapse == "same_type":
            return a.type is b.type
        return bool(self.collapse(left, right)) if callable(self.collapse) else bool(self.collapse)

    def children(self, a: NodeOps, b: NodeOps, left: Any, right: Any) -> Diff | None:
        """The difference of two containers by their children; keys of lists become texts."""
        out: dict[Any, Diff] = {}
        mode = self.mode
        others = dict(b.items(right))
        # Kinds of dicts, and of lists, that hold the same are equal.
        differs = a.type is not b.type and "node" in (_GROUPS[a.kind], _GROUPS[b.kind])
        for key, value in a.items(left):
            other = others.pop(key, _MISSING)
            if value is other:
                d = None
            else:
                d = Diff(value, other) if other is _MISSING else self.compare(value, other)
            if d is not None:
                differs = True
                if mode != "same" or d.children:
                    out[key] = d
            elif mode != "diff":
                out[key] = Diff(value, value)
        if others:
            differs = True
            if mode != "same":
                out.update((k, Diff(_MISSING, v)) for k, v in others.items())
        if not differs:
            return None
        new = Diff(a.type, b.type)
        new.children = {str(k): d for k, d in out.items()} if _is_list(a.type) else out
        new.is_branch = True
        return new


_GROUPS: dict[Kind, str] = {
    Kind.TUPLE: "tuple",
    Kind.PLAIN_DICT: "dict",
    Kind.DICT: "dict",
    Kind.PLAIN_LIST: "list",
    Kind.LIST: "list",
    Kind.OBJECT: "node",
    Kind.WRAPPED: "node",
}
_asked: dict[NodeOps, str] = {}


def _says_equal(ops: NodeOps, left: Any, right: Any) -> bool:
    """True if the class of an object has its own equality, and that holds.

    A wrapped class is never asked: its `==` is run-time use, and would build the node.
    """
    name = _asked.get(ops)
    if name is None:
        name = next((n for n in ("sym_eq", "__eq__") if own_method(ops.type, n) is not None), "")
        _asked[ops] = name
    return name != "" and bool(getattr(ops.type, name)(left, right) is True)


def _flattened(root: Diff, mode: Mode) -> dict[str, Diff]:
    """Path → leaf; types of branches come behind their children."""
    out: dict[str, Diff] = {}

    def add(d: Diff, keys: tuple[Any, ...]) -> None:
        if not d.is_branch:
            out[KeyPath.of(keys).path] = d
            return
        for k, child in d.children.items():
            add(child, (*keys, _key(d, k)))
        if mode != "diff" or (d.left is not d.right and not _of_lists(d)):
            out[KeyPath.of((*keys, "_type")).path] = Diff(d.left, d.right)

    add(root, ())
    return out
