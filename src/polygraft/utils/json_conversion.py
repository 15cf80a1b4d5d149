"""`from_json` for plain data: dicts and lists stay what they are."""

from __future__ import annotations

from typing import Any

from polygraft.serialization import decode


def from_json(json_value: Any, **kwargs: Any) -> Any:
    """Returns the value that JSON data stands for, with plain lists and dicts; see `pg.from_json`.

    Example:
        >>> from_json({"x": ["__tuple__", 1]})
        {'x': (1,)}
    """
    kwargs.setdefault("auto_symbolic", False)
    return decode.from_json(json_value, **kwargs)
