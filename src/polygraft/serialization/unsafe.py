"""What PyGlove writes as executable content: pickles. Read only under an explicit `trusted=True`; never written."""

from __future__ import annotations

import base64
import pickle  # the one place, behind `trusted=True`
from typing import Any

from polygraft.errors import DeserializationError, UnknownTypeError


class OpaqueObject:
    """Stands for the class name under which PyGlove stores pickles. Never instantiated."""


def unpickle(data: dict[str, Any], everything_trusted: bool) -> Any:
    """The object in a pickle.

    Raises:
        UnknownTypeError: The file is not trusted.
        DeserializationError: The pickle cannot be read.
    """
    if not everything_trusted:
        raise UnknownTypeError(
            "Reading a pickled object is disabled under trusted=False, since a pickle can execute any code. "
            "Pass trusted=True only for a file of your own.",
        )
    try:
        return pickle.loads(base64.decodebytes(data["value"].encode("ascii")))
    except Exception as e:
        raise DeserializationError(f"Cannot decode opaque object with pickle: {e}.") from e
