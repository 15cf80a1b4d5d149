"""Random programs with placeholders."""

from typing import Any

from hypothesis import strategies as st

from polygraft.hyper import floatv, manyof, oneof
from polygraft.symbolic import Dict, List, Object, deferring
from polygraft.symbolic.wrapping import symbolize


class Pair(Object):
    left: Any
    right: Any = None


@symbolize
class Box:
    def __init__(self, content, *more, label=None):
        raise AssertionError("Nothing builds a box.")


def box(*content: Any) -> Any:
    with deferring():
        return Box(*content)


LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "a", "b"]), st.floats(-1, 1)
)
KEYS = st.sampled_from(["a", "b", "c.d", "e"])


def containers(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.dictionaries(KEYS, children, max_size=3).map(Dict),
        st.lists(children, max_size=3).map(List),
        st.lists(children, max_size=3).map(tuple),
        st.builds(Pair, children, children),
        st.builds(box, children, children),
    )


def choices(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    candidates = st.lists(children, min_size=1, max_size=3)
    return st.one_of(
        candidates.map(oneof),
        st.builds(
            lambda c, k, distinct, ordered: manyof(min(k, len(c)), c, distinct, ordered),
            candidates,
            st.integers(1, 2),
            st.booleans(),
            st.booleans(),
        ),
        st.just(None).map(lambda _: floatv(0.0, 1.0)),
    )


#: Trees of all kinds of nodes, tuples included, with placeholders inside placeholders.
programs = st.recursive(
    LEAVES, lambda children: st.one_of(containers(children), choices(children)), max_leaves=12
)
