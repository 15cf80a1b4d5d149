"""`pg.patch`: rules that change a program.

A rule is a dict of path → new value, a function `(path, value)` or `(path, value, parent)` that returns the
new value, a `Patcher`, a URI that names a patcher, or a list of those. All rules of one call, and the
validators that patchers bring, are one transaction: if anything raises, every value is back where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import FunctionType
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, cast, overload

from polygraft.patching.applying import apply_edits, refuse_leaf
from polygraft.patching.dry_run import edits_by_trying, edits_of_rule, with_copies
from polygraft.patching.edit_script import Edits
from polygraft.patching.editing import of_diff
from polygraft.patching.uri import BoundRule, rule_of_uri
from polygraft.symbolic.annotations import PlaceFunction
from polygraft.symbolic.diffing import Diff
from polygraft.symbolic.edits import transaction
from polygraft.symbolic.flags import deferring, scope
from polygraft.symbolic.functors import Functor
from polygraft.symbolic.node import OPS, is_node
from polygraft.symbolic.places import parent_of, path_of
from polygraft.symbolic.rebinding import rebind
from polygraft.symbolic.wrapping import realize as realize_node

T = TypeVar("T")


@overload
def patch(
    value: T,
    rule: Rule,
    *,
    realize: bool = False,
    keep_weights: bool = False,
    inner: bool = False,
    dry_run: Literal[False] = False,
) -> T: ...
@overload
def patch(
    value: Any,
    rule: Rule,
    *,
    realize: bool = False,
    keep_weights: bool = False,
    inner: bool = False,
    dry_run: Literal[True],
) -> Edits: ...
@overload
def patch(
    value: Any,
    rule: Rule,
    *,
    realize: bool = False,
    keep_weights: bool = False,
    inner: bool = False,
    dry_run: bool,
) -> Any: ...
def patch(
    value: Any,
    rule: Rule,
    *,
    realize: bool = False,
    keep_weights: bool = False,
    inner: bool = False,
    dry_run: bool = False,
) -> Any:
    """Changes a program by rules, in place; all of them, or none if anything raises.

    Rules are applied from left to right, each seeing what the ones before it did; then the validators of the
    patchers run. Wrapped classes that are called inside rules record their arguments and construct at first use.

    Args:
        value: A program. To keep it, patch a clone.
        rule: A dict of path → value; a function `(path, value)` or `(path, value, parent)`, called for every
            place of the program, that returns the new value or the old one; a patcher, or its URI, as in
            `'change_lr?0.003'`; edits (`pg.edits`) or a difference (`pg.diff`); or a list of those. `{'': new}`
            replaces the whole program.
        realize: Whether wrapped objects are constructed as part of the call: if that fails, nothing has changed.
        keep_weights: Whether the parts of a trained model that the rules do not touch keep what they have learned,
            where the framework's adapter can carry it over.
        inner: Whether rules also visit what constructors of wrapped classes have made, such as the layers that a
            module makes in its `__init__`; their paths have a key with `@`, as in `'model.@conv1.out_channels'`.
        dry_run: Whether to return the edits that the rules would make, as `pg.Edits`, in place of making them. The
            program is left alone, and its hooks do not run; applied, the edits give what the rules would have given.
            Several rules, which see each other's results, are tried on a copy.

    Returns:
        `value`, or what replaced it; with `dry_run`, the edits.

    Raises:
        TypeError: A rule is none of these (nothing has been applied then), or a value is not of its field's type.
        KeyError: A path does not exist; a patcher is not registered.
        ValueError: A value is not acceptable for its field.
        Exception: What a rule raised, with a note that names the rule and the path.

    Example:
        >>> import polygraft as pg
        >>> pg.patch(pg.Dict(lr=1.0, units=8), [{"lr": 0.5}, lambda k, v: v * 2 if v == 8 else v])
        {lr=0.5, units=16}
        >>> pg.patch(pg.Dict(lr=1.0, units=8), lambda k, v: v * 2 if v == 8 else v, dry_run=True)
        Edits(units=16)

    See Also:
        `pg.patcher`, `pg.rebind`, `pg.edits`.
    """
    if keep_weights or inner:
        with scope(keep_weights=keep_weights, inner=inner):
            return patch(value, rule, realize=realize, dry_run=dry_run)
    if dry_run:
        if realize:
            raise ValueError("A dry run constructs nothing: give either `dry_run` or `realize`.")
        return _edits_of(value, rule)
    if rule.__class__ in _PLAIN_RULES and not realize:
        return _apply(value, rule)  # one edit is a transaction of its own
    return _apply_all(value, _resolve_all(rule), realize)


def _resolve_all(rule: Any) -> list[Any]:
    given = cast("Sequence[Any]", rule) if isinstance(rule, (list, tuple)) else (rule,)
    return [_resolve(r) for r in given]


def _apply_all(value: Any, rules: list[Any], realize: bool = False) -> Any:
    """Applies rules in order, then their validators: one transaction."""
    result = value
    validators: list[Callable[[Any], Any]] = []
    with transaction():
        for r in rules:
            if isinstance(r, BoundRule):
                made, validator = _made_by(r, result)
                result = patch(result, made)
                if validator is not None:
                    validators.append(partial(_validate, r, validator))
            elif isinstance(r, Patcher):
                result = r.patch(result)
                validators.append(r.validate)
            else:
                result = _apply(result, r)
        for validate in validators:
            validate(result)
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
        return rule_of_uri(rule)
    if isinstance(rule, Diff):
        return of_diff(rule)
    if isinstance(rule, (Patcher, Mapping, Edits)) or (
        callable(rule) and not isinstance(rule, type)
    ):
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
    """Applies a dict, a function or edits."""
    if isinstance(rule, Edits):
        return apply_edits(value, rule)
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
    refuse_leaf(value)
    return rebind(value, cast("Any", rule), raise_on_no_change=False)


def _edits_of(value: Any, rule: Any) -> Edits:
    """What rules would do to `value`."""
    rules = _resolve_all(rule)
    while len(rules) == 1 and isinstance(rules[0], _NAMED):
        made, validator = _made_by(rules[0], value)
        if validator is not None:
            break
        rules = _resolve_all(made)
    if len(rules) == 1 and is_node(value) and not isinstance(rules[0], (*_NAMED, Edits)):
        found = edits_of_rule(value, rules[0])
        if found is not None:
            return found
    return edits_by_trying(value, lambda copy: _try_all(copy, rules))


def _try_all(copy: Any, rules: list[Any]) -> Any:
    """Like `_apply_all`, on a copy of a program: what the rules bring is copied, so that no link leads to the copy."""
    result = copy
    validators: list[Callable[[Any], Any]] = []
    for r in rules:
        if isinstance(r, _NAMED):
            made, validator = _made_by(r, result)
            result = _try_all(result, _resolve_all(made))
            if validator is not None:
                validators.append(partial(_validate, r, validator))
        else:
            result = _apply(result, with_copies(r))
    for validate in validators:
        validate(result)
    return result


# -- patchers --------------------------------------------------------------------------------------
def _made_by(named: Patcher | BoundRule, value: Any) -> tuple[Any, Callable[[Any], Any] | None]:
    """The rule that a patcher's function returns for `value`, and the validator that comes with it, or None."""
    if not is_node(value):
        raise TypeError(
            f"The 1st argument of {_name_of(named)!r} must be a symbolic type. Encountered: {value!r}."
        )
    try:
        # Of what runs here only the function is a rule: hooks and validators construct as usual.
        with deferring():
            rule: Any = (
                named(value) if isinstance(named, BoundRule) else named(value, override_args=True)
            )
    except Exception as e:
        e.add_note(f"Raised by patcher {_name_of(named)!r}. (path={path_of(value)})")
        raise
    if not (isinstance(rule, tuple) and len(cast("tuple[Any, ...]", rule)) == 2):
        return cast("Any", rule), None
    rule, validator = cast("tuple[Any, Any]", rule)
    if not callable(validator):
        raise TypeError(
            f"The validator returned from patcher {_name_of(named)!r} is not callable. "
            f"Encountered: {validator!r}."
        )
    return rule, validator


def _validate(named: Patcher | BoundRule, validator: Callable[[Any], Any], value: Any) -> None:
    try:
        validator(value)
    except Exception as e:
        e.add_note(
            f"Raised by the validator of patcher {_name_of(named)!r}. (path={path_of(value)})"
        )
        raise


def _name_of(named: Patcher | BoundRule) -> str:
    return named.name if isinstance(named, BoundRule) else type(named).__name__


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
        with transaction():
            rule, validator = _made_by(self, value)
            object.__setattr__(self, "_validator", validator)
            return patch(value, rule)

    def validate(self, value: Any) -> None:
        """Runs the validator that came with the rule of the last `patch`, if one did."""
        validator = self.__dict__.get("_validator")
        if validator is not None:
            _validate(self, validator, value)


_NAMED = (Patcher, BoundRule)

#: What `pg.patch` takes, and functions of patchers return.
Rule: TypeAlias = (
    Mapping[Any, Any] | PlaceFunction | Patcher | Edits | Diff | str | Sequence["Rule"]
)
