"""Recombinators of permutations: children are permutations again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from polygraft.evolution.interfaces import Recombinator
from polygraft.evolution.recombinators.decisions import (
    Decisions,
    common_plan,
    distinct_children,
    read,
    slots_of,
    write,
)
from polygraft.evolution.where import ANY, DecisionPointFilter, where_spec
from polygraft.geno import DNA
from polygraft.geno.plan import CHOICE, Number, Numbers, Plan, Point
from polygraft.scalars.parts import SEED_FIELD, Drawing
from polygraft.symbolic import members


@members(
    [("where", where_spec(ANY), "Which permutations are recombined."), SEED_FIELD],
    init_arg_list=["where", "seed"],
)
class Permutation(Recombinator, Drawing):
    """Base of recombinators of permutations: multi-choices of all their candidates, distinct and not sorted, that all
    parents have reached by equal decisions.

    Each proposal for a permutation is merged into each parent; decisions below move along with their candidate.
    Children are without repetitions; without a permutation they are the parents.

    Subclasses implement `permutate(multi_choice_spec, parents)`. A seed is also that of `where`, if it draws.
    """

    NUM_PARENTS = 2
    HOOKS: ClassVar[dict[str, int]] = {"permutate": 2}
    _run_permutate: ClassVar[Any]

    where: DecisionPointFilter = ANY
    seed: int | None = None

    def _on_bound(self) -> None:
        super()._on_bound()
        where: Any = self.where
        if self.seed is not None and isinstance(where, Drawing) and where.seed != self.seed:  # type: ignore[attr-defined]
            self.rebind({"where.seed": self.seed})

    @abstractmethod
    def permutate(
        self, multi_choice_spec: Any, parents: list[list[int]], *args: Any, **kwargs: Any
    ) -> list[list[int]]:
        """Returns proposals for a permutation.

        Args:
            multi_choice_spec: The decision point.
            parents: The permutations of the parents.
            *args: Not used.
            **kwargs: `global_state` and `step`, as far as the method names them.
        """

    def recombine(self, parents: list[DNA], global_state: Any, step: int) -> list[DNA]:
        plan, numbers = common_plan(parents)
        decisions: list[Decisions] = []
        for values in numbers:
            decisions.append({})
            read(plan.points, values, 0, decisions[-1])
        points: dict[int, Point] = {}
        _find(plan.points, decisions, points)
        chosen = self.where([p.spec for p in points.values()], global_state, step)
        if not chosen:
            return parents
        children: list[Numbers] = []
        for spec in chosen:
            point = points[id(spec)]
            keys = [id(slot.spec) for slot in slots_of(point)]
            given = [[d[key] for key in keys] for d in decisions]
            for proposal in self._run_permutate(spec, given, global_state, step):
                for d in decisions:
                    children.append(_permuted(plan, point, d, proposal))
        return distinct_children(plan, children)


def _find(points: Sequence[Point], decisions: list[Decisions], found: dict[int, Point]) -> None:
    """Adds the permutations among `points`, and below where all parents decided alike, by `id()` of their spec."""
    for point in points:
        if point.kind != CHOICE:
            continue
        if point.k > 1 and point.k == point.n and point.distinct and not point.sorted:
            found[id(point.spec)] = point
        for slot in slots_of(point):
            values = {d[id(slot.spec)] for d in decisions}
            if len(values) == 1:
                _find(slot.candidates[int(values.pop())].points, decisions, found)


def _permuted(plan: Plan, point: Point, decisions: Decisions, proposal: list[int]) -> Numbers:
    """Returns a parent's numbers with one permutation replaced."""
    changed = dict(decisions)
    slots = slots_of(point)
    below: dict[int, Numbers] = {}  # Numbers below each candidate.
    for slot in slots:
        value: int = decisions[id(slot.spec)]
        out: list[Number] = []
        write(slot.candidates[value].points, decisions, [], out)
        below[value] = tuple(out)
    for slot, value in zip(slots, proposal, strict=True):
        changed[id(slot.spec)] = value
        read(slot.candidates[value].points, below[value], 0, changed)
    numbers: list[Number] = []
    write(plan.points, changed, [], numbers)
    return tuple(numbers)


class PartiallyMapped(Permutation):
    """PMX: a middle part is exchanged; what would then occur twice is replaced along the mapping of the two parts.

    Source:
        Goldberg and Lingle, "Alleles, Loci and the Traveling Salesman Problem", 1985.
    """

    def permutate(self, multi_choice_spec: Any, parents: list[list[int]]) -> list[list[int]]:
        start, end = sorted(self._random.sample(range(len(parents[0])), 2))
        return self.partially_mapped_crossover(parents, start, end)

    def partially_mapped_crossover(
        self, parents: list[list[int]], start: int, end: int
    ) -> list[list[int]]:
        """Returns two children for a middle part `[start, end)`.

        Example:
            >>> PartiallyMapped().partially_mapped_crossover(
            ...     [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]], 1, 3
            ... )
            [[0, 3, 2, 1, 4], [4, 1, 2, 3, 0]]
        """
        return [_mapped(a, b, start, end) for a, b in (parents, reversed(parents))]


def _mapped(own: list[int], other: list[int], start: int, end: int) -> list[int]:
    middle = other[start:end]
    back = dict(zip(middle, own[start:end], strict=True))
    child: list[int] = []
    for value in own[:start] + own[end:]:
        while value in back:
            value = back[value]
        child.append(value)
    return child[:start] + middle + child[start:]


class Order(Permutation):
    """OX: a middle part comes from the other parent; the rest keeps its own order, from the end of the part onwards.

    Source:
        Davis, "Applying Adaptive Algorithms to Epistatic Domains", IJCAI 1985.
    """

    def permutate(self, multi_choice_spec: Any, parents: list[list[int]]) -> list[list[int]]:
        start, end = sorted(self._random.sample(range(len(parents[0])), 2))
        return self.order_crossover(parents, start, end)

    def order_crossover(self, parents: list[list[int]], start: int, end: int) -> list[list[int]]:
        """Returns two children for a middle part `[start, end)`.

        Example:
            >>> Order().order_crossover([[0, 1, 2, 3, 4], [4, 3, 2, 1, 0]], 1, 3)
            [[1, 3, 2, 4, 0], [3, 1, 2, 0, 4]]
        """
        return [_ordered(a, b, start, end) for a, b in (parents, reversed(parents))]


def _ordered(own: list[int], other: list[int], start: int, end: int) -> list[int]:
    middle = other[start:end]
    taken = set(middle)
    rest = [value for value in own[end:] + own[:end] if value not in taken]
    after = len(own) - end
    return rest[after:] + middle + rest[:after]


class Cycle(Permutation):
    """CX: values that form a cycle between the parents stay together; each cycle comes from a random parent.

    Source:
        Oliver, Smith and Holland, "A Study of Permutation Crossover Operators on the TSP", 1987.
    """

    def permutate(self, multi_choice_spec: Any, parents: list[list[int]]) -> list[list[int]]:
        return self.cycle_crossover(parents)

    def cycle_crossover(self, parents: list[list[int]]) -> list[list[int]]:
        """Returns two children.

        Example:
            >>> Cycle(seed=4).cycle_crossover([[1, 2, 3, 4], [2, 1, 4, 3]])
            [[1, 2, 4, 3], [2, 1, 3, 4]]
        """
        first, second = parents
        place = {value: i for i, value in enumerate(first)}
        children = [[-1] * len(first), [-1] * len(first)]
        done = [False] * len(first)
        for begin in range(len(first)):
            if done[begin]:
                continue
            to = self._random.choice([0, 1])
            i = begin
            while not done[i]:
                done[i] = True
                children[to][i], children[1 - to][i] = first[i], second[i]
                i = place[second[i]]
        return children
