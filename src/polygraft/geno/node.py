# pyright: reportPrivateUsage=false
# Functions at the end of the file are parts of the class.
"""The node of a genotype: its two forms, its spec, comparison, metadata, copies.

A genotype has two forms. The flat one is a tuple of numbers and the `Plan` that gives them meaning;
it is what generators make, and what is hashed, compared, enumerated and mutated. The tree (`value`,
`children`, `parent_dna`) is unfolded from it, one level at a time, when someone looks. Genotypes
written by hand begin as trees. Writing to a tree discards the flat form up to the root
(`_changed`), so that both forms, where both exist, agree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self, cast

from polygraft.formatting import Formattable
from polygraft.geno.attribute_dict import AttributeDict
from polygraft.geno.base import SpecBase
from polygraft.geno.binding import bind
from polygraft.geno.children import Children
from polygraft.geno.dna_format import nested
from polygraft.geno.extras import LOOKING, Extras
from polygraft.geno.lookup import compare
from polygraft.geno.normalize import check_scalar, normalize
from polygraft.geno.numbers import gather
from polygraft.geno.plan import Numbers, Plan
from polygraft.geno.unfold import unfold
from polygraft.paths import KeyPath

Value = int | float | str | None
#: Genotypes that were changed, by `id()`, with the flat form that they had before; see `Node.watch`.
Journal = dict[int, tuple[Any, Numbers | None, Plan | None]]


class Node(Formattable):
    """The part of `DNA` that does not look at names and ids."""

    __slots__ = (
        "__weakref__",
        "_children",
        "_extras",
        "_index",
        "_layout",
        "_numbers",
        "_parent",
        "_spec",
        "_value",
    )
    __str_format_kwargs__: dict[str, Any] = {"compact": True}
    __repr_format_kwargs__: dict[str, Any] = {"compact": True}

    _numbers: Numbers | None  # Flat form; None where it has to be gathered from the tree.
    _layout: Plan | None  # What `_numbers` mean; None where only their order is known.
    _spec: Any
    _value: Value
    _children: Children | None  # None: the tree has not been unfolded yet.
    _parent: Self | None
    _extras: Extras | None
    _index: dict[int, Any] | None  # Nodes by the identity of their decision points.

    def __init__(
        self,
        value: Any = None,
        children: Sequence[Self] | None = None,
        spec: SpecBase | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        allow_partial: bool = False,
        **kwargs: Any,
    ) -> None:
        del allow_partial
        if kwargs:
            raise TypeError(
                f"DNA.__init__() got unexpected keyword argument(s): {', '.join(map(repr, kwargs))}."
            )
        scalar, nodes, inherited = normalize(type(self), value, children)
        self._numbers = self._layout = self._spec = self._parent = self._index = None
        self._value = scalar
        self._children = Children(self, nodes)
        self._extras = None if inherited is None else inherited._extras
        if metadata and inherited is None:
            self._extras = Extras()
            self._extras.metadata.update(metadata)
        if spec is not None:
            self.use_spec(spec)

    @classmethod
    def of(cls, plan: Plan, numbers: Numbers, bound: bool = True) -> Self:
        """Returns a genotype in flat form. `numbers` must be valid for `plan`; nothing is checked.

        Args:
            plan: The compiled form of the spec.
            numbers: Values in depth-first order.
            bound: Whether the genotype shows its spec.
        """
        dna = cls.__new__(cls)
        dna._numbers = numbers
        dna._layout = plan
        dna._spec = plan.spec if bound else None
        dna._value = dna._children = dna._parent = dna._extras = dna._index = None
        return dna

    # -- Tree ----

    @property
    def value(self) -> Value:
        """The index of a candidate, a float, a string, or None for a container."""
        if self._children is None:
            self._unfold()
        return self._value

    @value.setter
    def value(self, value: Value) -> None:
        check_scalar(value)
        if self._children is None:
            self._unfold()
        self._value = value
        self._changed()

    @property
    def children(self) -> list[Self]:
        """The nodes below. Writing to the list writes to the genotype."""
        if self._children is None:
            self._unfold()
        return cast(Children, self._children)

    @children.setter
    def children(self, children: Iterable[Self]) -> None:
        if self._children is None:
            self._unfold()
        cast(Children, self._children)[:] = children

    def _unfold(self) -> None:
        with LOOKING:
            if self._children is not None:  # another thread has just looked
                return
            layout = self._layout
            assert layout is not None and self._numbers is not None
            self._value, parts = unfold(layout, self._numbers)
            bound = self._spec is not None
            self._children = Children(
                self, [type(self).of(plan, numbers, bound) for plan, numbers in parts]
            )

    def _changed(self) -> None:
        node: Node | None = self
        while node is not None:
            extras = node._extras
            if extras is not None and extras.journal is not None:
                extras.journal.setdefault(id(node), (node, node._numbers, node._layout))
            node._numbers = node._layout = node._index = None
            node = node._parent

    @property
    def parent_dna(self) -> Self | None:
        """The node above, or None."""
        return self._parent

    sym_parent = parent_dna

    @property
    def root(self) -> Self:
        """The outermost node."""
        node = self
        while node._parent is not None:
            node = node._parent
        return node

    @property
    def is_leaf(self) -> bool:
        """Whether there are no nodes below."""
        return not self.children

    def __iter__(self) -> Iterator[Self]:
        return iter(self.children)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, value: Any) -> bool:
        if isinstance(value, Node):
            return any(c == value for c in self.children)
        if isinstance(value, (int, float, str)):
            return any(c.value == value for c in self.children)
        raise ValueError(f"DNA.__contains__ does not accept {value!r}.")

    def rebind(
        self,
        updates: Mapping[Any, Any] | None = None,
        *,
        raise_on_no_change: bool = True,
        notify_parents: bool = True,
        skip_notification: bool | None = None,
        **kwargs: Any,
    ) -> Self:
        """Writes to nodes by path, such as `rebind({'children[0].value': 1})`.

        The options are those of `pg.rebind`; nobody is notified, as genotypes have no hooks.
        """
        del raise_on_no_change, notify_parents, skip_notification
        for path, value in {**(updates or {}), **kwargs}.items():
            keys = KeyPath.from_value(path).keys
            target: Any = self
            for key in keys[:-1]:
                target = getattr(target, key) if isinstance(target, Node) else target[key]
            if isinstance(target, Node) and keys[-1] == "metadata":
                target.metadata.clear()
                target.metadata.update(value)
            elif isinstance(target, Node):
                setattr(target, keys[-1], value)
            else:
                target[keys[-1]] = value
        return self

    @property
    def numbers(self) -> Numbers:
        """The values in depth-first order."""
        if self._numbers is None:
            self._numbers = gather(self)
        return self._numbers

    # -- Guarding against changes ----

    def watch(self, journal: Journal | None) -> None:
        """Notes the decisions of this genotype in `journal` before they are first changed, so that `undo` can bring
        them back. None ends that.
        """
        if journal is not None and self._spec is not None and self._layout is None:
            self._numbers, self._layout = bind(self, self._spec.plan)[1], self._spec.plan
        self._own_extras().journal = journal

    # -- Spec ----

    @property
    def spec(self) -> Any:
        """The spec that this node is bound to, or None."""
        return self._spec

    def use_spec(self, spec: SpecBase) -> Self:
        """Binds the genotype to a spec, all of it or, on an error, nothing.

        Raises:
            ValueError: The genotype does not fit.
        """
        if not isinstance(cast(Any, spec), SpecBase):
            raise ValueError(
                f"Argument 'spec' must be a `pg.DNASpec` object. Encountered: {spec!r}."
            )
        plan = spec.plan
        if self._spec is plan.spec:
            return self
        if self._layout is not plan or self._children is not None:
            pairs, numbers = bind(self, plan)
            for node, node_spec in pairs:
                node._spec = node_spec
                node._index = None
            self._numbers, self._layout = numbers, plan
        self._spec = plan.spec
        self._index = None
        return self

    def fits(self, plan: Plan) -> bool:
        """Whether the genotype is known to fit a plan, without looking at it."""
        return self._layout is plan

    def _bound_spec(self) -> Any:
        if self._spec is None:
            raise ValueError(f"{self!r} is not bound with a DNASpec.")
        return self._spec

    # -- Comparison ----

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Node):
            return False
        mine, others = self._numbers, other._numbers
        if mine is None or others is None:
            mine, others = self.numbers, other.numbers
        if mine != others:
            return False
        return (self._layout is other._layout and self._layout is not None) or nested(
            self
        ) == nested(other)

    def __ne__(self, other: object) -> bool:
        return not self.__eq__(other)

    def __hash__(self) -> int:
        numbers = self._numbers
        return hash(self.numbers if numbers is None else numbers)

    def __lt__(self, other: Self) -> bool:
        return self._ordered(other, operator.lt)

    def __le__(self, other: Self) -> bool:
        return self._ordered(other, operator.le)

    def __gt__(self, other: Self) -> bool:
        return self._ordered(other, operator.gt)

    def __ge__(self, other: Self) -> bool:
        return self._ordered(other, operator.ge)

    def _ordered(self, other: Any, operation: Callable[[int, int], bool]) -> bool:
        if not isinstance(other, Node):
            raise TypeError(f"unorderable types: DNA & {type(other)!r}")
        return operation(compare(self, other), 0)

    def sym_eq(self, other: Any) -> bool:
        """Whether values, structure and metadata are equal."""
        return (
            isinstance(other, Node)
            and self == other
            and self.metadata == other.metadata
            and (
                (self._children is None and other._children is None)
                or all(a.sym_eq(b) for a, b in zip(self.children, other.children, strict=True))
            )
        )

    def sym_ne(self, other: Any) -> bool:
        """The contrary of `sym_eq`."""
        return not self.sym_eq(other)

    def sym_hash(self) -> int:
        """Returns a hash that agrees with `sym_eq`: it knows the names of the metadata, if there
        are any.
        """
        names = () if self._extras is None else self._extras.metadata
        return hash((self, frozenset(names)))

    # -- Metadata and user data ----

    def _own_extras(self) -> Extras:
        if self._extras is None:
            with LOOKING:
                if self._extras is None:
                    self._extras = Extras()
        return self._extras

    @property
    def metadata(self) -> AttributeDict:
        """Data that is saved with the genotype."""
        return self._own_extras().metadata

    @property
    def userdata(self) -> AttributeDict:
        """Data of this process; never saved."""
        return self._own_extras().userdata

    def set_metadata(self, key: str, value: Any, cloneable: bool = False) -> Self:
        """Sets an item of `metadata`; clones keep it only if `cloneable`."""
        self._own_extras().set_metadata(key, value, cloneable)
        return self

    def set_userdata(self, key: str, value: Any, cloneable: bool = False) -> Self:
        """Sets an item of `userdata`; clones keep it only if `cloneable`."""
        self._own_extras().set_userdata(key, value, cloneable)
        return self

    # -- Copies ----

    def clone(
        self, deep: bool = False, memo: Any = None, override: Mapping[str, Any] | None = None
    ) -> Self:
        """Returns an independent copy that keeps the spec and what is cloneable of metadata and
        user data.

        Args:
            deep: Whether kept metadata and user data are copied too.
            memo: As for `copy.deepcopy`.
            override: New values by path; see `rebind`.
        """
        copy = type(self).__new__(type(self))
        copy._numbers, copy._layout, copy._spec, copy._value = (
            self._numbers,
            self._layout,
            self._spec,
            self._value,
        )
        copy._parent = copy._index = copy._children = None
        if self._children is not None and (
            self._layout is None or any(_has_extras(c) for c in self._children)
        ):
            copy._children = Children(copy, [c.clone(deep, memo) for c in self._children])
        copy._extras = None if self._extras is None else self._extras.cloned(deep, memo)
        return copy if override is None else copy.rebind(override)

    def with_numbers(self, plan: Plan, numbers: Numbers) -> Self:
        """Returns a copy, bound and in flat form, with other decisions. `numbers` must be valid for `plan`, the plan of
        the spec that this genotype is bound to; nothing is checked.
        """
        copy = type(self).of(plan, numbers)
        if self._extras is not None:
            copy._extras = self._extras.cloned(True, None)
        return copy

    def __copy__(self) -> Self:
        return self.clone()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self.clone(True, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._children is None:
            return _unpickle, (type(self), nested(self), None, self._state())
        return _unpickle, (type(self), self._value, list(self._children), self._state())

    def _state(self) -> Any:
        return None if self._extras is None else self._extras.state()


def undo(journal: Journal) -> None:
    """Brings back the decisions of the genotypes that were changed since the journal was last empty, and empties it."""
    for node, numbers, layout in journal.values():
        if layout is not None:
            for child in node._children or ():
                child._parent = None
            node._numbers, node._layout = numbers, layout
            node._children = node._index = node._value = None
    journal.clear()


def _has_extras(dna: Node) -> bool:
    return dna._extras is not None or (
        dna._children is not None and any(_has_extras(c) for c in dna._children)
    )


def _unpickle(cls: type[Node], value: Any, children: list[Any] | None, state: Any) -> Node:
    dna = cls(value, children)
    dna._extras = None if state is None else Extras.from_state(state)
    return dna
