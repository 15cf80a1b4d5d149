"""Key specs: which keys of a container a field describes."""

from __future__ import annotations

import re
from typing import Any

from polygraft.paths import StrKey as _StrKeyMarker
from polygraft.typing.convertible import Convertible


class KeySpec(Convertible):
    """Which keys a field describes."""

    __slots__ = ()

    @property
    def is_const(self) -> bool:
        """True if the field describes one key only."""
        return False

    def match(self, key: Any) -> bool:
        """True if the field describes `key`."""
        raise NotImplementedError

    def extend(self, base: KeySpec) -> KeySpec:
        """Takes over the constraints of a base class's key; returns self."""
        if self != base:
            raise KeyError(f"{self!r} cannot extend {base!r} for keys are different.")
        return self

    @classmethod
    def from_str(cls, key: str) -> KeySpec:
        """Returns the spec of one constant key."""
        return ConstStrKey(key)


class ConstStrKey(KeySpec, _StrKeyMarker):
    """One constant string key. Equal to its text, and hashed like it, so that either finds the other in a dict.

    Args:
        text: The key.

    Example:
        >>> {"a": 1}[ConstStrKey("a")]
        1
    """

    __slots__ = ("_hash", "_text")

    def __init__(self, text: str):
        if "." in text:
            raise KeyError(f"'.' cannot be used in key. Encountered: {text!r}.")
        self._text = text
        self._hash = hash(text)

    @property
    def text(self) -> str:
        """The key."""
        return self._text

    @property
    def is_const(self) -> bool:
        """True."""
        return True

    def match(self, key: Any) -> bool:
        """True if `key` is this key."""
        return self == key

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns the bare text."""
        return self._text

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return self._text == (other._text if type(other) is ConstStrKey else other)

    def __hash__(self) -> int:
        return self._hash

    def __lt__(self, other: Any) -> bool:
        return self._text < str(other)

    def __gt__(self, other: Any) -> bool:
        return self._text > str(other)


class NonConstKey(KeySpec):
    """More than one key."""

    __slots__ = ()


class StrKey(NonConstKey):
    """All string keys, or those that match a regular expression from their start.

    Args:
        regex: The regular expression.

    Example:
        >>> StrKey("foo.*").match("foo1")
        True
    """

    __slots__ = ("_regex",)

    def __init__(self, regex: str | None = None):
        self._regex = re.compile(regex) if regex else None

    @property
    def regex(self) -> re.Pattern[str] | None:
        """The compiled regular expression, if there is one."""
        return self._regex

    def match(self, key: Any) -> bool:
        """True for a string that fits."""
        return isinstance(key, str) and (self._regex is None or self._regex.match(key) is not None)

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `StrKey(regex=...)`."""
        return "StrKey()" if self._regex is None else f"StrKey(regex={self._regex.pattern!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StrKey) and self._regex == other._regex

    def __hash__(self) -> int:
        return hash(".*" if self._regex is None else self._regex.pattern)


class ListKey(NonConstKey):
    """The indices of a list.

    Args:
        min_value: The smallest size of the list.
        max_value: The largest size; None for any.
    """

    __slots__ = ("_max_value", "_min_value")

    def __init__(self, min_value: int = 0, max_value: int | None = None):
        self._min_value = min_value
        self._max_value = max_value

    @property
    def min_value(self) -> int:
        """The smallest size of the list."""
        return self._min_value

    @property
    def max_value(self) -> int | None:
        """The largest size of the list."""
        return self._max_value

    def match(self, key: Any) -> bool:
        """True for an index in the range."""
        return (
            isinstance(key, int)
            and self._min_value <= key
            and (not self._max_value or key < self._max_value)
        )

    def extend(self, base: KeySpec) -> KeySpec:
        """Takes over the base's bounds; returns self."""
        if not isinstance(base, ListKey):
            raise TypeError(f"{self} cannot extend {base}: incompatible type.")
        if self._min_value < base._min_value:
            raise TypeError(f"{self} cannot extend {base}: min_value is smaller.")
        if base._max_value is not None:
            if self._max_value is None:
                self._max_value = base._max_value
            elif self._max_value > base._max_value:
                raise TypeError(f"{self} cannot extend {base}: max_value is greater.")
        return self

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `ListKey(min_value=..., max_value=...)`."""
        return f"ListKey(min_value={self._min_value}, max_value={self._max_value})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, ListKey)
            and self._min_value == other._min_value
            and self._max_value == other._max_value
        )

    def __hash__(self) -> int:
        return hash(ListKey)  # bounds may change by `extend`


class TupleKey(NonConstKey):
    """One index of a tuple, or all of them.

    Args:
        index: The index; None for all.
    """

    __slots__ = ("_index",)

    def __init__(self, index: int | None = None):
        self._index = index

    @property
    def index(self) -> int | None:
        """The index, or None for all."""
        return self._index

    def match(self, key: Any) -> bool:
        """True for the index."""
        return isinstance(key, int) and (self._index is None or self._index == key)

    def extend(self, base: KeySpec) -> KeySpec:
        """Takes over the base's index; returns self."""
        if not isinstance(base, TupleKey):
            raise TypeError(f"{self} cannot extend {base}: incompatible type.")
        if self._index is None:
            self._index = base._index
        elif base._index is not None and base._index != self._index:
            raise KeyError(f"{self} cannot extend {base}: unmatched index.")
        return self

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `TupleKey(index=...)`."""
        return f"TupleKey(index={self._index})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TupleKey) and self._index == other._index

    def __hash__(self) -> int:
        return hash(TupleKey)  # the index may change by `extend`
