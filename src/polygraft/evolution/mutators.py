"""Mutators: operations that change genotypes. Inputs are not changed; children keep the spec, and no metadata."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from polygraft import typing as pg_typing
from polygraft.evolution.genes import Gene, genes, plan_of, slot_spans, where_matches
from polygraft.evolution.interfaces import Mutator
from polygraft.geno import DNA
from polygraft.geno.draw import draw_numbers
from polygraft.geno.plan import Numbers, Plan, Point
from polygraft.scalars.parts import SEED_FIELD, Drawing
from polygraft.symbolic import members

_WHERE = (
    "where",
    pg_typing.Callable([pg_typing.Object(DNA)], returns=pg_typing.Bool()).noneable(),
    "Which nodes of a genotype may change: a function of the node; None for all.",
)


@members([_WHERE, SEED_FIELD])
class Uniform(Mutator, Drawing):
    """Draws one decision of the genotype anew, with the decisions below it. Which one is drawn uniformly from all.

    Raises:
        RuntimeError: There is no decision that may change.

    Example:
        >>> import polygraft as pg
        >>> parent = pg.DNA([0, 0], spec=pg.dna_spec(pg.List([pg.oneof(range(10))] * 2)))
        >>> Uniform(seed=1)([parent])
        [DNA([9, 0])]
    """

    where: Callable[[DNA], Any] | None = None
    seed: int | None = None
    _immutable_root: ClassVar[bool] = False

    def mutate(self, dna: DNA) -> DNA:
        known = plan_of(dna)
        if known is None:
            raise RuntimeError(f"Immutable DNA: {dna!r}")
        plan, numbers = known
        rows = plan.draws
        if rows and self.where is None and not self._immutable_root:
            # Unconditional single decisions: the nodes are the numbers.
            i: int = self._random.choice(range(len(rows)))
            n, _, low, width = rows[i]
            new: Any = self._random.choice(range(n)) if n else low + width * self._random.random()
            return dna.with_numbers(plan, (*numbers[:i], new, *numbers[i + 1 :]))
        nodes = genes(plan, numbers)
        root = nodes[0] if self._immutable_root else None
        found = where_matches(dna, nodes, self.where)
        candidates = [g for g in found if g.point is not None and g is not root]
        if not candidates:
            raise RuntimeError(f"Immutable DNA: {dna!r}")
        gene = self._random.choice(candidates)
        return dna.with_numbers(plan, _redrawn(plan, numbers, gene, self._random))


def _redrawn(plan: Plan, numbers: Numbers, gene: Gene, r: Any) -> Numbers:
    """Returns the numbers with those of one node drawn anew."""
    point, start, end = gene.point, gene.start, gene.end
    assert point is not None
    if gene.slot < 0:
        return (
            numbers[:start] + draw_numbers(point.spec.plan, r, numbers[start:end]) + numbers[end:]
        )
    spans = slot_spans(point, numbers, gene.first)
    parts = [numbers[a:b] for a, b in spans]
    if point.distinct:
        used = {part[0] for part in parts}
        free = [i for i in point.indices if i not in used]
        if not free:
            return numbers
        index: int = r.choice(free)
        parts[gene.slot] = (index, *draw_numbers(point.candidates[index], r))
    else:
        parts[gene.slot] = draw_numbers(_slot_plan(point, gene.slot), r, parts[gene.slot])
    if point.sorted:
        parts.sort(key=lambda part: part[0])
    return numbers[: gene.first] + tuple(n for p in parts for n in p) + numbers[spans[-1][1] :]


def _slot_plan(point: Point, slot: int) -> Plan:
    return point.spec.choice_specs[slot].plan


@members([_WHERE, SEED_FIELD])
class Swap(Mutator, Drawing):
    """Exchanges two slots of a multi-choice that is not sorted, with the decisions below them; a genotype without one
    stays as it is.

    Example:
        >>> import polygraft as pg
        >>> spec = pg.dna_spec(pg.manyof(3, range(10), distinct=False))
        >>> Swap(seed=1)([pg.DNA([1, 8, 9], spec=spec)])
        [DNA([9, 8, 1])]
    """

    where: Callable[[DNA], Any] | None = None
    seed: int | None = None

    def mutate(self, dna: DNA) -> DNA:
        known = plan_of(dna)
        if known is None:
            return dna.clone(deep=True)
        plan, numbers = known
        found = where_matches(dna, genes(plan, numbers), self.where)
        candidates = [g for g in found if g.multi is not None]
        self._random.shuffle(candidates)
        for gene in candidates:
            multi = gene.multi
            assert multi is not None
            if not multi.sorted:
                i, j = self._random.sample(range(multi.k), 2)
                return dna.with_numbers(plan, _swapped(multi, numbers, gene, i, j))
        return dna.with_numbers(plan, numbers)


def _swapped(multi: Point, numbers: Numbers, gene: Gene, i: int, j: int) -> Numbers:
    first = gene.start if gene.point is multi else gene.start + 1
    spans = slot_spans(multi, numbers, first)
    parts = [numbers[a:b] for a, b in spans]
    parts[i], parts[j] = parts[j], parts[i]
    return numbers[:first] + tuple(n for p in parts for n in p) + numbers[spans[-1][1] :]
