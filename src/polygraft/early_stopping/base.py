"""Policies that combine others: `a & b`, `a | b`, `~a`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from polygraft import typing as pg_typing
from polygraft.early_stopping.policy import EarlyStoppingPolicy
from polygraft.geno import DNASpec
from polygraft.symbolic import members


class EarlyStopingPolicyBase(EarlyStoppingPolicy):
    """Base of policies with operators. (The name is spelled as programs that use it spell it.)

    Example:
        >>> import polygraft as pg
        >>> by_value = pg.early_stopping.early_stop_by_value([(1, 0.5)])()
        >>> by_rank = pg.early_stopping.early_stop_by_rank([(1, 0.5, 2)])()
        >>> type(by_value & ~by_rank).__name__
        'And'
    """

    def __and__(self, other: EarlyStoppingPolicy) -> And:
        return _composed(And, self, other)

    def __rand__(self, other: EarlyStoppingPolicy) -> And:
        return _composed(And, other, self)

    def __or__(self, other: EarlyStoppingPolicy) -> Or:
        return _composed(Or, self, other)

    def __ror__(self, other: EarlyStoppingPolicy) -> Or:
        return _composed(Or, other, self)

    def __neg__(self) -> Not:
        return _composed(Not, self)

    def __invert__(self) -> Not:
        return _composed(Not, self)


def _composed(cls: Any, *children: EarlyStoppingPolicy) -> Any:
    """An instance of a composite: its list field is given one by one, which type checkers do not see."""
    return cls(*children)


@members(
    [("children", pg_typing.List(pg_typing.Object(EarlyStoppingPolicy)), "The policies.")],
    init_arg_list=["*children"],
)
class _Composite(EarlyStopingPolicyBase):
    """Base of policies on policies, which share set-up and history."""

    children: Any

    def setup(self, dna_spec: DNASpec) -> None:
        """Begins a search in a space, for the children too."""
        super().setup(dna_spec)
        for child in self.children:
            child.setup(dna_spec)

    def recover(self, history: Iterable[Any]) -> None:
        """Continues an earlier run in each child."""
        trials = list(history)
        for child in self.children:
            child.recover(trials)


class And(_Composite):
    """`a & b`: stops what all of them stop. They are asked from the left, until one says no."""

    def should_stop_early(self, trial: Any) -> bool:
        return all(child.should_stop_early(trial) for child in self.children)


class Or(_Composite):
    """`a | b`: stops what any of them stops. They are asked from the left, until one says yes."""

    def should_stop_early(self, trial: Any) -> bool:
        return any(child.should_stop_early(trial) for child in self.children)


class Not(_Composite):
    """`~a`: stops what `a` does not."""

    def _on_bound(self) -> None:
        super()._on_bound()
        assert len(self.children) == 1, (
            f"`Not` takes exactly one policy. Encountered: {len(self.children)}."
        )

    def should_stop_early(self, trial: Any) -> bool:
        return not self.children[0].should_stop_early(trial)
