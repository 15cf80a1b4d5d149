"""Constraints of programs: combinations of decisions that a search must not propose.

They are told in the values of the program: what a choice stands for, not its index; `geno/constraints.py` is where
they are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from polygraft.geno import Constraint
from polygraft.geno.constraints import MAX_TRIES
from polygraft.hyper.base import Where
from polygraft.hyper.dynamic import DynamicEvaluationContext
from polygraft.hyper.template import ObjectTemplate, template
from polygraft.symbolic.compare import eq


def constraint(*keys_and_fn: Any, label: str | None = None) -> Any:
    """A condition on decisions of a space, for `pg.constrained`.

    Args:
        *keys_and_fn: Names or ids of decisions, then a function that returns whether their values are allowed together.
            Without the function, the result is a decorator. A choice is given by what it stands for, a `manyof` (and
            all else under a shared name) by a list, a decision that is not active by None.
        label: Name for messages; by default the function's.

    Raises:
        ValueError: No decision is named.

    Example:
        >>> import polygraft as pg
        >>> space = pg.Dict(a=pg.oneof(["x", "y"], name="a"), b=pg.intv(1, 3))
        >>> small = pg.constraint("a", "b", lambda a, b: a != "x" or b < 2)
        >>> list(pg.iter(pg.constrained(space, small)))
        [{a='x', b=1}, {a='y', b=1}, {a='y', b=2}, {a='y', b=3}]
    """
    if keys_and_fn and callable(keys_and_fn[-1]):
        return Constraint([str(key) for key in keys_and_fn[:-1]], keys_and_fn[-1], label)
    keys = [str(key) for key in keys_and_fn]

    def decorate(fn: Callable[..., Any]) -> Constraint:
        return Constraint(keys, fn, label)

    return decorate


class _Forbidden:
    """Refuses one combination of values."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values

    def __call__(self, *values: Any) -> bool:
        return not all(map(eq, self.values, values))


def forbid(values: Mapping[str, Any] | None = None, /, **named: Any) -> Constraint:
    """A constraint that excludes one combination of values.

    Args:
        values: Values by name or id.
        **named: More of them, by name.

    Example:
        >>> import polygraft as pg
        >>> space = pg.Dict(a=pg.oneof("xy", name="a"), b=pg.oneof([1, 2], name="b"))
        >>> list(pg.iter(pg.constrained(space, pg.forbid(a="x", b=2))))
        [{a='x', b=1}, {a='y', b=1}, {a='y', b=2}]
    """
    wanted = {**(values or {}), **named}
    shown = ", ".join(f"{key}={value!r}" for key, value in wanted.items())
    return Constraint(list(wanted), _Forbidden(list(wanted.values())), f"forbid({shown})")


def constrained(
    space: Any,
    *constraints: Constraint | Callable[[Any], Any],
    where: Where | None = None,
    max_tries: int = MAX_TRIES,
) -> ObjectTemplate:
    """Returns a space without the programs that break a constraint, for `pg.sample`, `pg.iter`, `pg.dna_spec`…

    Every generator keeps to the constraints, custom operations of evolutions included. Random draws are repeated until
    one is allowed, so that the allowed programs stay as likely, relative to each other, as they were; sweeping jumps
    over whatever begins with a combination that is forbidden. The size of such a space is not known: `space_size` is
    -1, `max_space_size` the size without the constraints.

    Args:
        space: A program with placeholders.
        *constraints: `pg.constraint(...)`, `pg.forbid(...)`, or functions of the whole program that return whether it
            is allowed. Those over named decisions are the faster ones: programs need not be made to check them.
        where: Which placeholders take part.
        max_tries: How often a random draw is repeated.

    Raises:
        ValueError: A constraint names a decision that does not exist.

    Example:
        >>> import polygraft as pg
        >>> space = pg.constrained(
        ...     pg.Dict(x=pg.intv(1, 9), y=pg.intv(1, 9)), lambda p: p.x * p.y == 12
        ... )
        >>> [(p.x, p.y) for p in pg.iter(space)]
        [(2, 6), (3, 4), (4, 3), (6, 2)]
    """
    if isinstance(space, DynamicEvaluationContext):
        raise TypeError(
            "The constraints of define-by-run are an argument of the context: `pg.hyper.trace(fun, constraints=[...])`."
        )
    base = template(space, where)
    t = ObjectTemplate(
        base.value,
        True,
        base.where,
        [*base.constraints, *map(as_constraint, constraints)],
        max_tries,
    )
    t.dna_spec()  # Whoever names a decision that does not exist hears of it here.
    return t


def as_constraint(value: Any) -> Constraint:
    """Returns a constraint, or a function of the whole program as one."""
    return value if isinstance(value, Constraint) else Constraint(None, value)
