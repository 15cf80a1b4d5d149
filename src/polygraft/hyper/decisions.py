"""The decisions of a run in define-by-run: consumed in the order of the calls, or found by name.

What a name was decided to be is kept: asking again gives the same value. A branch that is taken by several slots of one
choice decides anew in each of them, so that what was decided in a slot is forgotten after it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

from polygraft.geno import DNA, DNASpec

_UNDEFINED = (
    "is not defined during search space inspection (pg.hyper.DynamicEvaluationContext.collect()). Please make sure "
    "`collect` and `apply` are applied to the same function."
)


class Decisions(ABC):
    """What has been decided for one run."""

    def __init__(self) -> None:
        self._values: list[dict[str, Any]] = [{}]  # By name; the innermost slot last.

    def known(self, p: Any) -> tuple[bool, Any]:
        """Whether a placeholder's name has been asked for before, and its value."""
        if p.name is not None:
            for values in reversed(self._values):
                if p.name in values:
                    return True, values[p.name]
        return False, None

    def keep(self, p: Any, value: Any) -> None:
        """Keeps the value of a placeholder, if it has a name."""
        if p.name is not None:
            self._values[-1][p.name] = value

    @contextmanager
    def slot(self) -> Generator[None, None, None]:
        """A scope for one slot of a choice of several."""
        self._values.append({})
        try:
            yield
        finally:
            self._values.pop()

    @abstractmethod
    def take(self, p: Any, i: int = 0) -> Any:
        """Returns the next decision, for choice `i` of a placeholder.

        Raises:
            ValueError: There is none.
        """

    @abstractmethod
    def check_end(self) -> None:
        """Raises if decisions are left.

        Raises:
            ValueError: Some are.
        """


class _InOrder(Decisions):
    def __init__(self, numbers: Sequence[Any]) -> None:
        super().__init__()
        self._numbers = list(numbers)
        self._used = 0

    def take(self, p: Any, i: int = 0) -> Any:
        if self._used >= len(self._numbers):
            raise ValueError(f"No decision is provided for {p!r}.")
        self._used += 1
        return self._numbers[self._used - 1]

    def check_end(self) -> None:
        if self._used < len(self._numbers):
            raise ValueError(
                f"Found extra decision values that are not used: {self._numbers[self._used :]!r}"
            )


class _ByName(Decisions):
    def __init__(self, dna: DNA) -> None:
        super().__init__()
        self._left: dict[Any, list[Any]] = {}
        self._shown: dict[Any, Any] = dna.to_dict("name_or_id", multi_choice_key="parent")
        for name, value in self._shown.items():
            self._left[name] = list(value) if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownArgumentType]

    def take(self, p: Any, i: int = 0) -> Any:
        if p.name is None:
            raise ValueError(f"'name' must be specified for hyper primitive {p!r}.")
        if p.name not in self._left:
            raise ValueError(f"Hyper primitive {p!r} {_UNDEFINED}")
        if not self._left[p.name]:
            raise ValueError(f"No decision is provided for {p!r}.")
        return self._left[p.name].pop(0)

    def check_end(self) -> None:
        left = {name: self._shown[name] for name, values in self._left.items() if values}
        if left:
            raise ValueError(f"Found extra decision values that are not used. {left!r}")


def in_order(decisions: DNA | Sequence[Any]) -> Decisions:
    """Returns decisions that are consumed in the order of the calls."""
    return _InOrder(decisions.to_numbers() if isinstance(decisions, DNA) else decisions)


def by_name(decisions: DNA | Sequence[Any], spec: DNASpec) -> Decisions:
    """Returns decisions that are found by name.

    Raises:
        ValueError: They are not those of the space.
    """
    if not isinstance(decisions, DNA):
        return _ByName(DNA.from_numbers(decisions, spec))
    bound = decisions if decisions.fits(spec.plan) else decisions.clone()
    return _ByName(bound.use_spec(spec))
