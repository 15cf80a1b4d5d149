"""Define-by-run: a space found by running a function, and runs of the function with given decisions.

`collect` runs the function once: each placeholder that it builds is noted and evaluates to its first value. In an
`apply` scope the same calls give what the decisions say. Candidates that are functions without parameters are branches:
`collect` runs all of them, and what they build is conditional on them.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from polygraft.geno import DNA, Constraint, DNASpec
from polygraft.hyper.base import Where
from polygraft.hyper.choices import Choices, OneOf
from polygraft.hyper.decisions import Decisions, by_name, in_order
from polygraft.hyper.evaluating import opened, scopes
from polygraft.hyper.integer import Int
from polygraft.hyper.numerical import Float
from polygraft.hyper.template import ObjectTemplate
from polygraft.symbolic.compare import eq
from polygraft.symbolic.containers import Dict, List
from polygraft.symbolic.node import OPS

_MIXED = (
    "Nested dynamic evaluation contexts must be either all per-thread or all process-wise. Please check the "
    "`per_thread` argument of the `pg.hyper.DynamicEvaluationContext` objects being used."
)


class _Collecting:
    """An open `collect`: what has been found so far.

    Attributes:
        context: The context that it belongs to.
        found: Placeholders by name; the innermost branch last.
        count: How many placeholders without a name there are.
    """

    def __init__(self, context: DynamicEvaluationContext, found: dict[str, Any]) -> None:
        self.context = context
        self.found = [found]
        self.count = 0
        self.lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, lock=threading.Lock())

    def evaluate(self, p: Any) -> Any:
        """Notes a placeholder, and gives its first value."""
        context = self.context
        if context.where is not None and not context.where(p):
            return _delegated(self, p)
        if isinstance(p, ObjectTemplate):
            return p.value
        name = p.name
        if name is None:
            if context.require_hyper_name:
                raise ValueError(f"'name' must be specified for hyper primitive {p!r}.")
            with self.lock:  # Threads may share a context.
                name = f"decision_{self.count}"
                self.count += 1
        place = self.found[-1]
        if isinstance(p, Choices):
            p, value = self._choice(p)
        else:
            value = _first_value(p)
        known = place.get(name)
        if known is not None and not eq(known, p):
            raise ValueError(
                f"Found different hyper primitives under the same name {name!r}: Instance1={known!r}, "
                f"Instance2={p!r}."
            )
        if known is None:
            place[name] = p
        return value

    def _choice(self, p: Any) -> tuple[Any, Any]:
        """Runs the branches of a choice: what to note in its place, and its first value."""
        candidates: list[Any] = []
        values: list[Any] = []
        for candidate in p.candidates:
            if not _is_branch(candidate):
                candidates.append(candidate)
                values.append(_copied(candidate))
                continue
            self.found.append({})
            try:
                values.append(candidate())
            finally:
                inner = self.found.pop()
            candidates.append(inner)
        if any(map(_is_branch, p.candidates)):
            p = p.clone()
            p.rebind(candidates=candidates)
        if isinstance(p, OneOf):
            return p, values[0]
        k = p.num_choices
        return p, List(values[:k] if p.choices_distinct else [values[0]] * k)


class _Applying:
    """An open `apply`: the decisions that are left."""

    def __init__(self, context: DynamicEvaluationContext, decisions: Decisions) -> None:
        self.context = context
        self.decisions = decisions

    def evaluate(self, p: Any) -> Any:
        """Gives the value that the decisions say."""
        where = self.context.where
        if where is not None and not where(p):
            return _delegated(self, p)
        if isinstance(p, ObjectTemplate):
            return p.value
        known, value = self.decisions.known(p)
        if known:
            return value
        value = self._choice(p) if isinstance(p, Choices) else self._decoded(p)
        self.decisions.keep(p, value)
        return value

    def _decoded(self, p: Any) -> Any:
        decision = self.decisions.take(p)
        if isinstance(p, Float):
            if not isinstance(decision, float):
                raise ValueError(f"Expect float-type decision for {p!r}, encoutered {decision!r}.")
        elif isinstance(p, Int):
            if not isinstance(decision, int):
                raise ValueError(f"Expect int-type decision for {p!r}, encountered {decision!r}.")
        elif not isinstance(decision, str):
            raise ValueError(f"Expect string-type decision for {p!r}, encountered {decision!r}.")
        return p.decode(DNA(decision))

    def _choice(self, p: Any) -> Any:
        if isinstance(p, OneOf):
            return self._candidate(p, 0)
        values: list[Any] = []
        for i in range(p.num_choices):
            # A branch that is taken twice decides twice.
            with self.decisions.slot():
                values.append(self._candidate(p, i))
        return List(values)

    def _candidate(self, p: Any, i: int) -> Any:
        index, n = self.decisions.take(p, i), len(p.candidates)
        if not isinstance(index, int) or not 0 <= index < n:
            raise ValueError(
                f"Expect int-type decision in range [0, {n}) for choice {i} of {p!r}, encountered {index!r}."
            )
        candidate = p.candidates[index]
        return candidate() if _is_branch(candidate) else _copied(candidate)


def _is_branch(candidate: Any) -> bool:
    if not (inspect.isfunction(candidate) or inspect.ismethod(candidate)):
        return False
    return not inspect.signature(candidate).parameters


def _copied(candidate: Any) -> Any:
    """A candidate as a value of its own: a node is a part of its placeholder."""
    ops = OPS[type(candidate)]
    return ops.clone(candidate, None, False) if ops.symbolic else candidate


def _first_value(p: Any) -> Any:
    if isinstance(p, Float):
        return p.min_value
    if isinstance(p, Int):
        return p.values[0]
    return p.decode(p.first_dna())


def _delegated(state: _Collecting | _Applying, p: Any) -> Any:
    """What the enclosing scope of the same kind makes of a placeholder; itself where there is none."""
    inside = True
    for scope in reversed(scopes(state.context.per_thread)):
        if inside:
            inside = scope.owner is not state
        elif type(scope.owner) is type(state):
            return scope.owner.evaluate(p)
    return p


class DynamicEvaluationContext:
    """A space found by running code, and scopes in which the code runs with given decisions.

    Args:
        where: Which placeholders take part; others are left to the enclosing context, or stay placeholders.
        require_hyper_name: Whether each placeholder must have a name. Decisions are then found by it: the code may ask
            in any order, and any number of times.
        per_thread: Whether other threads are left alone; if not, what they build counts too.
        dna_spec: The space, if it is known from elsewhere.
        constraints: What the decisions must meet: `pg.constraint`, `pg.forbid`. A branch is told by the dict of its
            decisions.

    Example:
        >>> import polygraft as pg
        >>> def program():
        ...     return pg.oneof([1, 2]) + pg.oneof([lambda: pg.oneof([10, 20]), 30])
        >>> context = pg.hyper.DynamicEvaluationContext()
        >>> with context.collect() as found:
        ...     program()
        11
        >>> list(found)
        ['decision_0', 'decision_1']
        >>> with context.apply(pg.DNA([1, (0, 1)])):
        ...     program()
        22
    """

    def __init__(
        self,
        where: Where | None = None,
        require_hyper_name: bool = False,
        per_thread: bool = True,
        dna_spec: DNASpec | None = None,
        constraints: Sequence[Constraint] = (),
    ) -> None:
        self.where = where
        self.require_hyper_name = require_hyper_name
        self._per_thread = per_thread
        self._external = dna_spec
        self._constraints = tuple(constraints)
        self._found: dict[str, Any] = {}
        self._spec: DNASpec | None = None
        self._manual = _Collecting(self, self._found)
        self._lock = threading.RLock()

    def __getstate__(self) -> dict[str, Any]:  # Worker processes get it pickled.
        return {k: v for k, v in self.__dict__.items() if k != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.RLock())

    @property
    def per_thread(self) -> bool:
        """Whether other threads are left alone."""
        return self._per_thread

    @property
    def is_external(self) -> bool:
        """Whether the space is known from elsewhere."""
        return self._external is not None

    @property
    def hyper_dict(self) -> dict[str, Any] | None:
        """The placeholders found by the last `collect`; None if the space is known from elsewhere."""
        return None if self.is_external else self._found

    @property
    def dna_spec(self) -> DNASpec:
        """The space."""
        if self._external is not None:
            return self._external
        with self._lock:
            if self._spec is None:
                found = Dict({name: p.clone() for name, p in self._found.items()})
                t = ObjectTemplate(found, True, self.where, self._constraints)
                self._spec = t.dna_spec()
            return self._spec

    def _state_scope(self, state: _Collecting | _Applying) -> Any:
        others = scopes(not self._per_thread)
        if any(isinstance(s.owner, (_Collecting, _Applying)) for s in others):
            raise ValueError(_MIXED)
        return opened(state.evaluate, state, self._per_thread)

    # -- finding the space ----
    @contextmanager
    def collect(self) -> Generator[dict[str, Any], None, None]:
        """A scope that finds the space: what is built inside is noted anew, and evaluates to its first value.

        Yields:
            The dict of placeholders, by name or as `decision_0`, `decision_1`…

        Raises:
            ValueError: The space is known from elsewhere, or two placeholders of one name differ.
        """
        if self.is_external:
            raise ValueError(
                "`collect` cannot be called on a dynamic evaluation context that is using an external DNASpec: "
                f"{self._external}."
            )
        found: dict[str, Any] = {}
        state = _Collecting(self, found)
        with self._state_scope(state):
            self._found, self._spec, self._manual = found, None, state
            yield found

    def add_decision_point(self, hyper_primitive: Any) -> Any:
        """Notes one placeholder, and returns its first value: what `collect` does for those built inside."""
        with self._lock:
            self._spec = None
            return self._manual.evaluate(hyper_primitive)

    # -- running with decisions ----
    @contextmanager
    def apply(self, decisions: DNA | Sequence[Any]) -> Generator[None, None, None]:
        """A scope in which placeholders evaluate to what the decisions say.

        Args:
            decisions: A genotype, or its numbers in depth-first order.

        Raises:
            ValueError: A decision is missing or of the wrong type, or (at the end) is left over.
        """
        if not isinstance(cast(Any, decisions), (DNA, list)):
            raise ValueError("`decisions` should be a DNA or a list of numbers.")
        taken = (
            by_name(decisions, self.dna_spec) if self.require_hyper_name else in_order(decisions)
        )
        with self._state_scope(_Applying(self, taken)):
            yield
        taken.check_end()

    def evaluate(self, hyper_primitive: Any) -> Any:
        """Returns the value of one placeholder under `apply`.

        Raises:
            ValueError: There is no `apply` scope of this context.
        """
        for scope in reversed(scopes(self._per_thread)):
            if isinstance(scope.owner, _Applying) and scope.owner.context is self:
                return scope.owner.evaluate(hyper_primitive)
        raise ValueError("`evaluate` needs to be called under the `apply` context.")


def trace(
    fun: Callable[[], Any],
    *,
    where: Where | None = None,
    require_hyper_name: bool = False,
    per_thread: bool = True,
    constraints: Sequence[Constraint] = (),
) -> DynamicEvaluationContext:
    """Returns the space of a function: it is run once, and each placeholder that it builds is a decision.

    Args:
        fun: A function without arguments.
        where, require_hyper_name, per_thread, constraints: See `DynamicEvaluationContext`.

    Example:
        >>> import polygraft as pg
        >>> def program():
        ...     return pg.oneof(["a", "b"]) * pg.oneof([1, 2])
        >>> context = pg.hyper.trace(program)
        >>> for example in pg.iter(context):
        ...     with example():
        ...         print(program())
        a
        aa
        b
        bb
    """
    context = DynamicEvaluationContext(
        where, require_hyper_name, per_thread, constraints=constraints
    )
    with context.collect():
        fun()
    return context
