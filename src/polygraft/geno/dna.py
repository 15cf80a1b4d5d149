"""`DNA`: one point of a search space, with its decisions by name, as a dict, as numbers, as text
and as JSON.

What a node is, and how its flat form and its tree go together, stands in `node.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, cast

from polygraft.geno import dna_dict, lookup
from polygraft.geno import numbers as numbers_
from polygraft.geno.base import SpecBase
from polygraft.geno.binding import bind
from polygraft.geno.dna_format import dna_text, expanded_text, json_value, nested
from polygraft.geno.extras import Extras
from polygraft.geno.node import Node
from polygraft.geno.plan import Numbers
from polygraft.paths import KeyPath


class DNA(Node):
    """A genotype: nested nodes carrying the index of a candidate, a float, a string (custom genome)
    or None (container).

    Args:
        value: A scalar; a list of coexisting decisions; a tuple `(choice, decision below it, ...)`;
            or None.
        children: Nodes below a scalar value or a container. A node that already has a parent is
            copied.
        spec: A spec to bind to.
        metadata: Data that is saved with the genotype.

    Raises:
        ValueError: The value cannot be read, or does not fit the spec.
        TypeError: A scalar or a child is of a wrong type.

    Example:
        >>> DNA([0, (1, 0.5)]).children[1].children
        [DNA(0.5)]
    """

    __slots__ = ()
    TYPE_KEYS: ClassVar[tuple[str, ...]] = (
        "polygraft.geno.DNA",
        "pyglove.core.geno.base.DNA",
        "geno.DNA",
    )
    """Names of the type in JSON; the first is written, all are read."""

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

    def nodes_by_spec(self) -> dict[int, Any]:
        """Returns the nodes of this tree by `id()` of the decision points that they are bound to."""
        if self._index is None:
            self._index = lookup.nodes_by_spec(self)
        return self._index

    def __getitem__(self, key: Any) -> Any:
        """Returns a child for an index, children for a slice, else the node (a list for several,
        None for an inactive decision) of a decision point, a name or an id.

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

    # -- Dictionaries, numbers, enumeration ----

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
            multi_choice_key: 'subchoice' (a key for each slot), 'parent' (one key, a list) or
                'both'.
            include_inactive_decisions: Whether decisions that are not active are listed, as None.
            filter_fn: Selects decision points.
        """
        dna_dict.check_options(key_type, value_type, multi_choice_key)
        table = self._bound_spec().table
        return dna_dict.to_dict(
            self,
            table,
            key_type,
            value_type,
            multi_choice_key,
            include_inactive_decisions,
            filter_fn,
        )

    @classmethod
    def from_dict(
        cls, dict_repr: Mapping[Any, Any], dna_spec: SpecBase, use_ints_as_literals: bool = False
    ) -> DNA:
        """Returns the genotype that a dict of decisions describes; the inverse of `to_dict`.

        Args:
            dict_repr: Values by ids, names or decision points, mixed as one likes.
            dna_spec: The spec to bind to.
            use_ints_as_literals: Whether an int for a choice is a literal value rather than an
                index.
        """
        return cls._checked(
            dna_spec, dna_dict.from_dict(dict_repr, dna_spec.table, use_ints_as_literals)
        )

    def to_numbers(self, flatten: bool = True) -> list[Any] | Any:
        """Returns the values in depth-first order, or nested lists and tuples if not `flatten`."""
        return list(self.numbers) if flatten else numbers_.nested_numbers(self)

    @classmethod
    def from_numbers(cls, dna_values: Sequence[Any], dna_spec: SpecBase) -> DNA:
        """Returns the genotype with given numbers, bound to the spec; the inverse of `to_numbers`."""
        numbers = numbers_.parse(dna_spec, dna_values)
        dna = cls._checked(dna_spec, numbers)
        if len(numbers) < len(dna_values):
            raise ValueError(
                f"The input {list(dna_values)!r} is too long for {dna_spec!r}. "
                f"Remaining: {list(dna_values)[len(numbers) :]!r}."
            )
        return dna

    @classmethod
    def _checked(cls, spec: SpecBase, numbers: Numbers) -> DNA:
        """Returns the bound genotype of numbers that have the right shape but may break a
        constraint.
        """
        plan = spec.plan
        if numbers_.conforms(plan, numbers):
            if plan.rule is not None:
                plan.rule.check(plan, numbers)
            return cls.of(plan, numbers)
        dna = cls.of(plan, numbers, False)
        bind(dna, plan)  # Raises, and says what is wrong.
        raise ValueError(f"{dna!r} does not fit {spec!r}.")

    @classmethod
    def from_fn(cls, dna_spec: SpecBase, generator_fn: Callable[[Any], Any]) -> DNA:
        """Returns the genotype whose decisions a function makes, top-down.

        Args:
            dna_spec: The spec; the result fits it but is not bound.
            generator_fn: Maps a choice to a list of indices, a float to a float, a custom point to
                a string; or any of them to a `DNA`.
        """
        if not isinstance(cast(Any, dna_spec), SpecBase):
            raise TypeError(
                f"Argument 'dna_spec' should be DNASpec type. Encountered {dna_spec!r}."
            )
        plan = dna_spec.plan
        dna = cls.of(plan, numbers_.from_fn(plan, generator_fn), False)
        if not numbers_.conforms(plan, dna.numbers):
            plan.spec.validate(DNA(nested(dna)))
        if plan.rule is not None:
            plan.rule.check(plan, dna.numbers)
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
    def from_parameters(
        cls, parameters: Mapping[Any, Any], dna_spec: SpecBase, use_literal_values: bool = False
    ) -> DNA:
        """An old name of `from_dict`."""
        return cls.from_dict(parameters, dna_spec)

    def to_json(self, compact: bool = True, type_info: bool = True, **kwargs: Any) -> Any:
        """Returns JSON data: nested lists if `compact`, else fields. Without `type_info`, the bare
        nested value (with tuples).
        """
        del kwargs
        if compact and not type_info:
            return nested(self)
        json: dict[str, Any] = {"_type": self.TYPE_KEYS[0]}
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
            verbose: If False and not `compact`, the object form with value, children and metadata of each
                node, which containers show in `str`.
            root_indent: Indentation level.
            list_wrap_threshold: Length beyond which the text wraps, unless `compact`.
            as_dict: Whether a bound genotype prints as a dict of its decisions.
        """
        if as_dict and self._spec is not None and self.numbers:
            return dna_dict.dict_text(self, root_indent)
        if not verbose and not compact:
            return expanded_text(self, root_indent)
        return dna_text(self, compact, root_indent, list_wrap_threshold)
