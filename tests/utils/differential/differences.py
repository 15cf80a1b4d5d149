"""Where polygraft answers otherwise on purpose. Each has its reason in docs/design/0012-differences-helpers.md."""

import re
from collections.abc import Callable
from typing import NamedTuple


class Difference(NamedTuple):
    """One kind of difference.

    Attributes:
        title: Its heading in the note.
        covers: True if it explains the answers (expression, ours, theirs).
    """

    title: str
    covers: Callable[[str, str, str], bool]


_CONFLICT = re.compile(r"Path '[^']*' is assigned with conflicting values\.")


def _conflict_elsewhere(expression, ours, theirs):
    return _CONFLICT.search(ours) is not None and _CONFLICT.sub("", ours) == _CONFLICT.sub(
        "", theirs
    )


DIFFERENCES = [
    Difference("Conflicts are named by their whole path", _conflict_elsewhere),
    Difference(
        "Names and indices of one place are joined",
        lambda e, o, t: (
            _CONFLICT.search(t) is not None
            and "Error" not in o
            and re.search(r"\d: ", o) is not None
        ),
    ),
    Difference(
        "What is only missing values is nothing",
        lambda e, o, t: "'a.b': MV" in e or ("MV" in e and sorted(o) == sorted(t)),
    ),
    Difference(
        "Absent indices are told like other keys",
        lambda e, o, t: re.fullmatch(r"KeyError: -?\d+", t) is not None,
    ),
    Difference(
        "Empty sets stay empty", lambda e, o, t: "'rebase'" in e and "(None, [], False)" in o
    ),
    Difference(
        "Dicts without anything to show are `{}`",
        lambda e, o, t: re.sub(r"\{(\s|\\n)+\}", "{}", t) == o,
    ),
    Difference(
        "Tuples of one element are shown as Python shows them",
        lambda e, o, t: o.replace(",)", ")") == t,
    ),
    Difference("Bytes have no names", lambda e, o, t: "a bytes-like object is required" in t),
]


def explained(expression, ours, theirs):
    """The title of the difference that covers the answers, or None."""
    for d in DIFFERENCES:
        if d.covers(expression, ours, theirs):
            return d.title
    return None
