"""The step `[=i/n]` of an id: "under candidate i of n"."""

from __future__ import annotations


class ConditionalKey:
    """A key of a `KeyPath` that stands for a chosen candidate.

    Example:
        >>> str(ConditionalKey(1, 5))
        '=1/5'
    """

    __slots__ = ("_index", "_num_choices")

    def __init__(self, index: int, num_choices: int) -> None:
        self._index = index
        self._num_choices = num_choices

    @property
    def index(self) -> int:
        """Position of the candidate."""
        return self._index

    @property
    def num_choices(self) -> int:
        """Number of candidates to choose from."""
        return self._num_choices

    def __str__(self) -> str:
        return f"={self._index}/{self._num_choices}"

    def __repr__(self) -> str:
        return f"ConditionalKey(index={self._index}, num_choices={self._num_choices})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ConditionalKey):
            return NotImplemented
        return self._index == other._index and self._num_choices == other._num_choices

    def __lt__(self, other: ConditionalKey) -> bool:
        return (self._num_choices, self._index) < (other._num_choices, other._index)

    def __hash__(self) -> int:
        return hash((ConditionalKey, self._index, self._num_choices))
