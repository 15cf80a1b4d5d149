"""`Backend`: who owns studies and hands out trials; and the table of backends by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar, cast

from polygraft.geno import DNAGenerator, DNASpec
from polygraft.tuning.feedback import Feedback
from polygraft.tuning.result import Result

B = TypeVar("B", bound=type)
IN_MEMORY = "in-memory"


class Backend(ABC):
    """One worker's connection to a study.

    `pg.sample` calls `create` once and then `next` until that raises `StopIteration`.
    """

    #: Whether the backend sets up the algorithm and the policy, which may run elsewhere; else `pg.sample` does.
    sets_up: ClassVar[bool] = True

    @classmethod
    def create(
        cls,
        name: str | None,
        group: int | str | None,
        dna_spec: DNASpec,
        algorithm: DNAGenerator,
        metrics_to_optimize: Sequence[str],
        early_stopping_policy: Any = None,
        num_examples: int | None = None,
        **kwargs: Any,
    ) -> Backend:
        """Connects to a study, which is made if need be. By default all arguments go to `__init__`, by keyword."""
        return cast("Any", cls)(
            name=name,
            group=group,
            dna_spec=dna_spec,
            algorithm=algorithm,
            metrics_to_optimize=metrics_to_optimize,
            early_stopping_policy=early_stopping_policy,
            num_examples=num_examples,
            **kwargs,
        )

    @classmethod
    @abstractmethod
    def poll_result(cls, name: str, **kwargs: Any) -> Result:
        """Returns the result of a study."""

    @abstractmethod
    def next(self) -> Feedback:
        """Returns the next trial of this worker.

        Raises:
            StopIteration: There are no more.
        """


_backends: dict[str, type[Backend]] = {}
_default = [IN_MEMORY]


def add_backend(name: str) -> Callable[[B], B]:
    """Class decorator that makes a backend known under a name.

    Raises:
        TypeError: It is no `Backend`.
    """

    def register(cls: B) -> B:
        if not issubclass(cls, Backend):
            raise TypeError(f"{cls!r} is not a `pg.tuning.Backend` subclass.")
        _backends[name] = cls
        return cls

    return register


def available_backends() -> list[str]:
    """The names of all backends."""
    return list(_backends)


def default_backend() -> str:
    """The name of the backend that is used where none is named."""
    return _default[0]


def set_default_backend(name: str) -> None:
    """Sets the backend that is used where none is named.

    Raises:
        ValueError: There is none of that name.
    """
    backend_class(name)
    _default[0] = name


def backend_class(name: str | None) -> type[Backend]:
    """The backend of a name; the default one for None.

    Raises:
        ValueError: There is none.
    """
    cls = _backends.get(_default[0] if name is None else name)
    if cls is None:
        raise ValueError(f"Backend {name!r} does not exist.")
    return cls
