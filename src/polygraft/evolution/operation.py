"""`Operation`: a function from a list to a list that is a value and composes by Python's operators.

An operation never changes its input lists, and knows items by identity. The classes that the operators make stand in
`algebra.py` and `control.py`; they register here (`made_by_operators`), so that this file need not know them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from polygraft.evolution.calling import Hooked, method_runner
from polygraft.geno.attribute_dict import AttributeDict
from polygraft.missing import MISSING_VALUE
from polygraft.symbolic import Object

C = TypeVar("C", bound=type)
_made: dict[str, Any] = {}
#: For type checkers, the default of a field that has none.
REQUIRED: Any = MISSING_VALUE


def made_by_operators(cls: C) -> C:
    """Class decorator: the operators of `Operation` make instances of this class."""
    _made[cls.__name__] = cls
    return cls


def _joined(name: str, x: Any, y: Any) -> Any:
    """Returns an operation on two operands; of one operand and None, the operand."""
    if x is None:
        return y
    return x if y is None else _made[name]([x, y])


class Operation(Object, Hooked):
    r"""Base of operations. Subclasses implement `call(inputs[, global_state][, step])`.

    Operands may be plain callables with such a signature; None as an operand gives the other operand.

    | expression | output |
    |---|---|
    | `x >> y` | y applied to the output of x |
    | `x + y` | both outputs, one after the other |
    | `x[i]`, `x[a:b]` | a part of the output |
    | `x \| y`, `x & y`, `x - y`, `x ^ y` | outputs as sets of objects, in order |
    | `-x`, `~x` | the input without the output |
    | `x * k` | k runs on the same input, one after the other |
    | `x ** k` | k runs, each on the output of the one before |

    Example:
        >>> class Double(Operation):
        ...     def call(self, inputs):
        ...         return [x * 2 for x in inputs]
        >>> (Double() ** 2 + Double())([1, 2])
        [4, 8, 2, 4]
    """

    HOOKS: ClassVar[dict[str, int]] = {"call": 1}
    __iter__: ClassVar[Any] = (
        None  # `x[i]` is an operation: without this, Python would iterate for ever.
    )

    @property
    def input_element_type(self) -> Any:
        """Type (or tuple of types) of the items of the input; None for any."""
        return None

    @property
    def output_element_type(self) -> Any:
        """Type (or tuple of types) of the items of the output; None for any."""
        return None

    def call(self, inputs: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Returns the output. May take the keywords `global_state` and `step` as well."""
        raise NotImplementedError(f"`call` is not implemented on {type(self).__name__!r}.")

    _run_call: ClassVar[Any]

    def __call__(self, inputs: list[Any], global_state: Any = None, step: int = 0) -> list[Any]:
        """Applies the operation.

        Args:
            inputs: Items; the list is not changed.
            global_state: What the operations of one algorithm share; None for a fresh one.
            step: Number of proposals, or of feedbacks, so far.

        Raises:
            TypeError: An item is of a wrong type.
        """
        if global_state is None:
            global_state = AttributeDict()
        expected = self.input_element_type
        if expected is not None:
            _check("input", inputs, expected)
        outputs = self._run_call(inputs, global_state, step)
        expected = self.output_element_type
        if expected is not None:
            _check("output", outputs, expected)
        return outputs

    # -- sequences and sets ----------------------------------------------------------------------
    def __rshift__(self, other: Any) -> Any:
        return _joined("Pipeline", self, other)

    def __rrshift__(self, other: Any) -> Any:
        return _joined("Pipeline", other, self)

    def __add__(self, other: Any) -> Any:
        return _joined("Concatenation", self, other)

    def __radd__(self, other: Any) -> Any:
        return _joined("Concatenation", other, self)

    def __or__(self, other: Any) -> Any:
        return _joined("Union", self, other)

    def __ror__(self, other: Any) -> Any:
        return _joined("Union", other, self)

    def __and__(self, other: Any) -> Any:
        return _joined("Intersection", self, other)

    def __rand__(self, other: Any) -> Any:
        return _joined("Intersection", other, self)

    def __sub__(self, other: Any) -> Any:
        return _joined("Difference", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _made["Inversion"](self) if other is None else _joined("Difference", other, self)

    def __xor__(self, other: Any) -> Any:
        return _joined("SymmetricDifference", self, other)

    def __rxor__(self, other: Any) -> Any:
        return _joined("SymmetricDifference", other, self)

    def __neg__(self) -> Any:
        return _made["Inversion"](self)

    def __invert__(self) -> Any:
        return _made["Inversion"](self)

    def __mul__(self, k: Any) -> Any:
        return _made["Repeat"](self, k)

    def __pow__(self, k: Any) -> Any:
        return _made["Power"](self, k)

    def __getitem__(self, index: Any) -> Any:
        return _made["Slice"](self, index)

    # -- control ---------------------------------------------------------------------------------
    def with_prob(self, prob: Any, seed: int | None = None) -> Any:
        """Returns an operation that applies this one with a probability, and else gives its input back."""
        return _made["Choice"]([(self, prob)], seed=seed)

    def if_true(self, predicate: Callable[..., bool]) -> Any:
        """Returns an operation that applies this one where `predicate(inputs[, global_state][, step])` holds, and else
        gives its input back.
        """
        return _made["Conditional"](predicate, self, None)

    def if_false(self, predicate: Callable[..., bool]) -> Any:
        """The contrary of `if_true`."""
        return _made["Conditional"](predicate, None, self)

    def for_each(self, fn: Callable[..., Any]) -> Any:
        """Returns an operation that applies a function, or an operation, to each item of the output."""
        return self >> _made["ElementWise"](fn)

    def flatten(self, max_level: int | None = None) -> Any:
        """Returns an operation that puts the items of lists in the output in place of the lists."""
        return self >> _made["Flatten"](max_level)

    def until_change(self, max_attempts: Any = None) -> Any:
        """Returns an operation that runs this one until its output differs from the input."""
        return _made["UntilChange"](self, max_attempts)

    # -- state -----------------------------------------------------------------------------------
    def global_state(self, key: str) -> Any:
        """Returns an operation that gives what is stored in the global state."""
        return _made["GlobalStateGetter"](key)

    def as_global_state(self, key: str) -> Any:
        """Returns an operation that stores the output in the global state, and gives nothing."""
        return _made["Pipeline"]([self, _made["GlobalStateSetter"](key)])

    def set_global_state(self, key: str, value: Any) -> Any:
        """Returns this operation, which besides stores a value in the global state."""
        return _made["Concatenation"]([self, _made["GlobalStateSetter"](key, value)])


def _check(what: str, items: list[Any], expected: Any) -> None:
    for i, item in enumerate(items):
        if not isinstance(item, expected):
            raise TypeError(
                f"The {what} is expected to be a list of {expected!r} but {item!r} is encountered at position {i}."
            )


Operation._run_call = method_runner(Operation.call)  # pyright: ignore[reportPrivateUsage]
