"""Running a constructor some of whose calls are to be made otherwise (see `inner.py`).

An override must be applied before its call has a name. So a constructor runs under the guess that the calls are named
as they were the last time, and again with what was learned if a name came out elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from polygraft.errors import ConstructionError, did_you_mean
from polygraft.paths import KeyPath
from polygraft.symbolic.node import OPS, Kind
from polygraft.symbolic.places import keys_up
from polygraft.symbolic.wrapping.frames import OverridingFrame, within
from polygraft.symbolic.wrapping.inner import Named, names_of

_ATTEMPTS = 4


def overriding(
    info: Any, overrides: dict[str, Any], where: Any, make: Callable[[], Any]
) -> tuple[Any, list[Any], Named]:
    """Runs a constructor with overrides.

    Args:
        info: The class.
        overrides: Name → override.
        where: The node of the program, for messages.
        make: Makes the object; called again if a name came out elsewhere than expected.

    Returns:
        (the object, its calls, their names)

    Raises:
        ConstructionError: The constructor makes no call of a name.
    """
    guess: Iterable[str] = info.inner_names or ()
    plan = _planned(guess, overrides)
    names: list[str] = []
    placed: dict[int, str] = {}
    for _ in range(_ATTEMPTS):
        frame = OverridingFrame(overrides, plan)
        try:
            x = within(frame, make)
        except Exception:
            if not plan or plan == placed:
                raise
            plan = {}  # the guess may have hit other calls than those meant
            continue
        calls: list[Any] = list(frame)
        names, consumed = names_of(x, calls, plan)
        placed = _planned(names, overrides)
        if placed == plan and len(placed) == len(overrides):
            return x, calls, (names, consumed)
        if placed == plan:
            break
        plan = placed
    found = _by_first_names(overrides, make)
    if found is None:
        raise _unplaced(info, overrides, where, names)
    return found


def _planned(names: Iterable[str], overrides: dict[str, Any]) -> dict[int, str]:
    return {i: n for i, n in enumerate(names) if n in overrides}


def _by_first_names(
    overrides: dict[str, Any], make: Callable[[], Any]
) -> tuple[Any, list[Any], Named] | None:
    """Runs a constructor whose overrides take the names from each other: a name that a call has had stays its own.

    The first run is without any.
    """
    plan: dict[int, str] = {}
    for _ in range(_ATTEMPTS):
        frame = OverridingFrame(overrides, plan)
        try:
            x = within(frame, make)
        except Exception:
            if len(plan) < len(overrides):
                return None
            raise
        calls: list[Any] = list(frame)
        names, consumed = names_of(x, calls, plan)
        if len(plan) == len(overrides):
            names = [plan.get(i, f"@{i}" if n in overrides else n) for i, n in enumerate(names)]
            return (x, calls, (names, consumed)) if max(plan) < len(calls) else None
        left = overrides.keys() - set(plan.values())
        more = {i: n for i, n in enumerate(names) if n in left and i not in plan}
        if not more:
            return None
        plan = {**plan, **more}
    return None


def _unplaced(info: Any, overrides: dict[str, Any], where: Any, names: list[str]) -> Exception:
    path = KeyPath.of(keys_up(where)) if where is not None else KeyPath()
    name = next((n for n in overrides if n not in names), None)
    if name is None:
        reason = f"What the constructor of {info.cls.__qualname__} makes keeps changing with its overrides."
    else:
        makes = ", ".join(f"'{n}'" for n in names[:12]) or "nothing symbolic"
        reason = (
            f"The constructor of {info.cls.__qualname__} makes nothing at '{name}', which is to be overridden. It "
            f"makes: {makes}{', …' if len(names) > 12 else ''}.{did_you_mean(name, names)} Classes join by "
            f"`pg.symbolize`, or `pg.wrap_module` for the time of construction; "
            f"`pg.patch(x, {{'{name}': pg.MISSING_VALUE}})` removes the override."
        )
    return ConstructionError(f"{reason} (path={path})", path=path, value=where)


def changed_arguments(given: dict[str, Any], changes: Any) -> dict[str, Any]:
    """The arguments of a call under an override that changes some."""
    merged = dict(given)
    for key, value in OPS[type(changes)].items(changes):
        merged[key] = value
    return merged


def is_changes(override: Any) -> bool:
    """True for overrides that change arguments, false for those that replace the result."""
    return OPS[type(override)].kind is Kind.DICT
