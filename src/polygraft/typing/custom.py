"""`CustomTyping`: values that decide themselves whether they fit a value spec."""

from __future__ import annotations

from typing import Any


class CustomTyping:
    """A value that takes over its own validation: a reference, a placeholder, a symbolic list.

    It is asked after the checks for frozen, missing and None, and before all others, by every kind of spec. The library
    calls through the type, so that a field of the same name is left alone.
    """

    __slots__ = ()

    def custom_apply(
        self, path: Any, value_spec: Any, allow_partial: bool = False, child_transform: Any = None
    ) -> tuple[bool, Any]:
        """Validates this value against a spec.

        Args:
            path: Where the value is put.
            value_spec: What is expected there.
            allow_partial: Whether parts may be missing.
            child_transform: Called for each child, see `ValueSpec.apply`.

        Returns:
            `(True, value)` to go on with the standard checks on `value`; `(False, value)` to store `value` as it is.

        Raises:
            Exception: The value does not fit.
        """
        raise NotImplementedError


class Functor:
    """Marks functors: functions as symbolic objects. `_pg_signature` of their class is the function's `Signature`.

    Not `__signature__`: there Python's `inspect` would refuse it.
    """

    __slots__ = ()


FunctorTrait = Functor  # the name that does not clash with the spec `Functor`
