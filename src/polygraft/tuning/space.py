"""What is searched: the spec of a space, and what turns genotypes into examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polygraft.geno import DNA, DNASpec
from polygraft.hyper.base import Where
from polygraft.hyper.iteration import searched as searched_by
from polygraft.hyper.template import template


def searched(space: Any, where: Where | None) -> tuple[DNASpec, Callable[[DNA], Any]]:
    """The spec of a space, and what turns genotypes into examples.

    Raises:
        ValueError: There is nothing to decide.

    Example:
        >>> import polygraft as pg
        >>> spec, decode = searched(pg.Dict(x=pg.oneof([1, 2])), None)
        >>> decode(spec.first_dna())
        {x=1}
    """
    if isinstance(space, DNASpec):
        return space, lambda dna: dna
    spec, decode = searched_by(space, None, "space")
    if where is None:
        return spec, decode
    t = template(space, where)
    return t.dna_spec(), t.decode
