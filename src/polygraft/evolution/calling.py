"""Calling what users write: hooks and callables take their first argument, and of `global_state` and `step` what they
name.

Which ones those are is found out once, when a class is made or a callable is given to an operation; what runs later is
a function of three positional arguments.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

from polygraft import typing as pg_typing
from polygraft.geno import DNA
from polygraft.geno.attribute_dict import AttributeDict
from polygraft.symbolic import Functor

#: A function of (value, global state, step).
Runner = Callable[[Any, Any, int], Any]


def accepted(fn: Callable[..., Any]) -> tuple[bool, bool]:
    """Returns whether a callable takes the keywords `global_state` and `step`."""
    if isinstance(fn, Functor):
        functor = cast("Functor", fn)
        names = {str(k) for k in type(functor).__schema__.fields} - functor.specified_args
        return "global_state" in names, "step" in names
    try:
        parameters = inspect.signature(fn).parameters
    except (TypeError, ValueError):  # a builtin that does not tell
        return False, False
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return True, True
    named = {
        p.name for p in parameters.values() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    }
    return "global_state" in named, "step" in named


def runner(fn: Callable[..., Any]) -> Runner:
    """Returns a function of three positional arguments that calls `fn` with those it takes.

    Example:
        >>> runner(lambda inputs, step: (inputs, step))([1], {}, 5)
        ([1], 5)
    """
    takes_state, takes_step = accepted(fn)
    if takes_state and takes_step:
        return lambda value, state, step: fn(value, global_state=state, step=step)
    if takes_state:
        return lambda value, state, step: fn(value, global_state=state)
    if takes_step:
        return lambda value, state, step: fn(value, step=step)
    return lambda value, state, step: fn(value)


def method_runner(method: Callable[..., Any], values: int = 1) -> Callable[..., Any]:
    """Returns a method of `values` arguments, the global state and the step, calling `method` with those it takes."""
    takes_state, takes_step = accepted(method)

    def run(self: Any, *args: Any) -> Any:
        keywords: dict[str, Any] = {}
        if takes_state:
            keywords["global_state"] = args[values]
        if takes_step:
            keywords["step"] = args[values + 1]
        return method(self, *args[:values], **keywords)

    if values == 1:
        if takes_state and takes_step:
            return _with_both(method)
        if not takes_state and not takes_step:
            return _with_none(method)
    return run


def _with_both(method: Callable[..., Any]) -> Callable[..., Any]:
    def run(self: Any, x: Any, state: Any, step: int) -> Any:
        return method(self, x, global_state=state, step=step)

    return run


def _with_none(method: Callable[..., Any]) -> Callable[..., Any]:
    def run(self: Any, x: Any, state: Any, step: int) -> Any:
        return method(self, x)

    return run


class Hooked:
    """Mixin of classes whose hooks may leave out keywords: for each name in `HOOKS`, a subclass has a method
    `_run_<name>` that takes all arguments and calls the hook with those it names.
    """

    __slots__ = ()
    HOOKS: ClassVar[dict[str, int]] = {}
    """Names of the hooks, with the number of arguments before the keywords."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in cls.__mro__:
            for name, values in vars(base).get("HOOKS", {}).items():
                if name in vars(cls):
                    setattr(cls, f"_run_{name}", method_runner(vars(cls)[name], values))


def make_operation_compatible(fn: Any) -> Any:
    """Returns a callable that may be called like an operation, `fn(inputs, global_state=None, step=0)`.

    None and operations come back as they are; other callables get only the keywords they take.

    Example:
        >>> make_operation_compatible(lambda inputs: inputs[:1])([1, 2], step=3)
        [1]
    """
    if fn is None or isinstance(fn, Hooked):
        return fn
    run = runner(fn)

    def compatible(inputs: Any, global_state: Any = None, step: int = 0) -> Any:
        return run(inputs, AttributeDict() if global_state is None else global_state, step)

    return compatible


def operation_spec(input_element_spec: Any = None, output_element_spec: Any = None) -> Any:
    """Returns the spec of a field that takes an operation or a callable `(inputs[, global_state][, step])`.

    Args:
        input_element_spec: Spec of an item of the input; a `DNA` by default.
        output_element_spec: Spec of an item of the output; a `DNA` by default.
    """
    dna = pg_typing.Object(DNA)
    return pg_typing.Callable(
        [pg_typing.List(dna if input_element_spec is None else input_element_spec)],
        returns=pg_typing.List(dna if output_element_spec is None else output_element_spec),
    )


def any_operation() -> Any:
    """Returns the spec of an operation on items of any kind."""
    return operation_spec(pg_typing.Any(), pg_typing.Any())


def total(values: Iterable[float]) -> float:
    """The sum, added from left to right: from Python 3.12 on, `sum` rounds otherwise, and draws would differ."""
    result: float = 0
    for value in values:
        result += value
    return result
