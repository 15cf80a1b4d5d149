"""Hypothesis strategies for programs with all that can stand in trees, shared by the tests of edits and merges."""

from typing import Any

from hypothesis import strategies as st

import polygraft as pg


class Layer(pg.Object):
    units: pg.typing.Int(min_value=0)  # type: ignore[valid-type]
    name: str | None = None
    extra: Any = None


class Other(pg.Object):
    units: int = 1
    extra: Any = None


class Net(pg.Object):
    """A program with typed fields."""

    layers: list[Any] = []
    table: dict[str, Any] = {}
    pair: Any = ()
    body: Any = None


@pg.symbolize
class Wrapped:
    """A class that is never built by an edit."""

    def __init__(self, size, *more, rate=0.1, parts=(), **options):
        raise AssertionError("Edits construct nothing.")


@pg.functor
def scaled(x, factor=1, *rest):
    return x


class Opaque:
    """A value of a class that the library knows nothing of."""

    def __init__(self, n):
        self.n = n

    def __eq__(self, other):
        return isinstance(other, Opaque) and self.n == other.n

    def __hash__(self):
        return hash(self.n)


opaques = [Opaque(1), Opaque(2)]

#: Values that JSON can hold, and those that it can't.
scalars = st.sampled_from([None, 0, 1, 2, "a", "b", 0.5])
keys = st.sampled_from(["a", "b", "c.d", "[0]", 3])


def _nodes(values: Any) -> Any:
    return st.one_of(
        st.lists(values, max_size=4).map(pg.List),
        st.lists(st.sampled_from([1, 2, 3, "x"]), max_size=6).map(pg.List),
        st.dictionaries(keys, values, max_size=3).map(pg.Dict),
        st.lists(values, max_size=3).map(tuple),
        st.builds(Layer, st.integers(0, 3), st.sampled_from([None, "a"]), values),
        st.builds(Other, st.integers(0, 2), values),
        st.builds(lambda n, v: Layer.partial(name=n, extra=v), st.sampled_from(["a", "b"]), values),
        st.builds(
            lambda s, more, v, o: pg.clone(deferred(s, *more, parts=v, **o)),
            st.integers(0, 2),
            st.lists(scalars, max_size=2),
            values,
            st.dictionaries(st.sampled_from(["p", "q"]), scalars, max_size=2),
        ),
        st.builds(
            lambda s, o, v: tied(deferred(s, parts=v), o),
            st.integers(0, 2),
            st.integers(0, 2),
            values,
        ),
        st.builds(lambda v: scaled(v), values),
        st.builds(lambda v, r: scaled(factor=v, rest=r), values, st.lists(scalars, max_size=2)),
        st.lists(st.integers(0, 3), min_size=1, max_size=3).map(pg.oneof),
        st.just(pg.floatv(0.0, 1.0)),
    )


def tied(shared: Any, size: int) -> Any:
    """A program in which an object stands at two places, or, with an odd size, one that only looks like that."""
    return pg.Dict(a=shared, b=[size, deferred(size) if size % 2 else shared])


def deferred(*args: Any, **kwargs: Any) -> Any:
    """A `Wrapped` that is not constructed."""
    with pg.symbolic.flags.deferring():
        return Wrapped(*args, **kwargs)


values = st.recursive(scalars, _nodes, max_leaves=6)
any_values = st.recursive(scalars | st.sampled_from(opaques), _nodes, max_leaves=6)


def nets(of: Any = values) -> Any:
    """Programs whose roots have the same fields, so that their differences lie inside."""
    return st.builds(
        Net,
        st.lists(of, max_size=5),
        st.dictionaries(st.sampled_from(["a", "b", "c.d", "[0]"]), of, max_size=3),
        st.lists(of, max_size=3).map(tuple),
        of,
    )


programs = nets() | nets().map(lambda n: pg.Dict(net=n)) | _nodes(values)
