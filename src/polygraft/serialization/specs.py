"""Value specs, fields, schemas and keys in files: `{"_type": "polygraft.typing.Int", "min_value": 0}`.

They are written as the arguments that make them again (`typing/json_form.py`), and read under PyGlove's names as well.
What could run, a transform, and what could lead into the reader's modules, the name of a class that need not exist
yet, are read only from whom the reader trusts.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import Any, cast

from polygraft.errors import DeserializationError, UnknownTypeError
from polygraft.missing import MISSING_VALUE
from polygraft.serialization.failures import FieldMismatchError
from polygraft.serialization.names import TYPE_NAME_KEY
from polygraft.serialization.reader import Decode, Reader, add_decoder_finder
from polygraft.serialization.readers import read_arguments
from polygraft.serialization.writer import Encode, Writer, add_encoder_finder, write_pairs
from polygraft.symbolic import registry
from polygraft.symbolic.node import OPS
from polygraft.typing.json_form import ARGUMENTS, constructor_arguments
from polygraft.typing.value_spec import ValueSpec

#: Classes that only copy or convert what they are given, whoever names them.
_HARMLESS = frozenset({bool, int, float, str, list, tuple, dict, set, frozenset})
_PYGLOVE_MODULES = {"Field": "class_schema", "Schema": "class_schema"}


def register_specs() -> None:
    """Makes all of them known to readers and writers."""
    add_encoder_finder(_find_encoder)
    add_decoder_finder(_find_decoder)
    for cls in cast("Iterable[type[Any]]", ARGUMENTS):
        name = cls.__name__
        module = _PYGLOVE_MODULES.get(
            name, "value_specs" if issubclass(cls, ValueSpec) else "key_specs"
        )
        aliases = [f"pyglove.typing.{name}", f"pyglove.core.typing.{module}.{name}"]
        registry.register(cls, f"polygraft.typing.{name}", aliases)


def symbolic_name(cls: Any) -> str | None:
    """The name under which instances of a symbolic class are written; None for other classes."""
    return registry.name_of(cls) if isinstance(cls, type) and OPS[cls].symbolic else None


def _find_encoder(cls: type) -> Encode | None:
    if cls not in ARGUMENTS:
        return None
    name = registry.name_of(cls)

    def write(x: Any, w: Writer) -> Any:
        exclude, w.exclude = w.exclude, frozenset()
        arguments = constructor_arguments(x).items()
        pairs = [(k, v) for k, v in arguments if k not in exclude] if exclude else arguments
        return write_pairs(pairs, w, {TYPE_NAME_KEY: name})

    return write


def _find_decoder(cls: type) -> Decode | None:
    return _read if cls in ARGUMENTS else None


def _read(cls: Any, v: dict[str, Any], r: Reader) -> Any:
    symbolic, r.symbolic = r.symbolic, False
    try:
        arguments = read_arguments(v, r)
    finally:
        r.symbolic = symbolic
    known = inspect.signature(cls).parameters
    unknown = [k for k in arguments if k not in known]
    if unknown:
        raise FieldMismatchError(
            f"{cls.__name__}.__init__() got unexpected keyword arguments: {', '.join(map(repr, unknown))}.",
            value=unknown,
        )
    required = [
        k
        for k, p in known.items()
        if p.default is p.empty and k not in arguments and k != "default"
    ]
    if required:
        raise FieldMismatchError(
            f"{cls.__name__}.__init__() missing required arguments: {', '.join(map(repr, required))}.",
            value=required,
        )
    _check_transform(arguments.get("transform"), r)
    if isinstance(arguments.get("t"), str) and not r.trust.everything:
        raise UnknownTypeError(
            f"The class {arguments['t']!r} is named without its module, which is disabled under trusted=False, "
            "because a file could name any class that the caller knows. Pass trusted=True to opt in.",
            value=arguments["t"],
        )
    if "default" in known and known["default"].default is inspect.Parameter.empty:
        arguments.setdefault("default", MISSING_VALUE)
    try:
        return cls(**arguments)
    except re.error as e:
        raise DeserializationError(f"Not a regular expression: {e}.", value=v) from e


def _check_transform(transform: Any, r: Reader) -> None:
    """A transform runs when a value is validated, the default first of all."""
    if (
        isinstance(transform, type)
        and transform not in _HARMLESS
        and registry.name_of(transform) is None
        and not r.trust.everything
    ):
        raise UnknownTypeError(
            f"The transform {transform!r} would be called, which is disabled under trusted=False. "
            "Pass trusted=True to opt in for trusted input.",
            value=transform,
        )
