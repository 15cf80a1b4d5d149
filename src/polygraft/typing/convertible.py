"""`Convertible`: what specs, fields, schemas and keys have in common: text, and JSON of themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polygraft.formatting import Formattable


class Converters:
    """How values become JSON and back; `json_form.py` fills it."""

    to_json: Callable[..., Any]
    from_json: Callable[..., Any]
    #: The name under which instances of a symbolic class are written; None for other classes.
    type_name: Callable[[Any], str | None]


class Convertible(Formattable):
    """Prints itself and is written to JSON."""

    __slots__ = ()

    def to_json(self, **kwargs: Any) -> Any:
        """Returns JSON data that makes an equal one, see `polygraft.to_json`."""
        return Converters.to_json(self, **kwargs)

    @classmethod
    def from_json(cls, json_value: Any, **kwargs: Any) -> Any:
        """Returns what JSON data stands for, see `polygraft.from_json`."""
        return Converters.from_json(json_value, **kwargs)
