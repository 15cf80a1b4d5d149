"""`DNA`: one point of a search space.

A genotype has two forms. The flat one is a tuple of numbers and the `Plan` that gives them meaning; it is what generators make, and what is
hashed, compared, enumerated and mutated. The tree (`value`, `children`, `parent_dna`) is unfolded from it, one level at a time, when someone
looks. Genotypes written by hand begin as trees. Writing to a tree discards the flat form up to the root (`_changed`), so that both forms, where
both exist, always agree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self, cast

from polygraft.formatting import Formattable
from polygraft.geno import dna_dict, lookup, numbers as numbers_
from polygraft.geno.attribute_dict import AttributeDict
from polygraft.geno.base import SpecBase
from polygraft.geno.binding import bind
from polygraft.geno.children import Children
from polygraft.geno.dna_format import dna_text, expanded_text, json_value, nested
from polygraft.geno.extras import Extras
from polygraft.geno.normalize import check_scalar, normalize
from polygraft.geno.plan import Numbers, Plan
from polygraft.geno.unfold import unfold
from polygraft.paths import KeyPath

Value = int | float | str | None

TYPE_KEY = "polygraft.geno.DNA"
TYPE_KEYS = (TYPE_KEY, "pyglove.core.geno.base.DNA", "geno.DNA")


class DNA(Formattable):
    """A genotype: nested nodes carrying the index of a candidate, a float, a string (custom genome) or None (container).

    Args:
        value: A scalar; a list of coexisting decisions; a tuple `(choice, decision below it, ...)`; or None.
        children: Nodes below a scalar value or a container. A node that already has a parent is copied.
        spec: A spec to bind to.
        metadata: Data that is saved with the genotype.

    Raises:
        ValueError: The value cannot be read, or does not fit the spec.
        TypeError: A scalar or a child is of a wrong type.

    Example:
        >>> DNA([0, (1, 0.5)]).children[1].children
        [DNA(0.5)]
    """

    __slots__ = ("__weakref__", "_children", "_extras", "_index", "_layout", "_numbers", "_parent", "_spec", "_value")
    __str_format_kwargs__: ClassVar[dict[str, Any]] = {"compact": True}
    __repr_format_kwargs__: ClassVar[dict[str, Any]] = {"compact": True}

    _numbers: Numbers | None  # Flat form; None where it has to be gathered from the tree.
    _layout: Plan | None  # What `_numbers` mean; None where only their order is known.
    _spec: Any
    _value: Value
    _children: Children | None  # None: the tree has not been unfolded yet.
    _parent: DNA | None
    _extras: Extras | None
    _index: dict[int, DNA] | None  # Nodes by the identity of their decision points.

    def __init__(
        self,
        value: Any = None,
        children: Sequence[DNA] | None = None,
        spec: SpecBase | None = None,
        metadata: Mapping[str, Any] | None = None,
        *,
        allow_partial: bool = False,
        **kwargs: Any,
    ) -> None:
        del allow_partial
        if kwargs:
            raise TypeError(f"DNA.__init__() got unexpected keyword argument(s): {', '.join(map(repr, kwargs))}.")
        scalar, nodes, inherited = normalize(DNA, value, children)
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
    def of(cls, plan: Plan, numbers: Numbers, bound: bool = True) -> DNA:
        """Returns a genotype in flat form. `numbers` must be valid for `plan`; nothing is checked.

        Args:
            plan: The compiled form of the spec.
            numbers: Values in depth-first order.
            bound: Whether the genotype shows its spec.
        """
        dna = _new(DNA)
        dna._numbers = numbers
        dna._layout = plan
        dna._spec = plan.spec if bound else None
        dna._value = dna._children = dna._parent = dna._extras = dna._index = None
        return dna

    # -- Tree ------------------------------------------------------------------------------------------------------------------------

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
    def children(self) -> list[DNA]:
        """The nodes below. Writing to the list writes to the genotype."""
        if self._children is None:
            self._unfold()
        return cast(Children, self._children)

    @children.setter
    def children(self, children: Iterable[DNA]) -> None:
        if self._children is None:
            self._unfold()
        cast(Children, self._children)[:] = children

    def _unfold(self) -> None:
        layout = self._layout
        assert layout is not None and self._numbers is not None
        self._value, parts = unfold(layout, self._numbers)
        bound = self._spec is not None
        self._children = Children(self, [DNA.of(plan, numbers, bound) for plan, numbers in parts])

    def _changed(self) -> None:
        node: DNA | None = self
        while node is not None:
            node._numbers = node._layout = node._index = None
            node = node._parent

    @property
    def parent_dna(self) -> DNA | None:
        """The node above, or None."""
        return self._parent

    sym_parent = parent_dna

    @property
    def root(self) -> DNA:
        """The outermost node."""
        node = self
        while node._parent is not None:
            node = node._parent
        return node

    @property
    def is_leaf(self) -> bool:
        """Whether there are no nodes below."""
        return not self.children

    def __iter__(self) -> Iterator[DNA]:
        return iter(self.children)

    def __bool__(self) -> bool:
        return True

    def __contains__(self, value: Any) -> bool:
        if isinstance(value, DNA):
            return any(c == value for c in self.children)
        if isinstance(value, (int, float, str)):
            return any(c.value == value for c in self.children)
        raise ValueError(f"DNA.__contains__ does not accept {value!r}.")

    def rebind(self, updates: Mapping[Any, Any] | None = None, **kwargs: Any) -> Self:
        """Writes to nodes by path, such as `rebind({'children[0].value': 1})`."""
        for path, value in {**(updates or {}), **kwargs}.items():
            keys = KeyPath.from_value(path).keys
            target: Any = self
            for key in keys[:-1]:
                target = getattr(target, key) if isinstance(target, DNA) else target[key]
            if isinstance(target, DNA) and keys[-1] == "metadata":
                target.metadata.clear()
                target.metadata.update(value)
            elif isinstance(target, DNA):
                setattr(target, keys[-1], value)
            else:
                target[keys[-1]] = value
        return self

    # -- Spec ------------------------------------------------------------------------------------------------------------------------

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
            raise ValueError(f"Argument 'spec' must be a `pg.DNASpec` object. Encountered: {spec!r}.")
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

    @property
    def is_subchoice(self) -> bool:
        """Whether this node is one slot of a multi-choice."""
        return self._bound_spec().is_subchoice

    @property
    def multi_choice_spec(self) -> Any:
        """The multi-choice whose slots are the children of this node, or None."""
        self._bound_spec()
        children = self.children
        first = children[0].spec if children else None
        return first.parent_spec if first is not None and first.is_subchoice else None

    @property
    def is_multi_choice_container(self) -> bool:
        """Whether the children of this node are the slots of a multi-choice."""
        return self.multi_choice_spec is not None

    @property
    def decision_ids(self) -> list[KeyPath]:
        """Ids of all decisions of the spec."""
        return self._bound_spec().decision_ids

    @property
    def literal_value(self) -> Any:
        """The decisions in literal values: a string or number for one decision, a list for several."""
        self._bound_spec()
        return lookup.literal_value(self)

    @property
    def named_decisions(self) -> dict[str, Any]:
        """Nodes by the names in the spec; None for a point that is not active."""
        return lookup.named_decisions(self, self._bound_spec().table)

    def nodes_by_spec(self) -> dict[int, DNA]:
        """Returns the nodes of this tree by `id()` of the decision points that they are bound to."""
        if self._index is None:
            self._index = lookup.nodes_by_spec(self)
        return self._index

    def __getitem__(self, key: Any) -> Any:
        """Returns a child for an index, children for a slice, else the node (a list for several, None for an inactive decision) of a
        decision point, a name or an id.

        Raises:
            IndexError: There is no such child.
            KeyError: There is no such decision.
        """
        if isinstance(key, (int, slice)):
            return list(self.children)[key]
        if self._spec is None:
            raise ValueError(f"{self!r} is not bound with a DNASpec.")
        return lookup.find(self, self._spec.table, key)

    def get(self, key: Any, default: Any = None) -> Any:
        """Returns `self[key]`, or `default` where the key is unknown."""
        try:
            return self[key]
        except KeyError:
            return default

    # -- Dictionaries, numbers, enumeration ------------------------------------------------------------------------------------------

    def to_dict(
        self,
        key_type: str = "id",
        value_type: str = "value",
        multi_choice_key: str = "subchoice",
        include_inactive_decisions: bool = False,
        filter_fn: Callable[[Any], bool] | None = None,
    ) -> dict[Any, Any]:
        """Returns the decisions as a dict in depth-first order.

        Args:
            key_type: 'id', 'name_or_id' or 'dna_spec'.
            value_type: 'value', 'dna', 'choice', 'literal' or 'choice_and_literal'.
            multi_choice_key: 'subchoice' (a key for each slot), 'parent' (one key, a list) or 'both'.
            include_inactive_decisions: Whether decisions that are not active are listed, as None.
            filter_fn: Selects decision points.
        """
        dna_dict.check_options(key_type, value_type, multi_choice_key)
        table = self._bound_spec().table
        return dna_dict.to_dict(self, table, key_type, value_type, multi_choice_key, include_inactive_decisions, filter_fn)

    @classmethod
    def from_dict(cls, dict_repr: Mapping[Any, Any], dna_spec: SpecBase, use_ints_as_literals: bool = False) -> DNA:
        """Returns the genotype that a dict of decisions describes; the inverse of `to_dict`.

        Args:
            dict_repr: Values by ids, names or decision points, mixed as one likes.
            dna_spec: The spec to bind to.
            use_ints_as_literals: Whether an int for a choice is a literal value rather than an index.
        """
        return cls._checked(dna_spec, dna_dict.from_dict(dict_repr, dna_spec.table, use_ints_as_literals))

    def to_numbers(self, flatten: bool = True) -> list[Any] | Any:
        """Returns the values in depth-first order, or nested lists and tuples if not `flatten`."""
        return list(self.numbers) if flatten else numbers_.nested_numbers(self)

    @property
    def numbers(self) -> Numbers:
        """The values in depth-first order."""
        if self._numbers is None:
            self._numbers = numbers_.gather(self)
        return self._numbers

    @classmethod
    def from_numbers(cls, dna_values: Sequence[Any], dna_spec: SpecBase) -> DNA:
        """Returns the genotype with given numbers, bound to the spec; the inverse of `to_numbers`."""
        return cls._checked(dna_spec, numbers_.parse(dna_spec, dna_values))

    @classmethod
    def _checked(cls, spec: SpecBase, numbers: Numbers) -> DNA:
        """Returns the bound genotype of numbers that have the right shape but may break a constraint."""
        plan = spec.plan
        if numbers_.conforms(plan, numbers):
            return cls.of(plan, numbers)
        dna = cls.of(plan, numbers, False)
        bind(dna, plan)  # Raises, and says what is wrong.
        raise ValueError(f"{dna!r} does not fit {spec!r}.")

    @classmethod
    def from_fn(cls, dna_spec: SpecBase, generator_fn: Callable[[Any], Any]) -> DNA:
        """Returns the genotype whose decisions a function makes, top-down.

        Args:
            dna_spec: The spec; the result fits it but is not bound.
            generator_fn: Maps a choice to a list of indices, a float to a float, a custom point to a string; or any of them to a `DNA`.
        """
        if not isinstance(cast(Any, dna_spec), SpecBase):
            raise TypeError(f"Argument 'dna_spec' should be DNASpec type. Encountered {dna_spec!r}.")
        plan = dna_spec.plan
        dna = cls.of(plan, numbers_.from_fn(plan, generator_fn), False)
        if not numbers_.conforms(plan, dna.numbers):
            cast(Any, plan.spec).validate(DNA(nested(dna)))
        return dna

    def next_dna(self) -> DNA | None:
        """Returns the genotype after this one, or None."""
        return self._bound_spec().next_dna(self)

    def iter_dna(self) -> Iterator[DNA]:
        """Yields the genotypes after this one."""
        return self._bound_spec().iter_dna(self)

    @classmethod
    def parse(cls, json_value: Any, spec: SpecBase | None = None) -> DNA:
        """An old name of `DNA(json_value, spec=spec)`."""
        return cls(json_value, spec=spec)

    def parameters(self, use_literal_values: bool = False) -> dict[Any, Any]:
        """An old name of `to_dict`."""
        return self.to_dict(value_type="choice_and_literal" if use_literal_values else "choice")

    @classmethod
    def from_parameters(cls, parameters: Mapping[Any, Any], dna_spec: SpecBase, use_literal_values: bool = False) -> DNA:
        """An old name of `from_dict`."""
        return cls.from_dict(parameters, dna_spec)

    # -- Comparison ------------------------------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, DNA):
            return False
        mine, others = self._numbers, other._numbers
        if mine is None or others is None:
            mine, others = self.numbers, other.numbers
        if mine != others:
            return False
        return (self._layout is other._layout and self._layout is not None) or nested(self) == nested(other)

    def __ne__(self, other: object) -> bool:
        return not self.__eq__(other)

    def __hash__(self) -> int:
        numbers = self._numbers
        return hash(self.numbers if numbers is None else numbers)

    def __lt__(self, other: DNA) -> bool:
        return self._ordered(other, operator.lt)

    def __le__(self, other: DNA) -> bool:
        return self._ordered(other, operator.le)

    def __gt__(self, other: DNA) -> bool:
        return self._ordered(other, operator.gt)

    def __ge__(self, other: DNA) -> bool:
        return self._ordered(other, operator.ge)

    def _ordered(self, other: Any, compare: Callable[[int, int], bool]) -> bool:
        if not isinstance(other, DNA):
            raise TypeError(f"unorderable types: DNA & {type(other)!r}")
        return compare(lookup.compare(self, other), 0)

    def sym_eq(self, other: Any) -> bool:
        """Whether values, structure and metadata are equal."""
        return (
            isinstance(other, DNA)
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
        """Returns a hash that agrees with `sym_eq`: it knows the names of the metadata, if there are any."""
        metadata = self._extras.metadata if self._extras is not None else {}
        return hash((self, frozenset((k, repr(v)) for k, v in metadata.items())))

    # -- Metadata and user data ------------------------------------------------------------------------------------------------------

    def _own_extras(self) -> Extras:
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

    # -- Copies, files, text ---------------------------------------------------------------------------------------------------------

    def clone(self, deep: bool = False, memo: Any = None, override: Mapping[str, Any] | None = None) -> DNA:
        """Returns an independent copy that keeps the spec and what is cloneable of metadata and user data.

        Args:
            deep: Whether kept metadata and user data are copied too.
            memo: As for `copy.deepcopy`.
            override: New values by path; see `rebind`.
        """
        copy = _new(DNA)
        copy._numbers, copy._layout, copy._spec, copy._value = self._numbers, self._layout, self._spec, self._value
        copy._parent = copy._index = copy._children = None
        if self._children is not None and (self._layout is None or any(_has_extras(c) for c in self._children)):
            copy._children = Children(copy, [c.clone(deep, memo) for c in self._children])
        copy._extras = None if self._extras is None else self._extras.cloned(deep, memo)
        return copy if override is None else copy.rebind(override)

    def __copy__(self) -> DNA:
        return self.clone()

    def __deepcopy__(self, memo: dict[int, Any]) -> DNA:
        return self.clone(True, memo)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._children is None:
            return _unpickle, (nested(self), None, self._state())
        return _unpickle, (self._value, list(self._children), self._state())

    def _state(self) -> Any:
        return None if self._extras is None else self._extras.state()

    def to_json(self, compact: bool = True, type_info: bool = True, **kwargs: Any) -> Any:
        """Returns JSON data: nested lists if `compact`, else fields. Without `type_info`, the bare nested value (with tuples)."""
        del kwargs
        if compact and not type_info:
            return nested(self)
        json: dict[str, Any] = {"_type": TYPE_KEY}
        if compact:
            json |= {"format": "compact", "value": json_value(nested(self))}
        else:
            json |= {"value": self.value, "children": [c.to_json() for c in self.children]}
        if self._extras is not None:
            self._extras.add_to_json(json)
        if not compact:
            json.setdefault("metadata", {})
        return json

    @classmethod
    def from_json(cls, json_value: Mapping[str, Any], **kwargs: Any) -> DNA:
        """Makes a genotype, not bound, from its JSON data."""
        del kwargs
        value: Any = numbers_.from_json_value(json_value.get("value"))
        children: Any = json_value.get("children")
        if children is not None:
            children = [c if isinstance(c, DNA) else cls.from_json(c) for c in children]
        dna = cls(value, children)
        dna._extras = Extras.from_json(json_value)
        return dna

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, list_wrap_threshold: int = 80,
        as_dict: bool = False, **kwargs: Any,
    ) -> str:  # fmt: skip
        """Returns the text of the genotype.

        Args:
            compact: On one line.
            verbose: If False, the object form with value, children and metadata of each node.
            root_indent: Indentation level.
            list_wrap_threshold: Length beyond which the text wraps, unless `compact`.
            as_dict: Whether a bound genotype prints as a dict of its decisions.
        """
        if as_dict and self._spec is not None:
            return dna_dict.dict_text(self, root_indent)
        if not verbose:
            return expanded_text(self, root_indent)
        return dna_text(self, compact, root_indent, list_wrap_threshold)


_new: Callable[[type[DNA]], DNA] = cast(Any, object.__new__)


def _has_extras(dna: DNA) -> bool:
    # pyright: ignore[reportPrivateUsage]
    return dna._extras is not None or (dna._children is not None and any(_has_extras(c) for c in dna._children))


def _unpickle(value: Any, children: list[DNA] | None, state: Any) -> DNA:
    dna = DNA(value, children)
    dna._extras = None if state is None else Extras.from_state(state)
    return dna
