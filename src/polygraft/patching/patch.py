"""`pg.patch`: rules that change a program.

A rule is a dict of path → new value, a function `(path, value)` or `(path, value, parent)` that returns the
new value, a `Patcher`, a URI that names a patcher, or a list of those. All rules of one call, and the
validators that patchers bring, are one transaction: if anything raises, every value is back where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FunctionType
from typing import Any, ClassVar, TypeAlias, TypeVar, cast

from polygraft.patching.uri import from_uri
from polygraft.symbolic.edits import transaction
from polygraft.symbolic.flags import deferring, scope
from polygraft.symbolic.functors import Functor
from polygraft.symbolic.node import OPS, is_node
from polygraft.symbolic.places import parent_of, path_of
from polygraft.symbolic.rebinding import rebind
from polygraft.symbolic.wrapping import realize as realize_node

T = TypeVar("T")

#: What `pg.patch` takes.
Rule: TypeAlias = "Mapping[Any, Any] | Callable[..., Any] | Patcher | str | Sequence[Any]"


def patch(
    value: T, rule: Rule, *, realize: bool = False, keep_weights: bool = False, inner: bool = False
) -> T:
    """Changes a program by rules, in place; all of them, or none if anything raises.

    Rules are applied from left to right, each seeing what the ones before it did; then the validators of the
    patchers run. Wrapped classes that are called inside rules record their arguments and construct at first use.

    Args:
        value: A program. To keep it, patch a clone.
        rule: A dict of path → value; a function `(path, value)` or `(path, value, parent)`, called for every
            place of the program, that returns the new value or the old one; a patcher, or its URI, as in
            `'change_lr?0.003'`; or a list of those. `{'': new}` replaces the whole program.
        realize: Whether wrapped objects are constructed as part of the call: if that fails, nothing has changed.
        keep_weights: Whether the parts of a trained model that the rules do not touch keep what they have learned,
            where the framework's adapter can carry it over.
        inner: Whether rules also visit what constructors of wrapped classes have made, such as the layers that a
            module makes in its `__init__`; their paths have a key with `@`, as in `'model.@conv1.out_channels'`.

    Returns:
        `value`, or what replaced it.

    Raises:
        TypeError: A rule is none of these (nothing has been applied then), or a value is not of its field's type.
        KeyError: A path does not exist; a patcher is not registered.
        ValueError: A value is not acceptable for its field.
        Exception: What a rule raised, with a note that names the rule and the path.

    Example:
        >>> import polygraft as pg
        >>> pg.patch(pg.Dict(lr=1.0, units=8), [{"lr": 0.5}, lambda k, v: v * 2 if v == 8 else v])
        {lr=0.5, units=16}

    See Also:
        `pg.patcher`, `pg.rebind`.
    """
    if keep_weights or inner:
        with scope(keep_weights=keep_weights, inner=inner):
            return patch(value, rule, realize=realize)
    if rule.__class__ in _PLAIN_RULES and not realize:
        return _apply(value, rule)  # one edit is a transaction of its own
    given = cast("Sequence[Any]", rule) if isinstance(rule, (list, tuple)) else (rule,)
    rules = [_resolve(r) for r in given]
    result: Any = value
    with transaction():
        for r in rules:
            result = r.patch(result) if isinstance(r, Patcher) else _apply(result, r)
        for r in rules:
            if isinstance(r, Patcher):
                r.validate(result)
        if realize:
            realize_node(result)
    return result


#: Rules that are nothing else: no patcher, no URI, no list.
_PLAIN_RULES: frozenset[type] = frozenset({FunctionType, dict})


def _resolve(rule: Any) -> Any:
    """The rule itself, or the patcher behind a URI; raises for what is no rule."""
    if rule.__class__ in _PLAIN_RULES:
        return rule
    if isinstance(rule, str):
        return from_uri(rule)
    if isinstance(rule, (Patcher, Mapping)) or (callable(rule) and not isinstance(rule, type)):
        return cast("Any", rule)
    hint = (
        f" Call it first: {rule.__name__}(...)."
        if isinstance(rule, type) and issubclass(rule, Patcher)
        else ""
    )
    raise TypeError(
        f"Patching rule {rule!r} should be a dict of path to values, a rebind function, a patcher (object or string), "
        f"or a list of their mixtures.{hint}"
    )


def _apply(value: Any, rule: Any) -> Any:
    """Applies a dict or a function."""
    if (
        type(rule) is not FunctionType
        and isinstance(rule, Mapping)
        and len(cast("Mapping[Any, Any]", rule)) == 1
    ):
        pairs: Any = OPS[dict].items(rule) if isinstance(rule, dict) else cast(Any, rule).items()
        ((key, new),) = pairs
        if key == "":
            # A `pg.Dict` as a rule keeps what it holds.
            return OPS[type(new)].share(new) if parent_of(new) is rule else new
    if not is_node(value):
        raise TypeError(
            f"The 1st argument of 'patch' must be a symbolic type. Encountered: {value!r}."
        )
    return rebind(value, rule, raise_on_no_change=False)


class Patcher(Functor):
    """A rule with a name and typed arguments, made from a function by `pg.patcher`.

    Calling it with a target returns the rule; `patch` applies that rule.
    """

    auto_register: ClassVar[bool] = False
    _validator: Callable[[Any], Any] | None

    @classmethod
    def patcher_signature(cls) -> Any:
        """The signature of the function behind the patcher."""
        return cast("Any", cls)._pg_signature

    @classmethod
    def patcher_function(cls) -> Any:
        """The function behind the patcher."""
        return cast("Any", cls)._pg_function

    def patch(self, value: Any) -> Any:
        """Applies the rule that the function returns for `value`; returns the result.

        Raises:
            TypeError: `value` is not symbolic, an argument is missing, or what the function returned is no rule.
        """
        if not is_node(value):
            raise TypeError(
                f"The 1st argument of {type(self).__name__!r} must be a symbolic type. Encountered: {value!r}."
            )
        with transaction():
            try:
                # Of what runs here only the function is a rule: hooks and validators construct as usual.
                with deferring():
                    rule: Any = self(value, override_args=True)
            except Exception as e:
                e.add_note(f"Raised by patcher {type(self).__name__!r}. (path={path_of(value)})")
                raise
            validator = None
            if isinstance(rule, tuple) and len(cast("tuple[Any, ...]", rule)) == 2:
                rule, validator = cast("tuple[Any, Any]", rule)
                if not callable(validator):
                    raise TypeError(
                        f"The validator returned from patcher {type(self).__name__!r} is not callable. "
                        f"Encountered: {validator!r}."
                    )
            object.__setattr__(self, "_validator", validator)
            return patch(value, cast(Any, rule))

    def validate(self, value: Any) -> None:
        """Runs the validator that came with the rule of the last `patch`, if one did."""
        validator = self.__dict__.get("_validator")
        if validator is not None:
            try:
                validator(value)
            except Exception as e:
                e.add_note(
                    f"Raised by the validator of patcher {type(self).__name__!r}. (path={path_of(value)})"
                )
                raise
