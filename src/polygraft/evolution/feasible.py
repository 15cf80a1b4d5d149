"""How mutators and recombinators keep to the constraints of a space: they try again until a child is allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from polygraft.geno import DNA
from polygraft.geno.numbers import numbers_of

MUTATIONS = 100
#: After so many mutations of one genotype, mutations are added up: what is allowed may be more than one step away.
SINGLE_MUTATIONS = 20
RECOMBINATIONS = 20


def is_constrained(dna: DNA) -> bool:
    """Whether a genotype is one of a space with constraints."""
    spec = dna.spec
    return spec is not None and spec.plan.rule is not None


def is_allowed(dna: DNA, spec: Any) -> bool:
    """Whether a genotype, valid otherwise, meets the constraints of its space."""
    plan = spec.plan
    return plan.rule is None or plan.rule.refusal(plan, numbers_of(plan, dna)) is None


def allowed_mutation(dna: DNA, mutate: Callable[[DNA], Any]) -> DNA | list[DNA]:
    """Returns an allowed mutation of a genotype, or a copy of it where none is found."""
    spec, base = dna.spec, dna
    for i in range(MUTATIONS):
        changed = mutate(base)
        if isinstance(changed, list):
            allowed = [child for child in cast("list[DNA]", changed) if is_allowed(child, spec)]
            if allowed or not changed:
                return allowed
            continue
        if changed != dna and is_allowed(changed, spec):
            return changed
        if i >= SINGLE_MUTATIONS:
            base = changed
    return dna.clone(deep=True)


def allowed_children(parents: list[DNA], recombine: Callable[[], list[DNA]]) -> list[DNA]:
    """Returns those children that are allowed; where there are none, copies of the parents."""
    spec = parents[0].spec
    for _ in range(RECOMBINATIONS):
        children = recombine()
        allowed = [child for child in children if is_allowed(child, spec)]
        if allowed or not children:
            return allowed
    return [parent.clone(deep=True) for parent in parents]
