"""What the parts of algorithms share: where their random numbers come from, and their names in files.

A part with a `seed` owns a generator made of it. One without draws from the global `random` module as long as it is
used by itself; an algorithm that it is a part of gives it, at set-up, a seed derived from the algorithm's own
(`seed_parts`), so that every search can be repeated.
"""

from __future__ import annotations

import random
from types import ModuleType
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.symbolic import Object, query

#: The field of all parts that draw.
SEED_FIELD = (
    "seed",
    pg_typing.Int().noneable(),
    "Seed of the draws; None to be seeded by the algorithm that this is a part of, or else by the `random` module.",
)


class Drawing(Object):
    """Mixin of nodes with a field `seed`: keeps their generator in `_random`, new after each change.

    The field is declared by the subclasses (`SEED_FIELD`), each in its own order.
    """

    _random: ClassVar[Any]  # Of one object.

    def _on_bound(self) -> None:
        super()._on_bound()
        self.restart(None)

    def restart(self, derived: Any) -> None:
        """Begins the sequence of draws anew.

        Args:
            derived: Seed for a part that has none of its own; None for the global `random` module.
        """
        seed = getattr(self, "seed", None)
        if seed is None:
            seed = derived
        object.__setattr__(self, "_random", random if seed is None else random.Random(seed))


def seed_parts(algorithm: Any, seed: int) -> None:
    """Begins the draws of all parts of an algorithm anew; those without a seed get one that follows from `seed` and
    their place.

    Example:
        >>> from polygraft.scalars.randoms import Uniform
        >>> noise = Uniform() + Uniform(seed=1)
        >>> seed_parts(noise, 7)
        >>> a = noise(0)
        >>> seed_parts(noise, 7)
        >>> a == noise(0)
        True
    """
    for path, part in query(algorithm, where=_draws, enter_selected=True).items():
        part.restart(f"{seed}/{path}")


def _draws(value: Any) -> bool:
    return isinstance(value, Drawing)


def register_names(
    module: ModuleType, package: str, peer: str, peer_module: str | None = None
) -> None:
    """Gives the node classes of a module their names in files: that of the public package, and PyGlove's.

    Args:
        module: The module.
        package: The package under which users know the classes.
        peer: The package of PyGlove that has them.
        peer_module: The module there; by default one of the same name.
    """
    peer = f"{peer}.{peer_module or module.__name__.rpartition('.')[2]}"
    for name, cls in vars(module).items():
        if isinstance(cls, type) and issubclass(cls, Object) and cls.__module__ == module.__name__:
            cls.register_for_deserialization(f"{package}.{name}", [f"{peer}.{name}"])
