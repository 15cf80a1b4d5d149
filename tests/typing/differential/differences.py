"""Where polygraft answers otherwise on purpose. Each has its reason in docs/design/0007-differences-typing.md."""

# ruff: noqa: E501

import re
from collections.abc import Callable
from typing import NamedTuple


class Difference(NamedTuple):
    """One kind of difference.

    Attributes:
        title: Its heading in the note.
        covers: True if it explains the answers (expression, ours, theirs).
        rewrite: (pattern, replacement) that makes both answers alike.
    """

    title: str
    covers: Callable[[str, str, str], bool] | None = None
    rewrite: tuple[str, str] | None = None


def _theirs(pattern, within=""):
    """They answer in a certain way, to an expression with `within`."""
    return lambda expression, ours, theirs: (
        within in expression and re.search(pattern, theirs) is not None
    )


def _union(expression):
    return "T.Union(" in expression or "typing.Union[" in expression


DIFFERENCES = [
    # The same answer in other words.
    Difference("Messages end with the path", rewrite=(r"(candidate of .*)\. \(path=[^()]*\)", r"\1.")),
    Difference("Tuples of one element are shown as Python shows them", rewrite=(r",\)", ")")),
    Difference("The index of a tuple's key is shown", rewrite=(r"TupleKey\(index=[^)]*\)", "TupleKey")),
    Difference("Annotations of anything say so", rewrite=(r"MISSING_VALUE", "typing.Any")),
    Difference("Empty tuples are read back", _theirs("Tuple should have at least one element besides"), rewrite=(r"\{'_type': 'tuple', 'items': \[\]\}", "['__tuple__']")),
    Difference("Timestamps are aware of their zone", rewrite=(r", tzinfo=datetime\.timezone\.utc|<function _to_datetime>|<built-in method utcfromtimestamp of type object>", "")),
    Difference("The order within annotations of unions", lambda e, o, t: "typing.Union[" in o and sorted(o) == sorted(t)),
    # What they refuse.
    Difference("Unions of candidates of the same class", _theirs(r"Found \d value specs of the same type")),
    Difference("Extending a union", _theirs("no compatible type found in Union", ".extend(")),
    Difference("Lists inherit the smallest size", _theirs("min_value is smaller", ".extend(")),
    Difference("Generics and protocols among the candidates of a union", _theirs("Subscripted generics cannot be used|Instance and class checks can only be used")),
    Difference("The candidate of the value's own type comes first", lambda e, o, t: _union(e) and re.search("out of range|is not a subclass of|not in candidate list|does not match regular", t)),
    Difference("The default of a dict is not the user's", _theirs(r"The annotated default value \(\{", ".annotate(")),
    Difference("None is an instance of its type", _theirs("Value cannot be None.*NoneType")),
    Difference("Tuples without elements", lambda e, o, t: "'size': 0" in o or "must be a non-empty list" in t),
    # What they get wrong.
    Difference("Names that do not exist yet", lambda e, o, t: ("'Unknown'" in e and re.search(r"^TypeError: Expect <class '(list|tuple|dict)'> but", o)) or "'Unknown' does not exist" in t),
    Difference("A union's candidates convert, not the union", lambda e, o, t: _union(e) and "Frozen field" in o and "Frozen field" in t),
    Difference("Callables that return tuples", lambda e, o, t: ("uple" in e and "], NoneType]" in t) or ("returns=T.Tuple" in e and "compatible" in e and t == "True")),
    Difference("Elements that need several lines begin their own", lambda e, o, t: "Tuple" in e and o.split() != t.split() and "".join(o.split()) == "".join(t.split())),
    Difference("Text inside annotations is a name", lambda e, o, t: "'A'" in e and "Str(default='A')" in t),
    Difference("The same annotation twice", lambda e, o, t: "typing.Union[A, 'A']" in e or "typing.Union['A', A]" in e),
    Difference("Values in tuples stand for their types", lambda e, o, t: "T.create_field(('a', (" in e),
    Difference("Errors in the default of a dict have a path", lambda e, o, t: ".annotate(" in e and "<class 'dict'>" in o and o.replace("(path=b)", "(path=)") == t),
    Difference("The size is shown in the message", _theirs(r"max_size=max_size\.")),
    Difference("`Any` is a subclass of nothing but `Any`", lambda e, o, t: e.startswith("T.is_subclass(typing.Any, ")),
    # Files.
    Difference("Enums without default are read back", _theirs(r"Enum\.__init__\(\) missing")),
    Difference("Missing values within defaults are left out", _theirs(r"MissingValue\.__init__\(\) missing")),
    Difference("Objects of unknown classes are not written", lambda e, o, t: "Cannot convert <" in o),
]  # fmt: skip


def explained(expression, ours, theirs):
    """The title of the difference that covers the answers, or None."""
    titles = []
    for d in DIFFERENCES:
        if d.rewrite is not None:
            before = ours, theirs
            ours, theirs = re.sub(*d.rewrite, ours), re.sub(*d.rewrite, theirs)
            if (ours, theirs) != before:
                titles.append(d.title)
    if ours == theirs:
        return titles[0]
    for d in DIFFERENCES:
        if d.covers is not None and d.covers(expression, ours, theirs):
            return d.title
    return None
