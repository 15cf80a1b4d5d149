"""JSON data given where a value is wanted: `Trainer({"_type": "my.Adam", "rate": 0.1})`.

Only names of registered classes count, and nothing is imported: all other data stays what it is.
"""

from __future__ import annotations

from typing import Any, cast

from polygraft.errors import DeserializationError
from polygraft.symbolic import registry
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.services import service

TYPE = "_type"
TUPLE = "__tuple__"


def names_registered(x: dict[Any, Any]) -> bool:
    """True if the data is that of an object whose class is registered, or of a type."""
    name = x[TYPE]
    return isinstance(name, str) and (name == "type" or registry.class_of(name) is not None)


def hydrated(x: dict[Any, Any]) -> Any:
    """The object or type that the data stands for; the data itself where a type is not known.

    Raises:
        DeserializationError, TypeError, ValueError: The fields are not those of the class.
    """
    cls = cast("Any", registry.class_of(x[TYPE]))
    if cls is not None and OPS[cls].kind is Kind.OBJECT:  # it may have a `from_json` of its own
        return cls.from_json({k: v for k, v in x.items() if k != TYPE})
    try:
        return service("from_json")(x)
    except DeserializationError:
        if cls is not None:
            raise
        return x
