"""What a call of a wrapped class does: bind, check, then construct at once as the plain class would, or defer."""

from __future__ import annotations

from typing import Any, cast

from polygraft.errors import NotSymbolizableError, did_you_mean
from polygraft.missing import MissingValue
from polygraft.paths import KeyPath
from polygraft.symbolic.flags import DEFAULT, FLAGS, TRACKING, Flags
from polygraft.symbolic.node import ABSTRACT, OPS, PARTIAL, SAFE_TYPES
from polygraft.symbolic.origin import note_made
from polygraft.symbolic.wrapping import inner, overriding
from polygraft.symbolic.wrapping.construction import (
    DEFERRED,
    INCOMPLETE,
    INFERRED,
    can_infer,
    realize,
    runtime_value,
    survey,
)
from polygraft.symbolic.wrapping.frames import RUNNING, OverridingFrame, within
from polygraft.symbolic.wrapping.interception import redirecting
from polygraft.symbolic.wrapping.record import Record
from polygraft.symbolic.wrapping.scopes import redirections_of, remember
from polygraft.symbolic.wrapping.signature import ClassInfo
from polygraft.typing import Field


def call(ops: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Calls the wrapped class of `ops`."""
    info: ClassInfo = ops.info
    try:
        given = info.bind(None, *args, **kwargs)
    except TypeError as e:
        return _unbound(ops, args, kwargs, e)
    frames = RUNNING.frames
    if frames:
        return _call_inside(frames[-1], ops, args, kwargs, given)
    return _call(ops, args, kwargs, given, frames)


def call_redirected(ops: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Like `call`, for a class whose constructor's calls are redirected."""
    with redirecting(redirections_of(ops)):
        return call(ops, args, kwargs)


def call_and_tell(ops: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Like `call`, for a class with a hook that runs after its constructor."""
    x = (call_redirected if ops.inside else call)(ops, args, kwargs)
    if type(x) is ops.type and ops.record_or_none(x) is not None:
        ops.bound(x)
    return x


def _call(
    ops: Any, args: tuple[Any, ...], kwargs: dict[str, Any], given: dict[str, Any], frames: Any
) -> Any:
    info: ClassInfo = ops.info
    flags = FLAGS.get()
    if flags is not DEFAULT or info.fields or info.dynamic is not None:
        x = _carefully(ops, args, kwargs, given, flags, False)
        if TRACKING.scopes:
            note_made(x)
        return x
    for v in given.values():
        if type(v) not in SAFE_TYPES:
            return _carefully(ops, args, kwargs, given, flags, False)
    calls: list[Any] = []
    frames.append(calls)
    try:
        x = ops.make(*args, **kwargs)
    finally:
        frames.pop()
    if calls or type(x) is not ops.type:
        return record_call(ops, x, given, 0, calls)
    ops.set_record(x, Record(info, given))
    return x


def _call_inside(
    frame: list[Any], ops: Any, args: tuple[Any, ...], kwargs: dict[str, Any], given: dict[str, Any]
) -> Any:
    """A call that a constructor of another wrapped object makes: noted with that one, which may override it."""
    name = frame.plan.get(len(frame)) if isinstance(frame, OverridingFrame) else None
    x = None
    try:
        if name is None:
            x = _call(ops, args, kwargs, given, RUNNING.frames)
        else:
            x = _overridden(ops, given, name, cast("OverridingFrame", frame).overrides[name])
    finally:
        frame.append(x)  # also one that fails: a constructor that goes on makes the next call
    return x


def _overridden(ops: Any, given: dict[str, Any], name: str, override: Any) -> Any:
    """What an override makes of a call."""
    if not overriding.is_changes(override):
        return runtime_value(realize(override))
    info: ClassInfo = ops.info
    merged = overriding.changed_arguments(given, override)
    for key in merged:
        if not info.admits(key):
            raise TypeError(
                f"{info.cls.__qualname__}.__init__() got an unexpected keyword argument {key!r} from the override "
                f"'{name}'.{did_you_mean(str(key), info.params)}"
            )
    return _carefully(ops, None, {}, merged, FLAGS.get(), False)


def partial(ops: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Like `call`, but required arguments may be missing: the object is deferred then."""
    given = ops.info.bind_partial(None, *args, **kwargs)
    return _noted(_carefully(ops, args, kwargs, given, FLAGS.get(), True))


def _unbound(ops: Any, args: tuple[Any, ...], kwargs: dict[str, Any], error: TypeError) -> Any:
    """The call does not fit the signature."""
    info: ClassInfo = ops.info
    flags = FLAGS.get()
    own, overrides = inner.split(kwargs)
    if overrides:
        bind = info.bind_partial if flags.partial else info.bind
        given = bind(None, *args, **own) | {k: recorded(v) for k, v in overrides.items()}
        return _noted(_carefully(ops, None, {}, given, flags, bool(flags.partial)))
    if flags.partial:
        return partial(ops, args, kwargs)
    if not info.varkw:
        for name in kwargs:
            hint = "" if name in info.params else did_you_mean(name, info.params)
            if hint:
                raise TypeError(
                    f"{info.cls.__qualname__}.__init__() got an unexpected keyword argument {name!r}.{hint}"
                ) from None
    if not info.guesses or flags.defer:
        raise error.with_traceback(None)
    # The signature is what a decorator claims; the class itself decides.
    calls: list[Any] = []
    x = within(calls, ops.make, *args, **kwargs)
    names = list(info.params)
    given = dict(zip(names, args, strict=False)) | kwargs
    return _noted(record_call(ops, x, given, 0, calls))


def _noted(x: Any) -> Any:
    """Notes a call with the constructor that makes it, if one is running; returns its result."""
    if RUNNING.frames:
        RUNNING.frames[-1].append(x)
    return x


def _carefully(
    ops: Any,
    args: tuple[Any, ...] | None,
    kwargs: dict[str, Any],
    given: dict[str, Any],
    flags: Flags,
    is_partial: bool,
) -> Any:
    """A call with specs, nodes among the arguments, or unusual settings; `args` is None if only `given` is known."""
    info: ClassInfo = ops.info
    is_partial = is_partial or bool(flags.partial)
    original = given
    if any(isinstance(v, MissingValue) for v in given.values()):
        given = {k: v for k, v in given.items() if not isinstance(v, MissingValue)}
    if flags.type_check and (info.fields or info.dynamic is not None):
        given = _checked(info, given, is_partial)
    missing = not all(n in given for n in info.required)
    found = 0 if flags.defer and ops.deferrable else survey(_values(info, given))
    if found & INFERRED and not can_infer(_values(info, given)):
        found |= INCOMPLETE
    if ops.deferrable:
        if (flags.defer or missing or found & INCOMPLETE) and not ops.is_abstract_class:
            return defer(ops, given, (PARTIAL if is_partial else 0) | (ABSTRACT if missing else 0))
    elif missing or found & INCOMPLETE:
        raise NotSymbolizableError(
            f"{info.cls.__qualname__} keeps its values in C and is constructed at once: "
            f"it can hold neither placeholders nor missing values.",
            value=given,
        )
    if found & DEFERRED:
        for v in _values(info, given):
            realize(v)
    as_given = args is not None and given is original and not info.supplied
    if as_given and (not found or all(runtime_value(v) is v for v in given.values())):
        return _construct(ops, args, kwargs, given, is_partial)
    own, overrides = inner.split(given)
    positional, named = info.arguments({k: runtime_value(v) for k, v in own.items()})
    return _construct(ops, positional, named, given, is_partial, overrides)


def _construct(
    ops: Any,
    args: Any,
    kwargs: dict[str, Any],
    given: dict[str, Any],
    is_partial: bool,
    overrides: Any = None,
) -> Any:
    """Calls the plain class and records the call."""
    named: inner.Named | None = None
    calls: list[Any] = []
    if overrides:
        x, calls, named = overriding.overriding(
            ops.info, overrides, None, lambda: ops.make(*args, **kwargs)
        )
    else:
        x = within(calls, ops.make, *args, **kwargs)
    return record_call(ops, x, given, PARTIAL if is_partial else 0, calls, named)


def _values(info: ClassInfo, given: dict[str, Any]) -> list[Any]:
    """The values of a call; those of `*args` one by one."""
    if info.varargs not in given:
        return list(given.values())
    return [v for k, value in given.items() for v in (value if k == info.varargs else (value,))]


def _checked(info: ClassInfo, given: dict[str, Any], is_partial: bool) -> dict[str, Any]:
    """The arguments as their specs want them; `given` itself if nothing is different."""
    out = given
    for name, value in given.items():
        field = info.field(name)
        if field is None:
            continue
        if type(value) not in SAFE_TYPES:
            value = OPS[type(value)].convert(value)
        new = field.value.apply(value, allow_partial=is_partial, root_path=KeyPath(name))
        if new is not given[name]:
            if out is given:
                out = dict(given)
            out[name] = new
    return out


def defer(ops: Any, given: dict[str, Any], flags: int = 0) -> Any:
    """An object of the class of `ops` that is not constructed yet."""
    x = object.__new__(ops.deferred)
    return adopt(ops, x, Record(ops.info, {}, flags), given)


def record_call(
    ops: Any,
    x: Any,
    given: dict[str, Any],
    flags: int,
    calls: list[Any] | None = None,
    named: inner.Named | None = None,
) -> Any:
    """Notes the arguments with a new object. `__new__` may have returned another one: that is the user's business."""
    own: Any = OPS[type(x)]
    if not isinstance(x, ops.type) and (not own.shared or own.record_or_none(x) is not None):
        return x
    record = Record(ops.info, {}, flags)
    adopt(own, x, record, given)
    if calls and ops.deferrable:
        remember(ops)
        inner.prefer_as_parent(x, calls)
        inner.note(record, x, calls, named)
    return x


def adopt(ops: Any, x: Any, record: Record, given: dict[str, Any]) -> Any:
    """Gives `x` a record of `given`, whose nodes become its children; returns `x`."""
    ops.set_record(x, record)
    if ops.adapter is not None:
        given = ops.adapter.recording(x, given)
    stored = record.args
    for name, value in given.items():
        if type(value) not in SAFE_TYPES:
            value = recorded(value, record.info.field(name) if record.info.fields else None)
            value = OPS[type(value)].attach(value, x, name)
        stored[name] = value
    return x


def recorded(value: Any, field: Field | None = None) -> Any:
    """The form in which an argument is recorded: plain lists and dicts become nodes, where they can."""
    if type(value) in (list, dict):
        try:
            value = OPS[type(value)].convert(value)
        except (TypeError, ValueError, KeyError):  # a dict with keys that nodes cannot have
            return value
        if field is not None:
            value = field.value.apply(value, allow_partial=True)
    return value
