"""`KeyPath`: where a value stands in a tree.

A path is an immutable tuple of keys; its text is made when first asked for. The grammar of the text is

    path    := segment (("." segment) | bracket)*
    segment := characters other than ".", "[" and "]"
    bracket := "[" text "]"         brackets in text are balanced; digits make an int key

Paths equal, hash and order like their text beside strings, so that they may stand for each other as dict keys.
"""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Iterable
from typing import Any

from polygraft.errors import PathNotFoundError
from polygraft.formatting import Formattable

_INDEX = re.compile(r"-?[0-9]+")
_ABSENT: Any = object()


class StrKey:
    """Marker of keys that are not strings but print as one within a path."""

    __slots__ = ()


class KeyPath(Formattable):
    """A path of keys from a root to a value below it.

    Args:
        key_or_key_list: One key (a string is one key, it is not parsed), or a list or tuple of keys.
        parent: The path that the keys are appended to.

    Example:
        >>> KeyPath.parse("layers[0].units").keys
        ['layers', 0, 'units']
        >>> KeyPath(["a", 0, "b.c"])
        a[0][b.c]
    """

    __slots__ = ("_keys", "_path", "key")
    _keys: tuple[Any, ...]
    _path: str | None
    #: The last key. Set by walks, which know it, and else when it is first asked for: rules read it at every place.
    key: Any

    def __init__(self, key_or_key_list: Any = None, parent: KeyPath | None = None):
        if key_or_key_list is None:
            keys: tuple[Any, ...] = ()
        elif isinstance(key_or_key_list, list | tuple):
            keys = tuple(typing.cast("list[Any]", key_or_key_list))
        else:
            keys = (key_or_key_list,)
        self._keys = keys if parent is None else (*parent._keys, *keys)
        self._path = None

    @classmethod
    def of(cls, keys: tuple[Any, ...]) -> KeyPath:
        """Returns the path of these keys, without looking at them."""
        self = object.__new__(cls)
        self._keys = keys
        self._path = None
        return self

    @classmethod
    def parse(cls, path_str: str, parent: KeyPath | None = None) -> KeyPath:
        """Returns the path that a text describes.

        Args:
            path_str: The text, such as `'a[0].b'`.
            parent: The path that the keys are appended to.

        Raises:
            ValueError: It is not a text, or its brackets do not match.
        """
        if not isinstance(path_str, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"'path_str' must be a string type. Encountered: {path_str!r}")
        keys = tuple(_parse(path_str)) if "[" in path_str or "]" in path_str else _split(path_str)
        return cls.of(keys if parent is None else parent._keys + keys)

    @classmethod
    def from_value(cls, value: KeyPath | str | int) -> KeyPath:
        """Returns a path as it is, a text parsed, and an int as a path of one key."""
        if isinstance(value, KeyPath):
            return value
        if isinstance(value, str):
            return cls.parse(value)
        if isinstance(value, int):  # pyright: ignore[reportUnnecessaryIsInstance]
            return cls.of((value,))
        raise ValueError(f"{value!r} is not a valid KeyPath equivalence.")

    # -- parts -----------------------------------------------------------------------------------------------------
    @property
    def keys(self) -> list[Any]:
        """The keys, in a new list."""
        return list(self._keys)

    def __getattr__(self, name: str) -> Any:
        if name != "key":
            raise AttributeError(f"'KeyPath' object has no attribute {name!r}")
        if not self._keys:
            raise KeyError("Key of root KeyPath does not exist.")
        self.key = self._keys[-1]
        return self.key

    @property
    def parent(self) -> KeyPath:
        """The path without its last key."""
        if not self._keys:
            raise KeyError("Parent of a root KeyPath does not exist.")
        return KeyPath.of(self._keys[:-1])

    @property
    def depth(self) -> int:
        """The number of keys."""
        return len(self._keys)

    @property
    def is_root(self) -> bool:
        """True if there are no keys."""
        return not self._keys

    @property
    def path(self) -> str:
        """The text of the path."""
        text = self._path
        if text is None:
            text = self._path = _text(self._keys, True)
        return text

    def path_str(self, preserve_complex_keys: bool = True) -> str:
        """Returns the text; string keys with `.` or brackets in them stay bracketed only if asked for."""
        return self.path if preserve_complex_keys else _text(self._keys, False)

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns the text of the path."""
        return self.path

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        return self.path

    def __len__(self) -> int:
        return len(self._keys)

    def __bool__(self) -> bool:
        return bool(self._keys)  # rules ask at each place, and `bool(...)` takes longer

    # -- arithmetic ------------------------------------------------------------------------------------------------
    def __add__(self, other: Any) -> Any:
        if other is None:
            return self
        if isinstance(other, str):
            other = KeyPath.parse(other)
        elif (
            rebased := getattr(typing.cast(Any, type(other)), "__pg_rebased__", None)
        ) is not None:
            return rebased(other, self)  # a set of paths
        if isinstance(other, KeyPath):
            return KeyPath.of(self._keys + other._keys)
        return KeyPath.of((*self._keys, other))

    def __sub__(self, other: KeyPath | str | int | None) -> KeyPath:
        if other is None:
            return self
        if not isinstance(other, KeyPath | str | int):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"Cannot subtract KeyPath({self}) by {other!r}.")
        other = KeyPath.from_value(other)
        n = len(other._keys)
        if self._keys[:n] == other._keys:
            return KeyPath.of(self._keys[n:])
        if other._keys[: len(self._keys)] == self._keys:
            raise ValueError(
                f"KeyPath subtraction failed: left path {self} is an ancestor of right path {other}."
            )
        raise ValueError(
            f"KeyPath subtraction failed: left path {self} and right path {other} are in different subtree."
        )

    def is_relative_to(self, other: KeyPath | str | int) -> bool:
        """True if `other` is this path or an ancestor of it."""
        keys = KeyPath.from_value(other)._keys
        return self._keys[: len(keys)] == keys

    # -- looking values up -----------------------------------------------------------------------------------------
    def query(self, src: Any, use_inferred: bool = False) -> Any:
        """Returns the value at this path below `src`.

        Args:
            src: The root: symbolic objects, lists, dicts, anything with `[]`.
            use_inferred: Give what a reference or inferred value stands for, not the reference.

        Raises:
            KeyError: There is none; the message says at which key the way ends.

        Example:
            >>> KeyPath.parse("a[1]").query({"a": [1, 2]})
            2
        """
        value = src
        for i, key in enumerate(self._keys):
            value = _step(value, key, use_inferred, self._keys, i)
        return value

    def get(self, src: Any, default_value: Any = None, use_inferred: bool = False) -> Any:
        """Returns the value at this path below `src`, or `default_value` if there is none."""
        try:
            return self.query(src, use_inferred)
        except KeyError:
            return default_value

    def exists(self, src: Any) -> bool:
        """True if there is a value at this path below `src`."""
        try:
            self.query(src)
        except KeyError:
            return False
        return True

    # -- comparison ------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if isinstance(other, KeyPath):
            # Keys may be equal and print differently (1 and True); the hash follows the text.
            return self._keys == other._keys and self.path == other.path
        return isinstance(other, str) and self.path == other

    def __hash__(self) -> int:
        return hash(self.path)

    def __lt__(self, other: KeyPath | str) -> bool:
        return self._compare(other, "<") < 0

    def __le__(self, other: KeyPath | str) -> bool:
        return self._compare(other, "<=") <= 0

    def __gt__(self, other: KeyPath | str) -> bool:
        return self._compare(other, ">") > 0

    def __ge__(self, other: KeyPath | str) -> bool:
        return self._compare(other, ">=") >= 0

    def _compare(self, other: Any, operator: str) -> int:
        if isinstance(other, str):
            return (self.path > other) - (self.path < other)
        if not isinstance(other, KeyPath):
            raise TypeError(
                f"Comparison is not supported between instances of 'KeyPath' and {_type_name(other)!r}."
            )
        for x, y in zip(self._keys, other._keys, strict=False):
            if order := _compare_keys(x, y):
                return order
        return len(self._keys) - len(other._keys)

    # -- copies: immutable -----------------------------------------------------------------------------------------
    def __copy__(self) -> KeyPath:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> KeyPath:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return KeyPath.of, (self._keys,)


def message_on_path(message: str, path: Any) -> str:
    """Returns the message with ` (path=...)` behind it, or as it is if `path` is None."""
    return message if path is None else f"{message} (path={path})"


def _type_name(x: Any) -> str:
    return type(x).__name__


def _text(keys: Iterable[Any], preserve_complex_keys: bool) -> str:
    parts: list[str] = []
    for key in keys:
        if isinstance(key, str):
            bracket = preserve_complex_keys and ("." in key or "[" in key or "]" in key)
        else:
            bracket = not isinstance(key, StrKey)
        if bracket:
            parts.append(f"[{key}]")
        else:
            parts.append(f".{key}" if parts else str(key))
    return "".join(parts)


@functools.lru_cache(maxsize=1024)
def _split(text: str) -> tuple[str, ...]:
    return tuple(s for s in text.split(".") if s)


def _parse(text: str) -> list[Any]:
    """The keys of a text with brackets in it."""
    keys: list[Any] = []
    start, opened, depth = 0, 0, 0
    for i, c in enumerate(text):
        if c == "[":
            if depth == 0:
                keys.extend(s for s in text[start:i].split(".") if s)
                opened = i
            depth += 1
        elif c == "]":
            depth -= 1
            if depth < 0:
                raise ValueError(
                    f"KeyPath parse failed: unmatched close bracket at position {i}:{text!r}"
                )
            if depth == 0:
                key = text[opened + 1 : i]
                keys.append(int(key) if _INDEX.fullmatch(key) else key)
                start = i + 1
    if depth:
        raise ValueError(
            f"KeyPath parse failed: unmatched open bracket at position {opened}: {text!r}"
        )
    keys.extend(s for s in text[start:].split(".") if s)
    return keys


def _step(value: Any, key: Any, use_inferred: bool, keys: tuple[Any, ...], i: int) -> Any:
    """The child of `value` at `keys[i]`, which is `key`."""
    t = typing.cast(Any, type(value))
    if hasattr(t, "sym_hasattr") and hasattr(t, "sym_getattr"):
        if t.sym_hasattr(value, key):
            return t.sym_inferred(value, key) if use_inferred else t.sym_getattr(value, key)
    elif not hasattr(t, "__getitem__"):
        raise PathNotFoundError(
            f"Cannot query sub-key {key!r} of object ({value!r}): '__getitem__' does not exist. "
            f"(path={KeyPath.of(keys[:i])})",
            path=KeyPath.of(keys),
            value=value,
        )
    elif isinstance(key, int) and not isinstance(value, dict):
        if not hasattr(t, "__len__"):
            raise PathNotFoundError(
                f"Cannot query index ({key}) on object ({value!r}): '__len__' does not exist.",
                path=KeyPath.of(keys),
                value=value,
            )
        if -len(value) <= key < len(value):
            return value[key]
    else:
        if not hasattr(t, "__contains__"):
            raise PathNotFoundError(
                f"Cannot query key ({key!r}) on object ({value!r}): '__contains__' does not exist.",
                path=KeyPath.of(keys),
                value=value,
            )
        if isinstance(value, dict):
            child: Any = value.get(key, _ABSENT)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if child is not _ABSENT:
                return child  # pyright: ignore[reportUnknownVariableType]
        elif not isinstance(value, list | tuple | str | bytes) and key in value:
            return value[key]
    raise PathNotFoundError(
        f"Path {KeyPath.of(keys[: i + 1])} does not exist: key {key!r} is absent from innermost value {value!r}.",
        path=KeyPath.of(keys),
        value=value,
    )


def _compare_keys(x: Any, y: Any) -> int:
    """Negative, zero or positive as `x` is before, level with or after `y`."""
    if (isinstance(x, int) and isinstance(y, str)) or (isinstance(x, str) and isinstance(y, int)):
        a, b = str(x), str(y)
        # An index and a name of the same text are different keys: the index comes first.
        return (a > b) - (a < b) or (-1 if isinstance(x, int) else 1)
    if x == y:
        return 0
    return -1 if x < y else 1
