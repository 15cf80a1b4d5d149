"""Where polygraft answers otherwise on purpose. Each has its reason in docs/design/0009-differences-symbolic.md."""

# ruff: noqa: E501

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple


class Answers(NamedTuple):
    """What a statement came to in one library."""

    result: str
    hooks: str
    state: str

    @property
    def failed(self):
        return re.match(r"\w+(Error|Warning|Exception): ", self.result) is not None


class Case(NamedTuple):
    """A statement that the libraries answer differently.

    Attributes:
        statement: The statement.
        ours, theirs: What it came to.
        before: The state before it, on which they agreed.
        program: The program up to it.
    """

    statement: str
    ours: Answers
    theirs: Answers
    before: str
    program: list[str]


class Difference(NamedTuple):
    """One kind of difference.

    Attributes:
        title: Its heading in the note.
        example: A program that shows it.
        covers: True if it explains a case.
        rewrite: (pattern, replacement) that makes the answers alike.
    """

    title: str
    example: list[str]
    covers: Callable[[Case], bool] | None = None
    rewrite: tuple[str, str] | None = None


def same_but(c, *parts):
    """They agree on all parts of the answer but those named."""
    return all(
        getattr(c.ours, p) == getattr(c.theirs, p)
        for p in ("result", "hooks", "state")
        if p not in parts
    )


def entries(hooks):
    """The hooks that ran, without those of places."""
    return [h for h in hooks.split("; ") if h and not re.match("path |parent ", h)]


def places(hooks):
    return [h for h in hooks.split("; ") if re.match("path |parent ", h)]


def nested(statement):
    """It changes a place and something in it, in one call."""
    if "rebind({" not in statement and "override={" not in statement:
        return False
    paths = [f"[{n}]" if n else p for p, n in re.findall(r"'([^']*)': |\b(\d+): ", statement)]
    return any(p != q and p.startswith(q) and q for p in paths for q in paths)


def atomic(c):
    return (
        c.ours.failed
        and c.ours.state == c.before
        and c.theirs.state != c.before
        and c.ours.result == c.theirs.result
    )


ARGUMENTS = r"got (an )?(unexpected|multiple)|takes (from |no|\d)|missing \d|Required value is not specified"


def _place_errors(text):
    """What is said of a place, without saying of which."""
    return re.sub(r"\(path='?[^()]*\)|Path='[^']*'", "(path)", text)


DIFFERENCES = [
    # The same answer in other words.
    Difference("Errors suggest", ["pg.Dict(alpha=1).alphb"], rewrite=(r" Did you mean '[^']*'\?", "")),
    Difference("Keys with dots are bracketed", ["a = pg.List([{'k.l': 1}], onchange_callback=told('l'))", "a.rebind({'[0][k.l]': 0})"],
               rewrite=(r"\[k\.l\]|(?<=[\]\w])\.k\.l|\bk\.l(?=[,:=\]])", "k.l")),
    Difference("What was encountered is named", ["A(1).rebind(lambda k: k)"], rewrite=(r"Encountered: \[(Argument\(.*\)|'\w+')?\]", "Encountered: [...]")),
    Difference("The value stored at the root is shown", ["pg.Dict(a=1).rebind({'': 1})"], rewrite=(r"rebind\. Encountered .*\(path", "rebind. Encountered  (path")),
    Difference("Paths that do not exist are named whole", ["A(1).rebind({'q.r': 1})"],
               rewrite=(r"(Path \S+ does not exist: key .* is absent from innermost value|Cannot query sub-key .*|Cannot rebind key .* is not a symbolic type).*", "no such path")),
    Difference("Arguments given twice are named by Python", ["A(1, x=2)"], rewrite=(r"(got multiple values for argument '\w+')[^;]*", r"\1")),
    Difference("Contextual attributes without default", ["a = Ctx(1)"], rewrite=(r"default=\(MISSING_VALUE,?\)", "default=MISSING_VALUE")),
    Difference("Empty tuples are read back", ["pg.to_json(A(()))"], lambda c: "Tuple should have at least one element" in c.theirs.result, rewrite=(r"\[(\\n)?\s*\"__tuple__\"(\\n)?\s*\]|\{(\\n)?\s*\"_type\": \"tuple\",(\\n)?\s*\"items\": \[\](\\n)?\s*\}|\['__tuple__'\]|\{\"_type\": \"tuple\", \"items\": \[\]\}|\{'_type': 'tuple', 'items': \[\]\}", "tuple()")),
    Difference("Indices are refused by Python", ["pg.List([1])['a']"], rewrite=(r"list indices must be integers or slices, not \w+|list index must be an integer\. Encountered .*|'str' object cannot be interpreted as an integer|'<' not supported between instances of 'str' and 'int'", "list index")),
    Difference("Nothing is said of what may be anything", ["str(W.partial())"], rewrite=(r"MISSING_VALUE\(Any\(\)\)", "MISSING_VALUE")),
    Difference("Lists are shown in specs as they were given", ["M({'p': 1}).rebind(m=None)"], rewrite=(r"default=\[[^\[\]]*\]", "default=[]")),
    Difference("Indices out of range are named", ["pg.List([]).rebind({-1: 1})"], rewrite=(r"IndexError: (List index \S+ is out of range: .*|list index out of range)", "IndexError")),
    Difference("Deleting a field says what to do", ["del A(1).x"], rewrite=(r"Field '\w+' cannot be deleted.*|property of '\w+' object has no deleter", "no deleter")),
    Difference("Popping is called so", ["a = pg.Dict(a=1)", "with pg.as_sealed(True): a.pop('a')"], rewrite=(r"Cannot (pop|del) item from", "Cannot del item from")),
    Difference("Arguments are read through a view", ["A(1).sym_init_args.q"], rewrite=(r"\w+ has no argument ('\w+')\.|Attribute ('\w+') does not exist in <class 'Dict'>\.", r"no argument \1\2")),
    # Order.
    Difference("What leaves a tree is free", ["a = pg.List([Place(1)])", "a[0] = 1"],
               lambda c: same_but(c, "hooks") and re.sub(r"; path \S+ -> (?=;|$)", "", c.ours.hooks) == re.sub(r"; path \S+ -> (?=;|$)", "", c.theirs.hooks)),
    Difference("The order of path events", ["a = Hook([Place(Place(1))])"],
               lambda c: same_but(c, "hooks") and sorted(entries(c.ours.hooks)) == sorted(entries(c.theirs.hooks))),
    Difference("The order of updates", ["a = pg.Dict(a=1, l=[1], onchange_callback=told('d'))", "a.rebind({'l[0]': MV, 'a': 2})"],
               lambda c: same_but(c, "hooks") and sorted(c.ours.hooks) == sorted(c.theirs.hooks)),
    # Edits.
    Difference("Edits are atomic", ["a = A(1)", "a.rebind({'y': 2, 'zz': 3})"], atomic),
    Difference("Changes that were silent are told", ["a = pg.Dict(a=1, onchange_callback=told('d'))", "a.update(a=2)"],
               lambda c: re.search(r"\.(update|clear|sort|reverse|popitem|pop)\(", c.statement) and set(entries(c.theirs.hooks)) < set(entries(c.ours.hooks)) and same_but(c, "hooks")),
    Difference("Places are right at any time", ["a = pg.List([2, A(1)])", "a.reverse()"], lambda c: same_but(c, "state", "hooks") and set(entries(c.theirs.hooks)) <= set(entries(c.ours.hooks)) and "!" not in c.ours.state and "!" in c.theirs.state and re.sub(r"!path [^(,]*|!parent", "", c.theirs.state) == c.ours.state),
    Difference("Edits inside what the same call replaces", ["pg.List([A(1)]).rebind({'[0]': 1, '[0].x': 2})"], lambda c: nested(c.statement) or "KeyPath subtraction failed" in c.theirs.result),
    Difference("Deleted elements are gone at once", ["pg.List([1, 2]).rebind({0: MV}, skip_notification=True)"], lambda c: "MISSING_VALUE" in c.theirs.result + c.theirs.state and re.search("skip_notification=True|notify_on_change\\(False", c.statement)),
    Difference("Dynamic fields come last in files", ["class P(Open): q: int = 1", "pg.to_json(P(p=3))"], lambda c: "json" in c.statement and sorted(c.ours.result) == sorted(c.theirs.result)),
    Difference("Elements are appended in the order given", ["pg.List([]).rebind({7: 8, 8: 9})"], lambda c: "rebind({" in c.statement and same_but(c, "result", "state") and sorted(c.ours.result) == sorted(c.theirs.result)),
    Difference("Which of several errors is told", ["pg.List([]).rebind({'': 1, 'x.y': 2})"], lambda c: c.ours.failed and c.theirs.failed and (re.search(r"(rebind|update|override=)\(?\{.*: .*, .*: ", c.statement) or ("'override_args' is set" in c.ours.result and "'override_args' is set" in c.theirs.result))),
    Difference("Slices are those of Python", ["pg.List([1, 2])[5:0:-1]"], lambda c: re.search(r"\[\S*:\S*\]", c.statement) and ("attempt to assign" in c.theirs.result or re.search(r":\S*:-", c.statement) or c.theirs.result.startswith("IndexError") or _place_errors(c.ours.result) == _place_errors(c.theirs.result) or "attempt to assign" in c.ours.result or "Insertion(" in c.theirs.hooks + c.theirs.state)),
    Difference("Insertions mean something in `rebind` only", ["a = pg.List([])", "a.append(pg.Insertion(1))"], lambda c: "Insertion(" in c.ours.state and "rebind" not in c.statement),
    Difference("Elements that were put in are returned", ["pg.Dict().setdefault('a', {'x': 1})"], lambda c: "setdefault" in c.statement and same_but(c, "result")),
    Difference("Keys of lists are indices", ["pg.List([1]).rebind({'a': 1})"], lambda c: c.theirs.result.startswith("AssertionError") and c.ours.result.startswith("KeyError: Key")),
    Difference("Elements of typed lists can be deleted", ["I(1, l=[1, 2]).rebind({'l[0]': MV})"], lambda c: re.search(r"MV|\[\S*:\S*\]", c.statement) and re.search(r"Required value is not specified. \(Path='.*\]'|List reached its max size", c.theirs.result)),
    Difference("Unknown keys are refused, also to remove them", ["A(1).rebind(zz=MV)"], lambda c: "MV" in c.statement and "is not allowed for" in c.ours.result and not c.theirs.failed),
    Difference("Resetting to what is there is no change", ["a = pg.Dict(a=Hook(0), onchange_callback=told('d'))", "a.rebind({'a.x': MV})"], lambda c: same_but(c, "hooks") and c.ours.hooks == "" and "MV" in c.statement),
    Difference("Negative indices count in the list before the call", ["a = pg.List([1, 2], onchange_callback=told('l'))", "a.insert(-1, 5)"], lambda c: ("rebind({" in c.statement and "[-" in c.statement) or (re.search(r"\[-\d\]|\[\d\]", c.theirs.hooks + c.theirs.result) and re.sub(r"\[-?\d\]", "", c.ours.hooks + c.ours.result) == re.sub(r"\[-?\d\]", "", c.theirs.hooks + c.theirs.result))),
    Difference("Unknown arguments are refused, also missing ones", ["g(a=1, q=MV)"], lambda c: "MV" in c.statement and "got unexpected keyword" in c.ours.result and not c.theirs.failed),
    # Sealing and scopes.
    Difference("Paths in messages start at the root", ["a = pg.List([{}])", "with pg.as_sealed(True): a[0].update(x=1)"], lambda c: c.ours.failed and "sealed" in c.ours.result and _place_errors(c.ours.result) == _place_errors(c.theirs.result)),
    Difference("Construction works in every scope", ["with pg.as_sealed(True): a = A(1)"], lambda c: re.search(r"as_sealed\(True|accessors\(False", c.statement) and re.search("Cannot modify field of a sealed Dict|Cannot append element on a sealed|Cannot extend a sealed List|accessor_writable is set to False", c.theirs.result) and c.theirs.result != c.ours.result),
    Difference("Defaults are filled without type checks", ["with pg.enable_type_check(False): a = A(1)"], lambda c: "enable_type_check(False)" in c.statement and c.ours.result == c.theirs.result),
    Difference("Arguments of sealed objects", ["a = A(1).seal()", "a.sym_init_args.x = 2"], lambda c: ("sym_init_args" in c.statement and re.search("WritePermissionError", c.ours.result + c.theirs.result)) or ("of sealed Dict: " in c.theirs.result and "of sealed Dict" not in c.ours.result)),
    Difference("Sealing reaches all nodes below", ["a = pg.Dict(a=A(1))", "a.sym_seal()", "a.seal()"], lambda c: "seal" in c.statement and same_but(c, "state")),
    Difference("Clones are sealed where the original is", ["a = pg.List([[1]]).seal()", "b = a.clone()"], lambda c: re.search("clone|copy|loads", c.statement) and ((c.ours.state != c.theirs.state and c.ours.state.replace("~", "") == c.theirs.state.replace("~", "")) or "sealed" in c.theirs.result)),
    Difference("Clones keep callbacks", ["a = pg.List([1], onchange_callback=told('l')).clone(override={'[0]': 2})"], lambda c: re.search("clone|copy", "".join([*c.program, c.statement])) and same_but(c, "hooks") and "l {" in c.ours.hooks and "l {" not in c.theirs.hooks),
    Difference("Clones keep whether they may be written to", ["a = A(1).set_accessor_writable().clone()", "a.x = 2"], lambda c: re.search("clone|copy", "".join(c.program)) and "Cannot set attribute" in c.theirs.result),
    Difference("Required values are required without type checks, too", ["a = A(1).set_accessor_writable()", "with pg.enable_type_check(False): a.x = MV"], lambda c: "enable_type_check(False)" in c.statement and "Required value" in c.ours.result),
    Difference("A memo belongs to a deep clone", ["A(1).clone(memo={})"], lambda c: "`memo` can only be given" in c.ours.result),
    Difference("Clones stay sealed", ["a = pg.List([1]).seal().clone(override={'[0]': 2})"], lambda c: re.search("clone", c.statement) and "WritePermissionError" in c.ours.result),
    # Reading.
    Difference("Diffs are values", ["pg.Diff(1, 2).sym_path"], lambda c: "'Diff' object has no attribute" in c.ours.result or ("Diff(" in c.before and re.search("format|json|contains", c.statement))),
    Difference("Tuples are looked into", ["a = A((1, 2))", "a.rebind(lambda k, v: v + 1 if type(v) is int else v)"], lambda c: "(" in c.before and re.search("lambda|query|contains|visited|descendants", c.statement) and re.search(r"=\(|\(\d|\[\d\]", c.before)),
    Difference("The order is total", ["pg.lt(None, None)"], lambda c: re.search(r"lt\(|gt\(", c.statement) and c.theirs.failed),
    Difference("Empty lists are values", ["pg.List([[]], value_spec=T.List(T.Any())).sym_nondefault()"], lambda c: "nondefault" in c.statement or "non_default" in c.statement),
    Difference("Dicts are read inferred", ["pg.Dict(x=pg.Ref(A(1))).get('x')"], lambda c: re.search(r"\.(get|values|items)\(", c.statement) and ("Ref(" in c.theirs.result or "ValueFromParentChain" in c.theirs.result)),
    Difference("References are written", ["pg.to_json(A(pg.Ref(A(1))))"], lambda c: "cannot be serialized at the moment" in c.theirs.result),
    Difference("Errors within references have a path", ["Typed(I(1))"], lambda c: c.ours.failed and "(path=)" in c.theirs.result and _place_errors(c.ours.result) == _place_errors(c.theirs.result) and not c.statement.startswith(("class", "@"))),
    Difference("References cannot be pickled", ["pickle.dumps(Typed(A(1))) and 1"], lambda c: "pickle" in c.statement and "cannot be pickled at the moment" in c.ours.result),
    Difference("Values that are neither data nor symbolic are not written", ["pg.to_json(A(b'bytes'))"], lambda c: "_OpaqueObject" in c.theirs.result or ("json" in c.statement and "Cannot convert" in c.ours.result)),
    # Functors and calls.
    Difference("Data of unknown types stays data", ["A({'_type': 'nope.X'})"], lambda c: "_type" in c.statement and c.theirs.failed and not c.ours.failed),
    Difference("Errors of data have one type", ["A.from_json({'zz': 1})"], lambda c: "from_json" in c.statement and c.ours.result.partition(" ")[2].startswith(c.theirs.result.partition(" ")[2])),
    Difference("Wrapped objects may miss arguments", ["W(1).rebind(p=MV)"], lambda c: "MV" in c.statement and "Required value is not specified" in c.theirs.result and not c.ours.failed and re.search(r"\b[WV](\.partial)?\(", "".join([*c.program, c.statement]))),
    Difference("Missing values given to a constructor are not given", ["A(MV)"], lambda c: "__init__() missing" in c.ours.result and "Required value is not specified" in c.theirs.result),
    Difference("Wrapped classes complain as Python does", ["V(1, zz=2)"], lambda c: re.search(r"\b[WV](\.partial)?\(|\.rebind", c.statement) and re.search(ARGUMENTS, c.ours.result) and re.search(ARGUMENTS, c.theirs.result)),
    Difference("Missing values in calls are not given", ["f(1)(b=MV)"], lambda c: "MV" in c.statement and re.search("Required value is not specified|MISSING_VALUE", c.theirs.result) and re.match(r"\w+ = |\w+\(|a\(", c.statement) and "Required" not in c.ours.result),
    Difference("Extra arguments are ignored where that was asked for", ["g(1, zz=3, ignore_extra_args=True)"], lambda c: "ignore_extra_args=True" in c.statement and re.search("unexpected keyword|takes . positional", c.theirs.result)),
    Difference("Nothing is not given twice", ["Star(1, z=[2])"], lambda c: re.search(r"got multiple values for argument 'z'", c.theirs.result) and "got multiple" not in c.ours.result),
    Difference("Arguments are matched first", ["A(1, 2, 3, x=1)"], lambda c: re.search(ARGUMENTS, c.ours.result) and c.theirs.failed),
    Difference("Arguments are given once", ["f(1, a=MV)"], lambda c: "got multiple values for" in c.ours.result and "got multiple values for" not in c.theirs.result),
    Difference("Arguments that were reset are not given", ["a = f(1, 2)", "a.b = MV", "a(b=3)"], lambda c: re.search(r"MV", "".join(c.program)) and "'override_args' is set to False" in c.theirs.result),
    Difference("Signatures of functors", ["f.__signature__.args"], lambda c: "__signature__" in c.statement),
    # Wrapped classes.
    Difference("Abstract programs do not run", ["W.partial().v"], lambda c: "cannot be used at run time" in c.ours.result),
    Difference("Arguments that were not given stay out of files", ["pg.to_json(W(1))"], lambda c: "json" in c.statement and len(c.ours.result) < len(c.theirs.result)),
    Difference("Defaults that are shown are plain", ["visited(W(1))"], lambda c: "visited" in c.statement and c.ours.result.replace(": list ", ": List ") == c.theirs.result),
    # Formats and diffs.
    Difference("Formats reach into references", ["pg.Dict(r=pg.Ref(A(1))).format(compact=True, hide_default_values=True)"], lambda c: "format(" in c.statement and "Ref(" in c.theirs.result),
    Difference("Excluded keys are those of one level", ["pg.to_json(pg.List([A(1)]), exclude_keys={'y'})"], lambda c: ("to_json" in c.statement and "exclude_keys" in c.statement and c.theirs.result in ("", c.ours.result)) or ("json" in c.statement and len(c.ours.result) > len(c.theirs.result) and "exclude_keys" in c.statement)),
    Difference("Lists are flattened in diffs", ["str(pg.diff(A([1]), A([2]), flatten=True))"], lambda c: "flatten=True" in "".join([*c.program, c.statement]) and "diff" in "".join([*c.program, c.statement]) and re.search(r"\[|Error", c.theirs.state + c.theirs.result)),
    Difference("Nothing in common is shown as an empty node", ["pg.diff(A(A(1)), A(2), mode='same')"], lambda c: "mode=" in "".join([*c.program, c.statement]) and "<class" in c.theirs.state + c.theirs.result),
    Difference("Numbers are keys in diffs", ["pg.diff({3: 1}, {})"], lambda c: "diff" in c.statement and "are not allowed in Schema" in c.theirs.result),
    Difference("A list and an object share no keys", ["pg.diff(A(1), pg.List([]), collapse=True)"], lambda c: "collapse" in "".join([*c.program, c.statement]) and re.search(r"\|List\(|List\|\w+\(|(left|right)=<class 'List'>", c.theirs.state + c.theirs.result)),
    Difference("Options of diffs are checked at once", ["pg.diff(1, 1, collapse='zz')"], lambda c: "Unsupported `collapse`" in c.ours.result),
    Difference("Diffs leave their arguments alone", ["a = A(1)", "b = pg.Dict()", "d = pg.diff(a, b)", "str(a.sym_path)"], lambda c: "pg.diff" in "".join([*c.program, c.statement]) and (re.search(r"(path=|!path |^')(left|right)", c.theirs.result + c.theirs.state) or (c.theirs.hooks and not c.ours.hooks))),
    Difference("References in lists are dereferenced", ["pg.symbolic.deref(pg.List([pg.Ref(A(1))]), recursive=True)"], lambda c: "deref(" in c.statement and "Ref(" in c.theirs.state + c.theirs.result),
    # Definitions.
    Difference("The order of checks", ["class P(S): r: int", "P(x='s', z='p')"], lambda c: re.search(r"__init__\(\) missing", c.theirs.result) and re.match("(TypeError|ValueError): ", c.ours.result)),
    Difference("Positional parameters are fields", ["@pg.use_init_args(['q'])\nclass P(Open): p: int"], lambda c: "from `init_arg_list` is not defined as a symbolic field" in c.ours.result),
    Difference("Methods win over fields of their name", ["class P(A):\n    q: list[int] = []\n    def q(self): return 1"], lambda c: "class" in c.statement and re.search("encountered <class '(function|property)'>", c.theirs.result) and not c.ours.failed),
    Difference("Candidates are narrowed", ["class P(pg.Object): p: typing.Union[int, str] = 5", "class Q(P): p: Literal['p', 'q'] = 'p'"], lambda c: "no compatible type found in Union" in c.theirs.result),
    Difference("Defaults are shown plain in signatures", ["class P(pg.Object): r: T.Dict([('p', 1)])", "inspect.signature(P)"], lambda c: "inspect.signature" in c.statement and "{" in c.ours.result),
    Difference("Families of keys stand where they were declared", ["class P(Open, I): pass", "[str(k) for k in P.__schema__.keys()]"], lambda c: re.search("__kwargs__|StrKey|Open", "".join(c.program)) and sorted(c.ours.result) == sorted(c.theirs.result)),
    Difference("Errors in definitions name the field", ["class P(pg.Object): q: int = 'bad'"], lambda c: c.statement.startswith(("class", "@")) and c.ours.failed and _place_errors(c.ours.result) == _place_errors(c.theirs.result)),
]  # fmt: skip


def first_disagreement(ours, theirs):
    for i, (o, t) in enumerate(zip(ours, theirs, strict=True)):
        if o != t:
            return i
    return None


def explained(program, ours, theirs, i):
    """The title of the difference that covers the first disagreement, at statement `i`, or None."""
    o, t, titles = list(ours[i]), list(theirs[i]), []
    for d in DIFFERENCES:
        if d.rewrite is not None:
            before = [*o, *t]
            o, t = ([re.sub(*d.rewrite, text, flags=re.S) for text in answer] for answer in (o, t))
            if before != [*o, *t]:
                titles.append(d.title)
    if o == t:
        return titles[0]
    case = Case(program[i], Answers(*o), Answers(*t), ours[i - 1][2] if i else "", program[:i])
    for d in DIFFERENCES:
        if d.covers is not None and d.covers(case):
            return d.title
    return None
