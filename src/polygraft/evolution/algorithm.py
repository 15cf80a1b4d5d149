"""`Evolution`: a search algorithm made of operations.

Data flow: proposals come from an initial generator until enough of them have been rewarded, then from `reproduction`,
which maps the population (all rewarded proposals, in order of their rewards) to children; children are handed out one
by one. Each reward appends the genotype to the population, which `population_update` may then cut.

What an evolution proposes is a function of the space, the seed and the history. The seed given to it (or drawn, and
then kept as `effective_seed`) reaches every part that draws and has none of its own. `recover` replays a history: it
runs the reproductions again, so that all parts continue where they would have been. Reproduction sees the population
itself; genotypes that it edits in place are brought back afterwards (`Node.watch`), which costs nothing otherwise.
"""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar, cast

from polygraft import typing as pg_typing
from polygraft.errors import InfeasibleError
from polygraft.evolution import metadata as notes
from polygraft.evolution.calling import Runner, operation_spec, runner
from polygraft.evolution.feasible import is_allowed
from polygraft.evolution.operation import REQUIRED
from polygraft.evolution.rewards import check_reward
from polygraft.geno import DNA, Deduping, DNAGenerator, Random
from polygraft.geno.attribute_dict import AttributeDict
from polygraft.geno.generator import GeneratorValue, History
from polygraft.geno.node import Journal, undo
from polygraft.scalars.parts import seed_parts
from polygraft.symbolic import Object, members

_NO_CHILD = (
    "There is no child reproduced, which means that the population (with reward) is empty. This is likely due to that "
    "no evaluation is received from existing proposals at this point. Consider to specify the initial population size "
    "(through the second item of the `population_init` tuple) or reduce the number of parallel sampling clients."
)
#: How often the population reproduces until a child is allowed.
REPRODUCTIONS = 100
_set = object.__setattr__  # State of an algorithm is no field of it.


class NoChildError(ValueError):
    """Reproduction gave no children."""


class _Search:
    """The state of one search.

    Attributes:
        seed: The seed in use.
        initializer: Proposes the initial population.
        initial_size: How many rewards end the initial phase; None if the initializer does.
        initialized: Whether the initial phase is over.
        population: The rewarded genotypes that live.
        shared: What the operations share.
        queue: Children that have not been handed out.
        journal: Members of the population that an operation has edited.
        unrewarded: While a history is replayed: proposals by number.
        objectives: How many numbers a reward has, if known.
    """

    __slots__ = (
        "initial_size", "initialized", "initializer", "journal", "objectives", "population", "queue", "seed", "shared",
        "unrewarded",
    )  # fmt: skip

    def __init__(self, seed: Any, initializer: DNAGenerator, initial_size: int | None) -> None:
        self.seed = seed
        self.initializer = initializer
        self.initial_size = initial_size
        self.initialized = False
        self.population: list[DNA] = []
        self.shared = AttributeDict(num_generations=0)
        self.queue: deque[DNA] = deque()
        self.journal: Journal = {}
        self.unrewarded: dict[int, DNA] = {}
        self.objectives: int | None = None

    def end_initial_phase(self) -> None:
        """Begins the time of reproduction."""
        if not self.initialized:
            self.initialized = True
            self.shared["num_generations"] = 1


_GENERATOR = pg_typing.Object(DNAGenerator)


@members(
    [
        ("reproduction", operation_spec(), "From the population to children."),
        (
            "population_init",
            pg_typing.Union(
                [_GENERATOR, pg_typing.Tuple([_GENERATOR, pg_typing.Int()])], default=(Random(), 50)
            ),
            "A generator, or a pair of a generator and the number of rewards after which reproduction begins.",
        ),
        (
            "population_update",
            operation_spec().noneable(),
            "From the population, with the genotype rewarded last at its end, to the new population.",
        ),
        ("multi_objective", pg_typing.Bool(default=False), "Whether rewards are tuples."),
        ("seed", pg_typing.Int().noneable(), "Seed of all parts that have none of their own."),
    ],
    init_arg_list=["reproduction", "population_init", "population_update"],
)
class Evolution(Object, DNAGenerator):
    """A search algorithm made of operations.

    Args:
        reproduction: An operation from the population to children.
        population_init: A generator of the initial population; or a pair of it and the number of rewards after which
            reproduction begins. Without the number, it begins when the generator ends.
        population_update: An operation from the population, to which the last genotype has been appended, to the new
            population; None to keep all.
        multi_objective: Whether rewards are tuples.
        seed: Seed of all parts that have none of their own; None to draw one at set-up.

    Example:
        >>> import polygraft as pg
        >>> E = pg.evolution
        >>> algorithm = E.Evolution(
        ...     E.selectors.Random(10) >> E.selectors.Top(1) >> E.mutators.Uniform(),
        ...     population_init=(pg.geno.Random(), 20),
        ...     population_update=E.selectors.Last(20),
        ...     seed=1,
        ... )
        >>> space = pg.List([pg.oneof(range(10))] * 3)
        >>> best = 0
        >>> for example, feedback in pg.sample(space, algorithm, 200):
        ...     feedback(sum(example))
        ...     best = max(best, sum(example))
        >>> best
        27
    """

    reproduction: Callable[..., Any] = REQUIRED
    population_init: Any = None
    population_update: Callable[..., Any] | None = None
    multi_objective: bool = False  # pyright: ignore[reportIncompatibleMethodOverride]
    seed: int | None = None

    # Of one object; no part of the program.
    _lock: ClassVar[Any]
    _reproduction: ClassVar[Runner]
    _update: ClassVar[Runner | None]
    _search: ClassVar[Any] = None
    _given_seed: ClassVar[Any] = None

    def _on_bound(self) -> None:
        super()._on_bound()
        _set(self, "_lock", threading.RLock())
        _set(self, "_reproduction", runner(self.reproduction))
        update = self.population_update
        _set(self, "_update", None if update is None else runner(update))

    # -- state -----------------------------------------------------------------------------------
    @property
    def population(self) -> list[DNA]:
        """The population, live."""
        return self._search.population

    @property
    def global_state(self) -> AttributeDict:
        """What the operations share; `num_generations` among it."""
        return self._search.shared

    @property
    def num_generations(self) -> int:
        """How many generations there have been; 0 as long as the initial population is made."""
        return self._search.shared["num_generations"]

    @property
    def effective_seed(self) -> Any:
        """The seed in use; None before set-up if none was given."""
        return self.seed if self._search is None else self._search.seed

    @property
    def _population_initialized(self) -> bool:
        return self._search.initialized

    def use_seed(self, seed: Any) -> None:
        """Uses a seed in place of a drawn one."""
        _set(self, "_given_seed", seed)

    def _setup(self) -> None:
        seed = self._given_seed if self.seed is None else self.seed
        if seed is None:
            seed = random.getrandbits(63)
        seed_parts(self, seed)
        init: Any = self.population_init
        generator, size = cast("tuple[Any, Any]", init if isinstance(init, tuple) else (init, None))
        # A built-in generator is a value: several algorithms may have been given the same one.
        initializer: DNAGenerator = (
            generator.clone() if isinstance(generator, GeneratorValue) else generator
        )
        initializer.use_seed(f"{seed}/population_init")
        initializer.setup(self.dna_spec)
        _set(self, "_search", _Search(seed, initializer, size))

    # -- proposals -------------------------------------------------------------------------------
    def propose(self) -> DNA:
        """Returns the next genotype.

        Raises:
            ValueError: Reproduction gave no children.
        """
        with self._lock:
            return super().propose()

    def _propose(self) -> DNA:
        search: _Search = self._search
        if not search.queue:
            if not search.initialized:
                try:
                    dna = search.initializer.propose()
                except StopIteration:
                    search.end_initial_phase()
                else:
                    return self._noted(dna, self._num_proposals + 1, True)
            self._reproduce(search)
        return search.queue.popleft()

    def _reproduce(self, search: _Search) -> None:
        """Fills the queue."""
        search.journal.clear()
        try:
            children = self._children(search)
            seen: set[int] = set()
            noted: list[DNA] = []  # All of them, or none, join the queue.
            for i, child in enumerate(children):
                if notes.get_feedback_sequence_number(child) is not None or id(child) in seen:
                    child = child.clone(deep=True)
                seen.add(id(child))
                self._bind(child)
                noted.append(self._noted(child, self._num_proposals + 1 + i, False))
        finally:
            undo(search.journal)
        search.queue.extend(noted)
        search.shared["num_generations"] += 1

    def _children(self, search: _Search) -> list[DNA]:
        """Returns children that the constraints of the space allow; operations of users may not know of those."""
        for _ in range(REPRODUCTIONS):
            children: list[DNA] = self._reproduction(
                search.population, search.shared, self._num_proposals
            )
            if not children:
                raise NoChildError(_NO_CHILD)
            rule = self.dna_spec.plan.rule
            if rule is None:
                return children
            children = [child for child in children if self._is_allowed(child)]
            if children:
                return children
        raise InfeasibleError(
            f"Reproduction gave no child that the constraints of the space allow, in {REPRODUCTIONS} attempts: "
            f"{self.dna_spec.constraints!r}.",
            tries=REPRODUCTIONS,
        )

    def _is_allowed(self, dna: DNA) -> bool:
        try:
            return is_allowed(dna, self.dna_spec)
        except InfeasibleError:  # While it was bound.
            return False

    def _noted(self, dna: DNA, proposal_id: int, initial: bool) -> DNA:
        data = dna.metadata
        data[notes.DNA_METADATA_PROPOSAL_ID] = proposal_id
        data[notes.DNA_METADATA_GENERATION_ID] = self._search.shared["num_generations"] + 1
        data[notes.DNA_METADATA_INITIAL_POPULATION] = initial
        return dna

    def _bind(self, dna: DNA) -> None:
        """Sees to it that a genotype is a valid one of the space."""
        spec = self.dna_spec
        if not dna.fits(spec.plan):
            spec.validate(dna)
        dna.use_spec(spec)

    # -- rewards ---------------------------------------------------------------------------------
    def feedback(self, dna: DNA, reward: Any) -> None:
        """Reports the reward of a proposal.

        Raises:
            TypeError, ValueError: The reward is no number (or no tuple of as many numbers as before), or the proposal
                has been rewarded already.
        """
        with self._lock:
            super().feedback(dna, reward)

    def _feedback(self, dna: DNA, reward: Any) -> None:
        search: _Search = self._search
        objectives = check_reward(reward, self.multi_objective, search.objectives)
        number = notes.get_feedback_sequence_number(dna)
        if number is not None:
            raise ValueError(
                f"The reward of {dna!r} has been reported already. (feedback_sequence_number={number})"
            )
        notes.set_feedback_sequence_number(dna, self._num_feedbacks + 1)
        notes.set_fitness(dna, reward)
        phase = search.initialized, search.shared["num_generations"]
        try:
            self._learn(dna, reward)
        except BaseException:  # A part failed: as if the reward had not been reported.
            search.initialized, search.shared["num_generations"] = phase
            if search.population and search.population[-1] is dna:
                search.population.pop()
            dna.watch(None)
            del dna.metadata[notes.DNA_METADATA_FEEDBACK_SEQUENCE_NUMBER]
            del dna.metadata[notes.DNA_METADATA_FITNESS]
            raise
        search.objectives = objectives

    def _learn(self, dna: DNA, reward: Any) -> None:
        """Takes a rewarded genotype into the population."""
        search: _Search = self._search
        if notes.is_initial_population(dna):
            self._feed_initializer(dna, reward)
        if search.initial_size is not None and self._num_feedbacks + 1 >= search.initial_size:
            search.end_initial_phase()
        dna.watch(search.journal)
        search.population.append(dna)
        if self._update is not None:
            search.population = self._update(search.population, search.shared, self._num_feedbacks)

    def _feed_initializer(self, dna: DNA, reward: Any) -> None:
        """Reports a reward to the initializer, which may be an evolution too and note it for itself."""
        own = dna.metadata
        number = own.pop(notes.DNA_METADATA_FEEDBACK_SEQUENCE_NUMBER, None)
        fitness = own.pop(notes.DNA_METADATA_FITNESS, None)
        try:
            self._search.initializer.feedback(dna, reward)
        finally:
            notes.set_feedback_sequence_number(dna, number)
            notes.set_fitness(dna, fitness)

    # -- history ---------------------------------------------------------------------------------
    def recover(self, history: History) -> None:
        """Continues an earlier run.

        Args:
            history: Genotypes as they were proposed, metadata included, in order, each with its reward or None. A
                genotype may come twice, with None where it was proposed and with its reward where that was reported:
                then what follows is exactly what would have followed in that run. One that comes once is taken to
                have been rewarded before the next was proposed.

        Raises:
            KeyError: A genotype lacks the metadata of an evolution.
            ValueError: A genotype is not one of the space.
        """
        with self._lock:
            search: _Search = self._search
            newest = 0
            for dna, reward in history:
                self._bind(dna)
                newest = max(newest, notes.get_generation_id(dna))
                number = notes.get_proposal_id(dna)
                known = search.unrewarded.pop(number, None) if reward is not None else None
                if known is None:
                    self._replay_proposal(dna, number)
                    if reward is None:
                        search.unrewarded[number] = dna
                if reward is not None:
                    self._replay_reward(dna, reward)
            if search.initialized:
                shared = search.shared
                shared["num_generations"] = max(shared["num_generations"], newest)

    def _replay_proposal(self, dna: DNA, number: int) -> None:
        initial = notes.is_initial_population(dna)
        while (
            self._num_proposals + 1 < number
        ):  # Proposals that whoever asked for them did not use.
            self._replay_step()
        if initial:
            self._replay_initial(dna)
            self._num_proposals += 1
        else:
            self._search.end_initial_phase()
            self._replay_step()

    def _replay_initial(self, dna: DNA) -> None:
        initializer = self._search.initializer
        if _notes_on_genotypes(
            initializer
        ):  # What it noted was overwritten by this algorithm: it proposes again.
            try:
                if initializer.propose() == dna:
                    return
            except StopIteration:
                pass
        initializer.recover([(dna, None)])

    def _replay_step(self) -> None:
        try:
            self._propose()
        except (NoChildError, StopIteration):
            pass  # The population that it came from is not in the history.
        self._num_proposals += 1

    def _replay_reward(self, dna: DNA, reward: Any) -> None:
        if notes.get_feedback_sequence_number(dna) is None:
            self.feedback(dna, reward)
            return
        fitness = notes.get_fitness(dna)
        assert fitness == reward, (
            f"The fitness of {dna!r} is {fitness!r}, but its reward {reward!r}."
        )
        self._learn(dna, reward)
        self._num_feedbacks += 1

    # -- text ------------------------------------------------------------------------------------
    def format(
        self, compact: bool = False, verbose: bool = False, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """The printed form; a seed is shown if there is one."""
        if self.seed is None:
            kwargs["exclude_keys"] = {*(kwargs.get("exclude_keys") or ()), "seed"}
        return super().format(compact, verbose, root_indent, **kwargs)


def _notes_on_genotypes(generator: Any) -> bool:
    """True for an evolution, and for a generator around one."""
    while isinstance(generator, Deduping):
        generator = generator.generator
    return isinstance(generator, Evolution)
