"""`DNAGenerator`: the protocol of search algorithms, and its shortest form, a decorated Python
generator.

Call order: `setup(spec)`, then any number of `propose()` and `feedback(dna, reward)`;
    `recover(history)` after `setup` continues an earlier run. A generator is a function of (spec,
    seed, history): the same three give the same proposals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from polygraft.formatting import Formattable
from polygraft.geno.dna import DNA
from polygraft.geno.text import object_text, value_text
from polygraft.serialization.convertible import register_json_type

if TYPE_CHECKING:
    from polygraft.geno.spec import DNASpec

Reward = float | tuple[float, ...]
History = Iterable[tuple[DNA, Reward | None]]


class DNAGenerator:
    """Base of all generators.

    Override `_propose` and, as needed, `_setup`, `_feedback`, `_replay` and `multi_objective`. No
    `__init__` is required, so that the class mixes with any other base.

    Example:
        >>> class First(DNAGenerator):
        ...     def _propose(self):
        ...         return self.dna_spec.first_dna()
        >>> generator = First()
        >>> generator.setup(floatv(0.0, 1.0))
        >>> generator.propose()
        DNA(0.0)
    """

    _dna_spec: DNASpec | None = None
    _num_proposals: int
    _num_feedbacks: int

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if _has_no_fields(cls) and "<locals>" not in cls.__qualname__:
            register_json_type(f"{cls.__module__}.{cls.__qualname__}", cls)

    def __eq__(self, other: object) -> bool:
        return self is other or (_has_no_fields(type(self)) and type(self) is type(other))

    def __hash__(self) -> int:
        return hash(type(self)) if _has_no_fields(type(self)) else object.__hash__(self)

    def to_json(self, **kwargs: Any) -> dict[str, Any]:
        """Returns the JSON object of a generator without fields, as one that does not define its `__init__` is."""
        return {}

    @classmethod
    def from_json(cls, json_value: Mapping[str, Any], **kwargs: Any) -> Any:
        """Makes a generator from its JSON object."""
        return cls()

    def setup(self, dna_spec: DNASpec) -> None:
        """Begins a search in a space; may be called again for a fresh start."""
        self._dna_spec = dna_spec
        self._num_proposals = 0
        self._num_feedbacks = 0
        self._setup()

    def _setup(self) -> None:
        """Prepares the state; `self.dna_spec` is known."""

    def use_seed(self, seed: Any) -> None:
        """Says which seed to use from the next set-up on, if the generator has none of its own; called by an algorithm
        that this one is a part of.
        """

    @property
    def dna_spec(self) -> Any:
        """The spec of the space, or None before `setup`."""
        return self._dna_spec

    @property
    def multi_objective(self) -> bool:
        """Whether rewards are tuples."""
        return False

    @property
    def needs_feedback(self) -> bool:
        """Whether rewards make a difference."""
        return type(self)._feedback is not DNAGenerator._feedback

    @property
    def num_proposals(self) -> int:
        """Number of proposals since `setup`, recovered ones included."""
        return self._num_proposals

    @property
    def num_feedbacks(self) -> int:
        """Number of rewards since `setup`, recovered ones included."""
        return self._num_feedbacks

    def propose(self) -> DNA:
        """Returns the next genotype.

        Raises:
            StopIteration: There are no more.
        """
        dna = self._propose()
        self._num_proposals += 1
        return dna

    def _propose(self) -> DNA:
        """Makes the next genotype; raises `StopIteration` to end."""
        raise NotImplementedError(f"`_propose` is not implemented on {type(self).__name__!r}.")

    def feedback(self, dna: DNA, reward: Any) -> None:
        """Reports the reward of a proposal.

        Args:
            dna: The proposal.
            reward: A float, or a tuple of floats for several objectives.

        Raises:
            ValueError: Several objectives for an algorithm with one.
        """
        if self.needs_feedback:
            if self.multi_objective:
                if isinstance(reward, float):
                    reward = (reward,)
            elif isinstance(reward, tuple):
                rewards = cast(tuple[float, ...], reward)
                if len(rewards) != 1:
                    raise ValueError(
                        f"{self!r} is single objective, but the reward {rewards!r} contains multiple objectives."
                    )
                reward = rewards[0]
            self._feedback(dna, reward)
        self._num_feedbacks += 1

    def _feedback(self, dna: DNA, reward: Any) -> None:
        """Learns from a reward."""

    def recover(self, history: History) -> None:
        """Continues an earlier run.

        Args:
            history: The proposals of that run in order, each with its reward or None.
        """
        for i, (dna, reward) in enumerate(history):
            self._replay(i, dna, reward)
            self._num_proposals += 1
            if reward is not None:
                self._num_feedbacks += 1

    def _replay(self, trial_id: int, dna: DNA, reward: Any) -> None:
        """Repeats one item of a history."""
        if reward is not None:
            self._feedback(dna, reward)

    def __iter__(self) -> Iterator[Any]:
        """Yields genotypes or, where rewards are needed, pairs of a genotype and a function to
        report its reward with.
        """
        while True:
            try:
                dna = self.propose()
            except StopIteration:
                return
            yield (dna, self._feedback_for(dna)) if self.needs_feedback else dna

    def _feedback_for(self, dna: DNA) -> Callable[[Any], None]:
        def report(reward: Any) -> None:
            self.feedback(dna, reward)

        return report


def _has_no_fields(cls: type) -> bool:
    """Whether the instances of a class are all the same until they are set up."""
    return cls.__init__ is object.__init__


class GeneratorValue(DNAGenerator, Formattable):
    """Base of the built-in generators: values with named fields that print, compare and are written
    to JSON.
    """

    FIELDS: ClassVar[tuple[str, ...]] = ()
    TYPE_KEYS: ClassVar[tuple[str, ...]] = ()
    """Names of the type in JSON; the first is written, all are read."""
    __str_format_kwargs__: dict[str, Any] = {"compact": False, "verbose": False}
    __repr_format_kwargs__: dict[str, Any] = {"compact": True}

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns the object form."""
        fields = [(name, value, "") for name, value in self._init_args().items()]
        if compact:
            return f"{type(self).__name__}({', '.join(f'{k}={value_text(v, True)}' for k, v, _ in fields)})"
        return object_text(type(self).__name__, fields, False, False, root_indent)

    def _init_args(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.FIELDS}

    def sym_eq(self, other: Any) -> bool:
        """Whether the other generator has the same type and fields."""
        if type(self) is not type(other):
            return False
        mine, theirs = self._init_args(), other._init_args()
        return mine.keys() == theirs.keys() and all(_same(v, theirs[k]) for k, v in mine.items())

    def sym_ne(self, other: Any) -> bool:
        """The contrary of `sym_eq`."""
        return not self.sym_eq(other)

    def __eq__(self, other: object) -> bool:
        return self.sym_eq(other)

    def __hash__(self) -> int:
        return self.sym_hash()

    def sym_hash(self) -> int:
        """Returns a hash that agrees with `sym_eq`."""
        return hash(
            (
                type(self),
                *(
                    v.sym_hash() if isinstance(v, GeneratorValue) else hash(v)
                    for v in self._init_args().values()
                ),
            )
        )

    def clone(
        self, deep: bool = False, memo: Any = None, override: Mapping[str, Any] | None = None
    ) -> Any:
        """Returns a generator with the same fields that has not been set up."""
        del deep, memo
        args = {
            k: v.clone() if isinstance(v, GeneratorValue) else v
            for k, v in self._init_args().items()
        }
        return type(self)(**{**args, **(override or {})})

    def to_json(self, **kwargs: Any) -> dict[str, Any]:
        """Returns the JSON object of the fields."""
        json: dict[str, Any] = {
            "_type": self.TYPE_KEYS[0] if self.TYPE_KEYS else type(self).__qualname__
        }
        for name, value in self._init_args().items():
            json[name] = value.to_json(**kwargs) if isinstance(value, GeneratorValue) else value
        return json

    @classmethod
    def from_json(cls, json_value: Mapping[str, Any], **kwargs: Any) -> Any:
        """Makes a generator from its JSON object."""
        del kwargs
        return cls(**{k: generator_from_json(v) for k, v in json_value.items() if k != "_type"})


def _same(a: Any, b: Any) -> bool:
    return a.sym_eq(b) if isinstance(a, GeneratorValue) else bool(a == b)


_classes: dict[str, type[GeneratorValue]] = {}


def register_generator(cls: type[GeneratorValue]) -> None:
    """Makes a class known under its type keys, for the JSON of generators in generators."""
    for key in cls.TYPE_KEYS:
        _classes[key] = cls


def generator_from_json(value: Any) -> Any:
    """Returns a value in which the JSON object of a built-in generator is made into the generator."""
    if isinstance(value, Mapping):
        cls = _classes.get(cast(Mapping[str, Any], value).get("_type", ""))
        if cls is not None:
            return cls.from_json(cast(Mapping[str, Any], value))
    return cast(Any, value)


def dna_generator(fn: Callable[[Any], Iterator[DNA]]) -> type[DNAGenerator]:
    """Returns a generator class made of a function from a spec to an iterator of genotypes.

    Example:
        >>> @dna_generator
        ... def first_three(dna_spec):
        ...     yield from itertools.islice(dna_spec.iter_dna(), 3)
        >>> generator = first_three()
    """

    class SimpleDNAGenerator(GeneratorValue):
        """Runs one function over the space."""

        def _setup(self) -> None:
            self._error: Exception | None = None
            self._iterator = iter(fn(self.dna_spec))

        def _propose(self) -> DNA:
            if self._error is not None:
                raise ValueError(f"Error happened earlier: {self._error}") from self._error
            try:
                return next(self._iterator)
            except StopIteration:
                raise
            except Exception as error:
                self._error = error
                raise

        def _replay(self, trial_id: int, dna: DNA, reward: Any) -> None:
            next(self._iterator, None)  # Goes on after what was yielded before.

        @classmethod
        def partial(cls, *args: Any, **kwargs: Any) -> DNAGenerator:
            """Returns an instance; there are no fields."""
            return cls(*args, **kwargs)

    SimpleDNAGenerator.__module__ = fn.__module__
    SimpleDNAGenerator.__doc__ = fn.__doc__ or SimpleDNAGenerator.__doc__
    return SimpleDNAGenerator
