"""`ObjectTemplate`: a program with placeholders, compiled once, that turns genotypes into programs and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polygraft.formatting import Formattable, format
from polygraft.geno import DNA, Constraint, Space
from polygraft.geno.constraints import MAX_TRIES
from polygraft.geno.plan import Plan
from polygraft.hyper.base import HyperPrimitive, HyperValue, Where, genotype
from polygraft.hyper.deciding import bound
from polygraft.hyper.derived import derived_values, is_derived, with_derived
from polygraft.hyper.slots import Frame
from polygraft.missing import MISSING_VALUE
from polygraft.paths import KeyPath
from polygraft.symbolic.compare import eq, hash_
from polygraft.symbolic.node import OPS, WITHOUT_INNER


class ObjectTemplate(Formattable, HyperValue):
    """A program with placeholders, and what they stand for.

    Decoding copies the program and fills the placeholders; nothing in it is validated again, objects of wrapped
    classes come out deferred, and the template itself never changes.

    Args:
        value: Any value: a program with placeholders, a placeholder, a constant. Plain dicts and lists are converted.
        compute_derived: Whether decoding computes derived values (see `derived.py`), and encoding checks them.
        where: Which placeholders take part; those refused stay in the program.
        constraints: What the decisions must meet; see `constrained`.
        max_tries: How often a random draw is repeated to meet them.

    Raises:
        TypeError: There is a template in `value`.

    Example:
        >>> import polygraft as pg
        >>> t = ObjectTemplate(pg.Dict(x=pg.oneof(["a", "b"]), y=[pg.floatv(0.0, 1.0)]))
        >>> t.decode(pg.DNA([1, 0.5]))
        {x='b', y=[0: 0.5]}
        >>> t.encode({"x": "a", "y": [0.0]})
        DNA([0, 0.0])
    """

    __slots__ = (
        "_compute_derived",
        "_constraints",
        "_decoded",
        "_derived",
        "_dna",
        "_frame",
        "_max_tries",
        "_plan",
        "_root_path",
        "_space",
        "_where",
    )

    def __init__(
        self,
        value: Any,
        compute_derived: bool = False,
        where: Where | None = None,
        constraints: Sequence[Constraint] = (),
        max_tries: int = MAX_TRIES,
    ):
        self._init(Frame(OPS[type(value)].convert(value), where, deep=True), compute_derived, where)
        self._constraints = tuple(constraints)
        self._max_tries = max_tries

    def _init(self, frame: Frame, compute_derived: bool, where: Where | None) -> None:
        self._frame = frame
        self._compute_derived = compute_derived
        self._where = where
        self._constraints: tuple[Constraint, ...] = ()
        self._max_tries = MAX_TRIES
        self._root_path = KeyPath()
        self._space: Space | None = None
        self._plan: Plan | None = (
            None  # Of genotypes that need not be looked at: that of `_space`, or an equal one.
        )
        self._derived: bool | None = None  # Whether there is a derived value to compute.
        self._dna: DNA | None = None
        self._decoded: Any = MISSING_VALUE

    @classmethod
    def of(cls, frame: Frame) -> ObjectTemplate:
        """The template of a tree that has been compiled."""
        self = cls.__new__(cls)
        self._init(frame, False, None)
        return self

    def __reduce__(self) -> Any:  # Compiled anew there: worker processes get templates pickled.
        args = self.value, self._compute_derived, self._where, self._constraints, self._max_tries
        return _compiled_again, (*args, self._root_path)

    @property
    def value(self) -> Any:
        """The program with placeholders."""
        return self._frame.value

    @property
    def where(self) -> Where | None:
        """Which placeholders take part."""
        return self._where

    @property
    def constraints(self) -> list[Constraint]:
        """What the decisions must meet."""
        return list(self._constraints)

    @property
    def max_tries(self) -> int:
        """How often a random draw is repeated to meet the constraints."""
        return self._max_tries

    @property
    def hyper_primitives(self) -> list[tuple[KeyPath, HyperPrimitive]]:
        """The outermost placeholders, in order, with their paths."""
        return [
            (path, slot.placeholder)
            for path, slot in zip(self._frame.paths, self._frame.slots, strict=True)
        ]

    @property
    def is_constant(self) -> bool:
        """True if there is nothing to decide."""
        return self._frame.constant

    @property
    def root_path(self) -> KeyPath:
        """Where the program stands, for messages."""
        return self._root_path

    @root_path.setter
    def root_path(self, path: KeyPath | str) -> None:
        self._root_path = KeyPath.from_value(path)

    def dna_spec(self, location: KeyPath | str | None = None) -> Space:
        """Returns a new space with a decision point for each placeholder.

        Args:
            location: Location of the space.
        """
        path = KeyPath() if location is None else KeyPath.from_value(location)
        if self._constraints:
            rules = bound(self._constraints, self._frame, self._made)
            points = self._frame.points()
            self._space = Space(points, location=path, constraints=rules, max_tries=self._max_tries)
        else:
            self._space = self._frame.space(None if location is None else path)
        self._plan = None
        return self._space

    # -- genotypes -------------------------------------------------------------------------------
    @property
    def dna(self) -> DNA | None:
        """The genotype that was set or decoded last."""
        return self._dna

    def set_dna(self, dna: DNA | None) -> None:
        """Sets the genotype that calling the template decodes."""
        self._dna = dna
        self._decoded = MISSING_VALUE

    def __call__(self) -> Any:
        """The program for the genotype that was set, decoded once; the placeholders then show their part of it.

        Raises:
            ValueError: No genotype has been set, or it does not fit.
        """
        if self._decoded is MISSING_VALUE:
            if self._dna is None:
                raise ValueError("'set_dna' should be called to set a DNA before '__call__'.")
            dna = self._dna
            value = self.decode(dna)
            self._frame.assign(dna)
            self._decoded = value
        return self._decoded

    def decode(self, dna: DNA) -> Any:
        """Returns a new program: the one that a genotype stands for. (A template without placeholders returns its
        value.)

        Raises:
            ValueError: The genotype does not fit.
        """
        spec = dna.spec
        plan = self._own_plan() if spec is None else spec.plan
        if not dna.fits(plan) or (plan is not self._plan and not self._accepts(plan)):
            self._frame.check(dna, self._root_path)
            self._refuse_forbidden(dna.numbers)
        self._dna = dna
        self._decoded = MISSING_VALUE
        if self._frame.constant and not self._derives:
            return self._frame.value
        return self._made(dna.numbers)

    @property
    def _derives(self) -> bool:
        if self._derived is None:
            self._derived = self._compute_derived and is_derived(self._frame.value)
        return self._derived

    def _made(self, numbers: Any) -> Any:
        """The program of numbers that fit."""
        value = self._frame.read(numbers, 0, {WITHOUT_INNER: True})[0]
        return with_derived(value) if self._derives else value

    def _own_plan(self) -> Plan:
        if self._plan is None:
            space = self.dna_spec() if self._space is None else self._space
            self._plan = space.plan
        return self._plan

    def _accepts(self, plan: Plan) -> bool:
        """True if all genotypes of a plan can be decoded without looking at them."""
        own = self._own_plan()
        if not _same_plan(own, plan):
            return False
        if own.rule is not None and (
            plan.rule is None or plan.rule.constraints != own.rule.constraints
        ):
            return False
        self._plan = plan  # Recognised at once from now on.
        return True

    def encode(self, value: Any) -> DNA:
        """Returns the genotype, not bound to a spec, that decodes to a value.

        Raises:
            ValueError: There is none: the value differs from the program outside the placeholders, or is not in the
            space.
        """
        numbers: list[Any] = []
        self._frame.write(value, numbers, self._root_path)
        if self._derives:
            self._check_derived(value, numbers)
        self._refuse_forbidden(tuple(numbers))
        return genotype(self._own_plan(), numbers)

    def _check_derived(self, value: Any, numbers: list[Any]) -> None:
        program = self._frame.read(numbers, 0, {WITHOUT_INNER: True})[0]
        for path, derived in derived_values(program):
            computed, given = derived(), path.query(value)
            if not eq(computed, given):
                raise ValueError(
                    f"Unmatched derived value between template and input. (Path='{self._root_path + path}', "
                    f"Template={derived!r}, ComputedValue={computed!r}, Input={given!r})"
                )

    def _refuse_forbidden(self, numbers: Any) -> None:
        if self._constraints:
            plan = self._own_plan()
            plan.rule.check(plan, numbers)

    def try_encode(self, value: Any) -> tuple[bool, DNA | None]:
        """Returns (True, genotype), or (False, None) where there is none."""
        try:
            return True, self.encode(value)
        except (ValueError, KeyError):
            return False, None

    # -- as a value ------------------------------------------------------------------------------
    def custom_apply(
        self, path: Any, value_spec: Any, allow_partial: bool = False, child_transform: Any = None
    ) -> tuple[bool, Any]:
        """Accepts a field if it accepts the program."""
        value_spec.apply(self.value, allow_partial=allow_partial, root_path=path)
        return (False, self)

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is type(self)
            and eq(self.value, other.value)
            and self._constraints == other._constraints
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((ObjectTemplate, hash_(self.value)))

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `ObjectTemplate(value=...)`."""
        value = format(
            self.value, compact=compact, verbose=verbose, root_indent=root_indent, **kwargs
        )
        labels = ", ".join(c.label for c in self._constraints)
        return (
            f"{type(self).__name__}(value={value}{f', constraints=[{labels}]' if labels else ''})"
        )


def _same_plan(a: Plan, b: Plan) -> bool:
    if a is b:
        return True
    if a.length != b.length or a.limits != b.limits or len(a.points) != len(b.points):
        return False
    if a.limits is not None:
        return True
    return all(
        p.kind == q.kind
        and (p.n, p.k, p.distinct, p.sorted, p.low, p.high, p.step)
        == (q.n, q.k, q.distinct, q.sorted, q.low, q.high, q.step)
        and all(map(_same_plan, p.candidates, q.candidates))
        for p, q in zip(a.points, b.points, strict=True)
    )


def _compiled_again(*args: Any) -> ObjectTemplate:
    t = ObjectTemplate(*args[:-1])
    t.root_path = args[-1]
    return t


def template(value: Any, where: Where | None = None) -> ObjectTemplate:
    """Returns the template of a program; see `ObjectTemplate`. That of a template is the template itself, or, with
    `where`, a new one of its program and its constraints.
    """
    if isinstance(value, ObjectTemplate):
        if where is None:
            return value
        return ObjectTemplate(value.value, True, where, value.constraints, value.max_tries)
    return ObjectTemplate(value, compute_derived=True, where=where)


def dna_spec(value: Any, where: Where | None = None) -> Space:
    """Returns the search space of a program: a decision point for each placeholder.

    Args:
        value: A program with placeholders; a space without decisions comes out for others.
        where: Which placeholders take part: a function of the placeholder, or None for all.

    Example:
        >>> import polygraft as pg
        >>> print(pg.dna_spec(pg.Dict(w=pg.oneof([8, 16]))))
        Space({
          0 = 'w': Choices(num_choices=1, [
            (0): 8
            (1): 16
          ])
        })
    """
    return template(value, where).dna_spec()
