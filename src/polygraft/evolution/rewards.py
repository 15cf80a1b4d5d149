"""What an algorithm accepts as a reward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast


def check_reward(reward: Any, multi_objective: bool, objectives: int | None) -> int | None:
    """Checks a reward; returns the number of objectives.

    Args:
        reward: A number; for several objectives, a tuple or list of numbers.
        multi_objective: Whether there may be several.
        objectives: How many there were before, if known.

    Raises:
        TypeError: The reward is no number, or no sequence of numbers.
        ValueError: It is NaN, or there are more or fewer numbers than before.

    Example:
        >>> check_reward((0.5, 1.0), True, None)
        2
    """
    if not multi_objective:
        _check_number(reward)
        return None
    if not isinstance(reward, (tuple, list)):
        raise TypeError(
            f"A reward for several objectives must be a tuple of numbers. Encountered: {reward!r}."
        )
    numbers = cast("Sequence[Any]", reward)
    for number in numbers:
        _check_number(number)
    if objectives is not None and len(numbers) != objectives:
        raise ValueError(
            f"The reward {reward!r} has {len(numbers)} objectives, but earlier ones had {objectives}."
        )
    return len(numbers)


def _check_number(value: Any) -> None:
    if type(value) is not float:
        if isinstance(value, (str, bytes)) or not hasattr(value, "__float__"):
            raise TypeError(
                f"A reward must be a number. Encountered: {value!r}. If there is none, skip the trial instead."
            )
        value = float(value)
    if value != value:
        raise ValueError(
            "A reward must be a number, but it is NaN. If the evaluation failed, skip the trial instead."
        )
