"""Helpers for plain nested data, dicts and lists: `traverse`, `transform`, `flatten`, `canonicalize`, `merge`.

Everything else, tuples and programs included, is a leaf. Paths are `KeyPath`s. What only reads leaves its input alone.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from typing import Any, TypeAlias

from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.paths import KeyPath

_Dict: TypeAlias = "dict[Any, Any]"
_List: TypeAlias = "list[Any]"
Visitor: TypeAlias = "Callable[[KeyPath, Any], Any]"
MergeFn: TypeAlias = "Callable[[KeyPath, Any, Any], Any]"


def traverse(
    value: Any,
    preorder_visitor_fn: Visitor | None = None,
    postorder_visitor_fn: Visitor | None = None,
    root_path: KeyPath | str | None = None,
) -> bool:
    """Visits a value and all that is in it.

    Args:
        value: Nested dicts and lists; anything else is a leaf.
        preorder_visitor_fn: Called as `(path, value)` before what is in the value; a false answer ends the walk.
        postorder_visitor_fn: The same, after it.
        root_path: The path of the value.

    Returns:
        Whether all was visited.

    Example:
        >>> seen = []
        >>> traverse({"a": [1, (2,)]}, lambda path, value: seen.append(str(path)) or True)
        True
        >>> seen
        ['', 'a', 'a[0]', 'a[1]']
    """
    return _traverse(value, preorder_visitor_fn, postorder_visitor_fn, _path(root_path))


def _traverse(value: Any, before: Visitor | None, after: Visitor | None, path: KeyPath) -> bool:
    if before is not None and not before(path, value):
        return False
    for key, child in _children(value):
        if not _traverse(child, before, after, _below(path, key)):
            return False
    return after is None or bool(after(path, value))


def transform(
    value: Any, transform_fn: Visitor, root_path: KeyPath | str | None = None, inplace: bool = True
) -> Any:
    """Replaces a value and all that is in it, innermost first, by what a function makes of it.

    Args:
        value: Nested dicts and lists.
        transform_fn: Called as `(path, value)`; `MISSING_VALUE` removes the entry.
        root_path: The path of the value.
        inplace: Whether dicts and lists are changed; else new ones are made.

    Example:
        >>> transform([1, [2, 3]], lambda path, v: v * 2 if isinstance(v, int) else v)
        [2, [4, 6]]
    """
    return _transform(value, transform_fn, _path(root_path), inplace)


def _transform(value: Any, fn: Visitor, path: KeyPath, inplace: bool) -> Any:
    if isinstance(value, dict | list):
        made = [(k, _transform(v, fn, _below(path, k), inplace)) for k, v in _children(value)]
        value = _with_children(
            typing.cast("_Dict | _List", value),
            [(k, v) for k, v in made if not is_missing(v)],
            inplace,
        )
    return fn(path, value)


def _with_children(value: _Dict | _List, children: list[tuple[Any, Any]], inplace: bool) -> Any:
    if isinstance(value, dict):
        if not inplace:
            return dict(children)
        kept = dict(children)
        for key in list(value):
            if key not in kept:
                del value[key]
            elif value[key] is not kept[key]:
                value[key] = kept[key]
        return value
    items = [v for _, v in children]
    if not inplace:
        return items
    if len(items) != len(value) or any(x is not y for x, y in zip(items, value, strict=True)):
        value[:] = items
    return value


def flatten(src: Any, flatten_complex_keys: bool = True) -> Any:
    """Returns the leaves of a nested value by the text of their path.

    Args:
        src: Nested dicts and lists. A tuple gives the tuple of its elements, flattened.
        flatten_complex_keys: Whether keys with dots in them stand without brackets.

    Example:
        >>> flatten({"a": [1, {"b": 2}], "c": {}, "d.e": 3})
        {'a[0]': 1, 'a[1].b': 2, 'c': {}, 'd.e': 3}
    """
    if isinstance(src, tuple):
        elements = typing.cast("tuple[Any, ...]", src)
        return tuple(flatten(v, flatten_complex_keys) for v in elements)
    if not isinstance(src, dict | list) or not src:
        return typing.cast(Any, src)
    out: dict[str, Any] = {}

    def leaf(path: KeyPath, value: Any) -> bool:
        if not isinstance(value, dict | list) or not value:
            out[path.path_str(not flatten_complex_keys)] = value
        return True

    _traverse(src, leaf, None, KeyPath())
    return out


def canonicalize(src: Any, sparse_list_as_dict: bool = True) -> Any:
    """Returns nested data for data with paths as keys.

    Args:
        src: Dicts, with keys such as `'a.b[0]'`, and lists.
        sparse_list_as_dict: Whether dicts with int keys that leave out some stay dicts; else they become lists.

    Raises:
        KeyError: A key is empty, or two keys give the same place different values.

    Example:
        >>> canonicalize({"a.b": 1, "a.c[0]": 2, "a.c[1]": 3})
        {'a': {'b': 1, 'c': [2, 3]}}
    """
    return _with_lists(_expanded(src), not sparse_list_as_dict)


def _with_lists(value: Any, sparse: bool) -> Any:
    """A value in which dicts with the indices of a list are lists; also where some are left out, if `sparse`."""
    return _transform(
        value,
        lambda path, v: _listified(v, sparse)[0] if isinstance(v, dict) else v,
        KeyPath(),
        inplace=False,
    )


def _expanded(src: Any, path: KeyPath | None = None) -> Any:
    """Nested dicts and lists, with each path of several keys taken apart."""
    path = path or KeyPath()
    if isinstance(src, list):
        items = typing.cast(_List, src)
        return [_expanded(v, _below(path, i)) for i, v in enumerate(items)]
    if not isinstance(src, dict):
        return src
    out: _Dict = {}
    for key, value in typing.cast(_Dict, src).items():
        keys = (KeyPath.parse(key) if isinstance(key, str) else KeyPath(key)).keys
        if not keys:
            raise KeyError(f"Key must not be empty. Encountered: {src!r}.")
        if is_missing(value):
            continue
        new = _expanded(value, KeyPath(keys, path))
        for k in reversed(keys[1:]):
            new = {k: new}
        _join(out, keys[0], new, _below(path, keys[0]))
    return out


def _join(out: _Dict, key: Any, new: Any, path: KeyPath) -> None:
    """Puts a value into a dict; where both are dicts, their entries are joined."""
    if key not in out:
        out[key] = new
        return
    old = out[key]
    if isinstance(old, dict) and isinstance(new, dict):
        for k, v in typing.cast(_Dict, new).items():
            _join(typing.cast(_Dict, old), k, v, _below(path, k))
    elif isinstance(old, list) and isinstance(new, dict):
        _update_list(typing.cast(_List, old), typing.cast(_Dict, new), path)
    else:
        raise KeyError(
            f"Path {str(path)!r} is assigned with conflicting values. "
            f"Left value: {old}, Right value: {new}"
        )


def merge(value_list: list[Any], merge_fn: MergeFn | None = None) -> Any:
    """Returns the values merged: later dicts patch earlier ones, other values replace them.

    In the result, dicts with int keys only are lists, in the order of the keys.

    Args:
        value_list: Values, in canonical form or not (see `canonicalize`); None is passed over. They are not changed.
        merge_fn: Called as `(path, left, right)` for what is not a dict on both sides, with `MISSING_VALUE` for the
            side that has nothing; returns what is to stand there, `MISSING_VALUE` for nothing.

    Raises:
        TypeError: `value_list` is not a list.
        KeyError: A dict with other keys than ints is to be merged into a list.

    Example:
        >>> merge([{"a": 1, "b": {"c": 1}}, {"b.d": 2}, None, {"a": 3}])
        {'a': 3, 'b': {'c': 1, 'd': 2}}
    """
    if not isinstance(value_list, list):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError("value_list should be a list")
    if not value_list:
        return None
    first, *others = (canonicalize(v) for v in value_list)
    given = [v for v in others if v is not None]
    merged = functools.reduce(lambda left, right: merge_tree(left, right, merge_fn), given, first)
    return _with_lists(merged, sparse=True)


def merge_tree(
    dest: Any, src: Any, merge_fn: MergeFn | None = None, root_path: KeyPath | str | None = None
) -> Any:
    """Merges one value into another, which is changed if it is a dict or list; see `merge`.

    Returns:
        The merged value.
    """
    return _merge(dest, src, merge_fn or _right, _path(root_path), merge_fn is not None)


def _right(path: KeyPath, left: Any, right: Any) -> Any:
    return right


def _merge(dest: Any, src: Any, fn: MergeFn, path: KeyPath, ask_all: bool) -> Any:
    if isinstance(dest, dict) and isinstance(src, dict):
        left, right = typing.cast(_Dict, dest), typing.cast(_Dict, src)
        keys = [*(k for k in left if ask_all and k not in right), *right]
        for key in keys:
            merged = _merge(
                left.get(key, MISSING_VALUE),
                right.get(key, MISSING_VALUE),
                fn,
                _below(path, key),
                ask_all,
            )
            if not is_missing(merged):
                left[key] = merged
            elif key in left:
                del left[key]
        return left
    if isinstance(dest, list) and isinstance(src, dict):
        _update_list(typing.cast(_List, dest), typing.cast(_Dict, src), path)
        return typing.cast(Any, dest)
    return fn(path, dest, src)


def _update_list(dest: _List, src: _Dict, path: KeyPath) -> None:
    """Replaces elements of a list by those under their index; what lies outside is appended."""
    if not all(isinstance(k, int) for k in src):
        raise KeyError(
            f"Dict must use integers as keys when merging to a list. Encountered: {src!r}, Path: {path}."
        )
    for index in sorted(src):
        if 0 <= index < len(dest):
            dest[index] = src[index]
        else:
            dest.append(src[index])


def try_listify_dict_with_int_keys(
    src: dict[Any, Any], convert_when_sparse: bool = False
) -> tuple[Any, bool]:
    """Returns a dict whose keys are the indices of a list as that list.

    Args:
        src: A dict.
        convert_when_sparse: Whether indices may be left out.

    Returns:
        The list or the dict, and whether it is the list.

    Example:
        >>> try_listify_dict_with_int_keys({1: "b", 0: "a"})
        (['a', 'b'], True)
    """
    return _listified(src, convert_when_sparse)


def _listified(src: Any, sparse: bool) -> tuple[Any, bool]:
    if not src or not all(isinstance(k, int) and not isinstance(k, bool) for k in src):
        return src, False
    if not sparse and (min(src) != 0 or max(src) != len(src) - 1):
        return src, False
    return [src[i] for i in sorted(src)], True


# -- paths and children ------------------------------------------------------------------------------------------------
def _path(path: KeyPath | str | None) -> KeyPath:
    return KeyPath() if path is None else KeyPath.from_value(path)


def _below(path: KeyPath, key: Any) -> KeyPath:
    return KeyPath.of((*path.keys, key))


def _children(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(typing.cast(_Dict, value).items())
    return list(enumerate(typing.cast(_List, value))) if isinstance(value, list) else []
