"""Between genotypes and dictionaries of decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from polygraft.formatting import format as format_value
from polygraft.geno.numbers import numbers_of
from polygraft.geno.plan import CHOICE, FLOAT, INT, Number, Numbers

if TYPE_CHECKING:
    from polygraft.geno.dna import DNA
    from polygraft.geno.table import Row, Table

_KEY_TYPES = ("id", "name_or_id", "dna_spec")
_VALUE_TYPES = ("dna", "value", "choice", "literal", "choice_and_literal")
_MULTI_KEYS = ("subchoice", "parent", "both")


def check_options(key_type: str, value_type: str, multi_choice_key: str) -> None:
    """Raises for an unknown option of `to_dict`."""
    if key_type not in _KEY_TYPES:
        raise ValueError(
            f"'key_type' must be either 'id', 'name_or_id' or 'dna_spec'. Encountered: {key_type!r}."
        )
    if value_type not in _VALUE_TYPES:
        raise ValueError(
            "'value_type' must be either 'dna', 'value', 'choice' 'literal' or "
            f"'choice_and_literal'. Encountered: {value_type!r}."
        )
    if multi_choice_key not in _MULTI_KEYS:
        raise ValueError(
            f"'multi_choice_key' must be either 'subchoice', 'parent', or 'both'. Encountered: {multi_choice_key!r}."
        )


def to_dict(
    dna: DNA,
    table: Table,
    key_type: str,
    value_type: str,
    multi_choice_key: str,
    include_inactive: bool,
    filter_fn: Callable[[Any], bool] | None,
) -> dict[Any, Any]:
    """See `DNA.to_dict`."""
    numbers = dna.numbers
    values = dict(zip(table.active(cast(Any, numbers)), numbers, strict=True))
    nodes = dna.nodes_by_spec() if value_type == "dna" else None
    result: dict[Any, Any] = {}
    for i in range(len(table.rows)) if include_inactive else values:
        row = table.rows[i]
        if filter_fn is not None and not filter_fn(row.spec):
            continue
        active = i in values
        value: Any = None
        if active:
            value = _shown(row, values[i], value_type) if nodes is None else nodes[id(row.spec)]
        own, parent = _keys(row, key_type)
        if parent is not None and (multi_choice_key != "subchoice" or parent == own):
            _add(result, parent, value, active, True)
            if multi_choice_key == "parent" or parent == own:
                continue
        _add(result, own, value, active, False)
    return result


def _keys(row: Row, key_type: str) -> tuple[Any, Any]:
    """Returns the key of a decision and, for a slot, that of its multi-choice."""
    if key_type == "dna_spec":
        return row.spec, row.multi
    if key_type == "name_or_id" and row.name is not None:
        return row.name, row.name if row.multi is not None else None
    return row.key, row.multi_key


def _add(result: dict[Any, Any], key: Any, value: Any, active: bool, listed: bool) -> None:
    if not active:
        result.setdefault(key, None)
    elif result.get(key) is None:
        result[key] = [value] if listed else value
    elif isinstance(result[key], list):
        result[key].append(value)
    else:
        result[key] = [result[key], value]


def _shown(row: Row, number: Number, value_type: str) -> Any:
    if row.kind != CHOICE or value_type == "value":
        return number
    return row.spec.format_candidate(number, display_format=value_type)


def dict_text(dna: DNA, root_indent: int) -> str:
    """Returns the text `DNA({...})` of a bound genotype."""
    details = dna.to_dict(value_type="choice_and_literal")
    return f"DNA({format_value(details, compact=False, root_indent=root_indent)})"


def from_dict(source: Mapping[Any, Any], table: Table, use_ints_as_literals: bool) -> Numbers:
    """Returns the numbers that a dictionary describes; see `DNA.from_dict`. They have the right
    shape but may break a constraint.
    """
    used: dict[
        Any, int
    ] = {}  # How many items of a list have been taken; the caller's lists stay as they are.
    out: list[Number] = []
    _read(source, table, 0, len(table.rows), use_ints_as_literals, used, out)
    return tuple(out)


def _read(
    source: Mapping[Any, Any],
    table: Table,
    at: int,
    end: int,
    literals: bool,
    used: dict[Any, int],
    out: list[Number],
) -> None:
    while at < end:
        row = table.rows[at]
        value = _entry(source, row, used)
        if value is None:
            raise ValueError(f"Value for '{row.label}' is not found in the dictionary {source!r}.")
        at = row.end
        if hasattr(value, "to_numbers"):
            out.extend(numbers_of(row.spec.plan, value))
        elif row.branches is None:
            out.append(_scalar(row, value))
        else:
            index = _index(row, value, literals)
            out.append(index)
            start, stop = row.branches[index]
            _read(source, table, start, stop, literals, used, out)


def _entry(source: Mapping[Any, Any], row: Row, used: dict[Any, int]) -> Any:
    for key in (row.key, row.spec):
        value = source.get(key)
        if value is not None:
            return value
    if row.multi is not None:
        for key in (row.multi_key, row.multi):
            values = source.get(key)
            if values is not None:
                return _slot_of(row, values)
    if row.name is None or source.get(row.name) is None:
        return None
    values = source[row.name]
    if not isinstance(values, list):
        return values
    position = used.get(row.name, 0)
    used[row.name] = position + 1
    items = cast(list[Any], values)
    return items[position] if position < len(items) else None


def _slot_of(row: Row, values: Any) -> Any:
    count = row.multi.num_choices
    if not isinstance(values, list):
        values = [values]
    items = cast(list[Any], values)
    if len(items) != count:
        raise ValueError(
            f"Expect {count} values for multi-choice '{row.multi.label}'. Encountered: {items!r}."
        )
    return items[row.slot]


def _index(row: Row, value: Any, literals: bool) -> int:
    spec = row.spec
    if isinstance(value, int) and not literals:
        count = len(spec.candidates)
        if not 0 <= value < count:
            raise ValueError(
                f"Candidate index out of range at choice '{row.label}'. Index={value}, Number of candidates={count}."
            )
        return value
    return spec.candidate_index(value)


def _scalar(row: Row, value: Any) -> Any:
    if row.kind in (FLOAT, INT):
        spec = row.spec
        if isinstance(value, (int, float)):
            if value < spec.min_value:
                raise ValueError(
                    f"The decision for '{row.label}' should be no less than {spec.min_value}. Encountered {value}."
                )
            if value > spec.max_value:
                raise ValueError(
                    f"The decision for '{row.label}' should be no greater than {spec.max_value}. Encountered {value}."
                )
    elif not isinstance(value, str):
        raise ValueError(
            f"The decision for '{row.label}' should be a string. Encountered {value!r}."
        )
    return value
