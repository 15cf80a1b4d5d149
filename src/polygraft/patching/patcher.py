"""`@pg.patcher`: functions that return rules become patchers with a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from polygraft import typing as pg_typing
from polygraft.patching.patch import Patcher
from polygraft.patching.registry import NAME, refuse_taken, register_patcher
from polygraft.symbolic.functor_classes import functor_class

if TYPE_CHECKING:
    from polygraft.patching.patcher_types import PatcherClass

P = ParamSpec("P")

_TARGET_SPECS = (
    pg_typing.Any, pg_typing.Callable, pg_typing.Dict, pg_typing.Functor, pg_typing.List, pg_typing.Object,
)  # fmt: skip


def patcher(
    args: Any = None,
    name: str | None = None,
    auto_typing: bool = False,
    auto_doc: bool = False,
    *,
    replace: bool = False,
) -> Callable[[Callable[Concatenate[Any, P], Any]], PatcherClass[P]]:
    """Decorator that turns a function into a patcher: a rule with a name and typed arguments.

    The function's first parameter is the program to be patched; it returns a rule (see `pg.patch`), or a rule and a
    validator that is called with the patched program. Whatever it does is deferred and undone like any rule.

    Args:
        args: Field tuples `(name, value_spec[, description])` for some or all parameters. Parameters may be
            strings, booleans, numbers, enums of strings, and lists of those.
        name: The name in URIs; the function's name by default. It may carry a namespace: `'team.change_lr'`.
        auto_typing: Whether annotations become value specs.
        auto_doc: Whether descriptions come from the docstring.
        replace: Whether to take the name from another patcher that has it.

    Returns:
        A decorator that returns a subclass of `Patcher`.

    Raises:
        TypeError: The function has no parameter, or one is of a kind that a URI cannot hold.
        ValueError: `name` is no name.
        KeyError: The name is taken by another function's patcher. The same definition executed again, as cells of
            notebooks are, replaces itself.

    Example:
        >>> import polygraft as pg
        >>> @pg.patcher([("lr", pg.typing.Float(min_value=0.0))])
        ... def change_lr(target, lr):
        ...     return lambda k, v: lr if k and k.key == "lr" else v
        >>> pg.patch(pg.Dict(lr=1.0), change_lr(lr=0.5))
        {lr=0.5}
        >>> pg.patch(pg.Dict(lr=1.0), "change_lr?0.25")
        {lr=0.25}
    """
    if callable(args):
        raise TypeError("`pg.patcher` must be called to become a decorator: use `@pg.patcher()`.")

    def decorate(fn: Any) -> Any:
        cls: Any = functor_class(
            fn, args, base_class=Patcher, auto_typing=auto_typing, auto_doc=auto_doc
        )
        _check_signature(cls.patcher_signature())
        key = fn.__name__ if name is None else name
        if NAME.fullmatch(key) is None:
            raise ValueError(
                f"{key!r} is not a valid Patcher name: identifiers, separated by dots. (Patcher={cls.__name__!r})"
            )
        refuse_taken(key, fn, replace)
        cls.register_for_deserialization()
        register_patcher(key, cls, fn, replace)
        return cls

    return decorate


def _check_signature(signature: Any) -> None:
    if not signature.args:
        raise TypeError(
            f"Patcher function should have at least 1 argument as patching target. (Patcher={signature.id!r})"
        )
    target, *parameters = signature.args
    if not isinstance(target.value_spec, _TARGET_SPECS):
        raise TypeError(
            f"{target.value_spec!r} cannot be used for constraining Patcher target. (Patcher={signature.id!r}, "
            f"Argument={target.name!r})\n"
            "Acceptable value spec types are: Any, Callable, Dict, Functor, List, Object."
        )
    for parameter in (*parameters, *signature.kwonlyargs):
        if not _is_patcher_parameter_spec(parameter.value_spec):
            raise TypeError(
                f"{parameter.value_spec!r} cannot be used for constraining Patcher argument. "
                f"(Patcher={signature.id!r}, "
                f"Argument={parameter.name!r})\nConsider to treat it as string and parse yourself."
            )


def _is_patcher_parameter_spec(spec: Any, in_list: bool = False) -> bool:
    """True if values of `spec` can be written in a URI."""
    if isinstance(spec, pg_typing.List):
        return not in_list and _is_patcher_parameter_spec(spec.element.value, True)
    if isinstance(spec, pg_typing.Enum):
        return all(isinstance(v, str) or v is None for v in spec.values)
    return isinstance(
        spec, (pg_typing.Any, pg_typing.Str, pg_typing.Bool, pg_typing.Int, pg_typing.Float)
    )
