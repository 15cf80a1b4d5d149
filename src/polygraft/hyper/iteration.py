"""The simple loops over a space, in this process and without trials; and single programs from given decisions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar, overload

from polygraft.geno import DNA, DNAGenerator, DNASpec, Random, Sweeping
from polygraft.hyper.base import Where
from polygraft.hyper.dynamic import DynamicEvaluationContext
from polygraft.hyper.template import ObjectTemplate, template

T = TypeVar("T")

_set_up_lock = threading.Lock()


class Report:
    """Reports the reward of one example to the algorithm that proposed it.

    Attributes:
        dna: The genotype of the example.
    """

    __slots__ = ("_algorithm", "dna")

    def __init__(self, algorithm: DNAGenerator, dna: DNA):
        self._algorithm = algorithm
        self.dna = dna

    def __call__(self, reward: Any) -> None:
        self._algorithm.feedback(self.dna, reward)


def set_up(algorithm: Any, spec: DNASpec) -> None:
    """Sets an algorithm or policy up for a space, unless it is already; it then goes on where it was.

    Raises:
        ValueError: It has been set up for another space.
    """
    with _set_up_lock:  # Several threads may begin their loops with one algorithm.
        old = algorithm.dna_spec
        if old is None:
            algorithm.setup(spec)
            return
    if old is not spec and old.sym_ne(spec):
        raise ValueError(
            f"{algorithm!r} has been set up with a different DNASpec. Existing: {old!r}, New: {spec!r}."
        )


def searched(
    value: Any, where: Where | None, argument: str = "hyper_value"
) -> tuple[DNASpec, Callable[[DNA], Any]]:
    """The spec of a program or a context that must have something to decide, and what turns genotypes into examples.

    Raises:
        ValueError: It has not.
    """
    if isinstance(value, DynamicEvaluationContext):
        if where is not None:
            raise ValueError(
                "`where` is an argument of the context: `pg.hyper.trace(fun, where=...)`."
            )
        spec: Any = value.dna_spec
        if spec.is_space and spec.is_constant:
            raise ValueError(f"'{argument}' is a constant value: {value!r}.")
        return spec, lambda dna: partial(value.apply, dna)
    t = search_template(value, where, argument)
    return t.dna_spec(), t.decode


def search_template(
    value: Any, where: Where | None, argument: str = "hyper_value"
) -> ObjectTemplate:
    """The template of a value that must have something to decide.

    Raises:
        ValueError: It has not.
    """
    t = value if isinstance(value, ObjectTemplate) and where is None else template(value, where)
    if t.is_constant:
        raise ValueError(f"'{argument}' is a constant value: {value!r}.")
    return t


@overload
def iterate(
    hyper_value: ObjectTemplate,
    num_examples: int | None = None,
    algorithm: DNAGenerator | None = None,
    where: Where | None = None,
    force_feedback: bool = False,
) -> Iterator[Any]: ...
@overload
def iterate(
    hyper_value: T,
    num_examples: int | None = None,
    algorithm: None = None,
    where: Where | None = None,
) -> Iterator[T]: ...
@overload
def iterate(
    hyper_value: Any,
    num_examples: int | None = None,
    algorithm: DNAGenerator | None = None,
    where: Where | None = None,
    force_feedback: bool = False,
) -> Iterator[Any]: ...
def iterate(
    hyper_value: Any,
    num_examples: int | None = None,
    algorithm: DNAGenerator | None = None,
    where: Where | None = None,
    force_feedback: bool = False,
) -> Iterator[Any]:
    """Yields the programs of a space (`pg.iter`).

    Args:
        hyper_value: A program with placeholders. With a `DynamicEvaluationContext`, examples are functions without
            arguments that give the scope in which the code runs with its decisions: `with example(): program()`.
        num_examples: How many to yield; None for all that the algorithm proposes.
        algorithm: Proposes them; `pg.geno.Sweeping()` for None. One that has been set up goes on where it was.
        where: Which placeholders take part.
        force_feedback: Whether to yield pairs also for algorithms that learn nothing.

    Yields:
        Programs; or (program, report) pairs for algorithms that learn: `report(reward)`.

    Raises:
        ValueError: There is nothing to decide, or the algorithm was set up for another space.

    Example:
        >>> import polygraft as pg
        >>> list(pg.iter(pg.Dict(x=pg.oneof([1, 2]), y=pg.oneof("ab")), 3))
        [{x=1, y='a'}, {x=1, y='b'}, {x=2, y='a'}]
    """
    spec, decode = searched(hyper_value, where)
    algorithm = Sweeping() if algorithm is None else algorithm
    set_up(algorithm, spec)
    with_report = force_feedback or algorithm.needs_feedback
    count = 0
    while num_examples is None or count < num_examples:
        try:
            dna = algorithm.propose()
        except StopIteration:
            return
        count += 1
        example = decode(dna)
        yield (example, Report(algorithm, dna)) if with_report else example


@overload
def random_sample(
    value: ObjectTemplate,
    num_examples: int | None = None,
    where: Where | None = None,
    seed: int | None = None,
) -> Iterator[Any]: ...
@overload
def random_sample(
    value: T, num_examples: int | None = None, where: Where | None = None, seed: int | None = None
) -> Iterator[T]: ...
def random_sample(
    value: Any, num_examples: int | None = None, where: Where | None = None, seed: int | None = None
) -> Iterator[Any]:
    """Yields random programs of a space; without end if `num_examples` is None.

    Example:
        >>> import polygraft as pg
        >>> list(pg.random_sample(pg.oneof([0, 1]), 3, seed=123))
        [0, 1, 0]
    """
    return iterate(value, num_examples, Random(seed), where=where)


def materialize(
    value: T,
    parameters: DNA | Mapping[Any, Any],
    use_literal_values: bool = True,
    where: Where | None = None,
) -> T:
    """Returns the program with given decisions.

    Args:
        value: A program with placeholders.
        parameters: A genotype, or decisions by id or name: indices of candidates, `'1/2'`, literals, floats.
        use_literal_values: Has no effect.
        where: Which placeholders take part.

    Raises:
        TypeError: `parameters` is neither.
        ValueError: A decision is missing, or not possible.

    Example:
        >>> import polygraft as pg
        >>> pg.materialize(pg.Dict(a=pg.manyof(2, [1, 2, 3], name="q")), {"q": [0, 2]})
        {a=[0: 1, 1: 3]}
    """
    del use_literal_values
    t = template(value, where)
    dna: Any = parameters
    if isinstance(parameters, Mapping):
        dna = DNA.from_dict(parameters, t.dna_spec())
    if not isinstance(dna, DNA):
        raise TypeError(
            f"'parameters' must be a DNA or a dict of string to DNA values. Encountered: {parameters!r}."
        )
    return t.decode(dna)
