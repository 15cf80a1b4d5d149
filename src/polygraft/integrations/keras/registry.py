"""Keras's own registry of classes: what it loads and clones is symbolic where the class has been symbolized.

The names in its files stay Keras's public ones (or those that the user has registered), so that programs without this
library read them. A wrapper shares the name of its plain class, and takes its place for reading.
"""

from __future__ import annotations

import importlib
from typing import Any

from polygraft.integrations.keras.api import keras
from polygraft.symbolic.wrapping.base import wrapped_class

# There is no public way to tell Keras the name of a class of its own.
_exported: Any = importlib.import_module("keras.src.api_export")


def register(cls: Any) -> None:
    """Enters a wrapper under the name of its plain class. Subclasses of wrappers register as Keras wants it."""
    plain = wrapped_class(cls)
    if plain is None:
        return
    name = _exported.REGISTERED_OBJS_TO_NAMES.get(plain)
    if name is not None:
        _exported.REGISTERED_OBJS_TO_NAMES[cls] = name
        _exported.REGISTERED_NAMES_TO_OBJS[name] = cls
        return
    name = keras.saving.get_registered_name(plain)
    package, separator, own = name.partition(">")
    if separator:
        keras.saving.register_keras_serializable(package, own)(cls)


def live_arguments(x: Any, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of an object that Keras has made from a config: parts in config form are those which it has now.

    So a loaded `Dense` holds the symbolic activation that it runs, not a dict that describes it. What is not symbolic
    stays a config, which is data and can be written.
    """
    found: dict[str, Any] = {}
    for name, value in given.items():
        if type(value) is dict and "class_name" in value and "config" in value:
            part = getattr(x, name, None)  # not in `vars(x)` under PyTorch
            if wrapped_class(part.__class__) is not None:
                found[name] = part
    return {**given, **found} if found else given
