"""Turns the schema of an `Object` class into Python source: constructor, clone, equality, items.

The work is done once per class. The constructor has the real parameters; the type test of each field stands in line and only
a value that fails it takes the slow path (conversion, validation, adoption, errors). What a field's type
cannot contain is not looked for. The source is registered with `linecache`, so that tracebacks show it;
`Cls.__init__.__pg_source__` holds it.
"""

from __future__ import annotations

import inspect
import keyword
import linecache
from collections.abc import Callable
from typing import Any

from polygraft.missing import MISSING_VALUE
from polygraft.symbolic.compare import same as symbolic_eq
from polygraft.symbolic.fields import fresh, is_missing
from polygraft.symbolic.node import (
    NOT_WRITABLE,
    OPS,
    PARTIAL,
    ROOT,
    SAFE_TYPES,
    SEALED,
    WRITABLE,
    Link,
)
from polygraft.typing import Field

#: Flags of a node that its clones keep.
KEPT = SEALED | PARTIAL | WRITABLE | NOT_WRITABLE


class Slot:
    """How one const field of a class is stored and checked.

    Attributes:
        name: The field's name.
        storage: The attribute that holds it (another one where a method of the user has the name).
        field: The field.
        index: Its position among the class's const fields.
        default: What stands in the signature: an immutable default, or `MISSING_VALUE`.
        has_default: True if the field need not be given.
        test: Source of the in-line check, or None.
        fits: The in-line check as a function.
    """

    __slots__ = ("default", "field", "fits", "has_default", "index", "name", "storage", "test")

    def __init__(self, name: str, storage: str, field: Field, index: int, env: dict[str, Any]):
        self.name = name
        self.storage = storage
        self.field = field
        self.index = index
        spec = field.value
        self.has_default = not is_missing(spec.default)
        self.default = (
            spec.default if self.has_default and type(spec.default) in SAFE_TYPES else MISSING_VALUE
        )
        self.test = None if spec.frozen else spec.fast_check(name, env)
        self.fits: Callable[[Any], bool] = _never
        if self.test is not None and name.isidentifier() and not keyword.iskeyword(name):
            self.fits = eval(f"lambda {name}: {self.test}", env)

    def read(self, variable: str) -> str:
        """Source that reads the value from an instance.

        By attribute, never through `__dict__`: once an instance's dict exists, CPython reads its attributes slowly.
        """
        if self.storage.isidentifier() and not keyword.iskeyword(self.storage):
            return f"{variable}.{self.storage}"
        return f"getattr({variable}, {self.storage!r})"


def _never(value: Any) -> bool:
    return False


class Compiled:
    """What `compile_class` makes of a class."""

    __slots__ = ("clone", "eq", "init", "items", "share")
    init: Callable[..., None] | None
    clone: Callable[[Any, Any, bool], Any]
    share: Callable[[Any], Any]
    eq: Callable[[Any, Any], bool]
    items: Callable[[Any], tuple[tuple[str, Any], ...]]


def compile_class(
    cls: type,
    slots: list[Slot],
    *,
    positional: list[str],
    varargs: str | None,
    dynamic: bool,
    set_link: Callable[[Any, Link], None],
    construct: Callable[..., None],
    check: Callable[[int], Callable[[Any], Any]],
    adopt: Callable[[Any], None],
    finish: Callable[[Any], None] | None,
    born_sealed: bool,
    env: dict[str, Any],
) -> Compiled:
    """Generates and executes the source for one class.

    Args:
        cls: The class.
        slots: Its const fields, in order.
        positional: Names of the positional parameters.
        varargs: The field that collects positional extras, if there is one.
        dynamic: True if any extra keyword argument is a field.
        set_link: Stores a node's link.
        construct: `(self, values, extra, keywords)`: the general constructor, which also words the errors.
        check: Index of a field → function that validates and converts one value.
        adopt: Attaches the values of an instance that may be nodes.
        finish: Runs the hooks after construction; None if nobody overrides them.
        born_sealed: True if instances are made sealed.
        env: Constants of the in-line checks.
    """
    env |= {
        "_pg_M": MISSING_VALUE,
        "_pg_ROOT": ROOT,
        "_pg_SAFE": SAFE_TYPES,
        "_pg_OPS": OPS,
        "_pg_Link": Link,
        "_pg_new": object.__new__,
        "_pg_set": object.__setattr__,
        "_pg_cls": cls,
        "_pg_set_link": set_link,
        "_pg_construct": construct,
        "_pg_adopt": adopt,
        "_pg_finish": finish,
        "_pg_eq": symbolic_eq,
    }
    lines: list[str] = []
    plain_names = all(
        s.name.isidentifier() and not keyword.iskeyword(s.name) and s.name[:4] != "_pg_"
        for s in slots
    )
    has_init = (
        plain_names and not dynamic and not born_sealed and "self" not in {s.name for s in slots}
    )
    if has_init:
        lines += _init_source(slots, positional, varargs, check, finish is not None, env)
    lines += _clone_source("clone", slots, dynamic, finish is not None)
    lines += _clone_source("share", slots, dynamic, finish is not None)
    lines += _eq_source(slots, dynamic)
    lines += _items_source(slots, dynamic)
    source = "\n".join(lines) + "\n"
    filename = f"<polygraft {cls.__module__}.{cls.__qualname__}>"
    exec(compile(source, filename, "exec"), env)
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    out = Compiled()
    out.init = env["__init__"] if has_init else None
    if out.init is not None:
        out.init.__qualname__ = f"{cls.__qualname__}.__init__"
        out.init.__module__ = cls.__module__
        out.init.__dict__["__pg_source__"] = source
    out.clone, out.share, out.eq, out.items = (
        env["_clone"],
        env["_share"],
        env["_eq"],
        env["_items"],
    )
    return out


def _init_source(
    slots: list[Slot],
    positional: list[str],
    varargs: str | None,
    check: Callable[[int], Callable[[Any], Any]],
    has_hooks: bool,
    env: dict[str, Any],
) -> list[str]:
    by_name = {s.name: s for s in slots}
    given = [s for s in slots if not s.field.value.frozen]

    def parameter(slot: Slot) -> str:
        if slot.default is MISSING_VALUE:
            return f"{slot.name}=_pg_M"
        env[f"_pg_d{slot.index}"] = slot.default
        return f"{slot.name}=_pg_d{slot.index}"

    parts = [parameter(by_name[n]) for n in positional]
    parts.append(f"*{varargs}" if varargs else "*_pg_extra")
    parts += [parameter(s) for s in given if s.name not in positional and s.name != varargs]
    parts.append("**_pg_kw")
    extra = "()" if varargs else "_pg_extra"
    values = "{" + ", ".join(f"{s.name!r}: {s.name}" for s in given) + "}"
    values = (
        values.replace(f"{varargs!r}: {varargs}", f"{varargs!r}: list({varargs})")
        if varargs
        else values
    )
    out = [
        f"def __init__(self, {', '.join(parts)}):",
        f"    if {'_pg_kw' if varargs else '_pg_extra or _pg_kw'}:",
        f"        return _pg_construct(self, {values}, {extra}, _pg_kw)",
    ]
    if given:
        out.append("    _pg_n = False")
    for s in given:
        env[f"_pg_c{s.index}"] = check(s.index)
        if s.name == varargs:
            out.append(f"    {s.name} = _pg_c{s.index}(list({s.name}))")
            out.append("    _pg_n = True")
            continue
        indent = "    "
        if s.test is not None:
            out.append(f"    if not ({s.test}):")
            indent = "        "
        if s.default is MISSING_VALUE:
            out.append(f"{indent}if {s.name} is _pg_M:")
            if s.has_default:
                env[f"_pg_f{s.index}"] = s.field
                env["_pg_fresh"] = fresh
                out.append(f"{indent}    {s.name} = _pg_fresh(_pg_f{s.index}.value.default)")
            else:
                out.append(f"{indent}    return _pg_construct(self, {values}, (), None)")
        out.append(f"{indent}{s.name} = _pg_c{s.index}({s.name})")
        out.append(f"{indent}_pg_n = True")
    out.append("    _pg_set_link(self, _pg_ROOT)")
    for s in slots:
        if s.field.value.frozen:
            env[f"_pg_v{s.index}"] = s.field.value.default
            out.append(f"    _pg_set(self, {s.storage!r}, _pg_v{s.index})")
        else:
            out.append(f"    _pg_set(self, {s.storage!r}, {s.name})")
    if given:
        out.append("    if _pg_n:")
        out.append("        _pg_adopt(self)")
    if has_hooks:
        out.append("    _pg_finish(self)")
    return out


def _clone_source(name: str, slots: list[Slot], dynamic: bool, has_hooks: bool) -> list[str]:
    arguments, call = (
        ("x, memo, deep", "clone({v}, memo, deep)") if name == "clone" else ("x", "share({v})")
    )
    out = [
        f"def _{name}({arguments}):",
        "    new = _pg_new(_pg_cls)",
        "    link = x._sym",
        f"    flags = link.flags & {KEPT}",
        "    _pg_set_link(new, _pg_Link(None, None, flags) if flags else _pg_ROOT)",
    ]
    for s in slots:
        out.append(f"    v = {s.read('x')}")
        out.append("    if type(v) not in _pg_SAFE:")
        out.append(f"        v = _pg_OPS[type(v)].{call.format(v='v')}")
        out.append(f"        v = _pg_OPS[type(v)].attach(v, new, {s.name!r})")
        out.append(f"    _pg_set(new, {s.storage!r}, v)")
    if dynamic:
        out.append("    for k in link.aside['dynamic'] if link.aside else ():")
        out.append("        v = getattr(x, k)")
        out.append(f"        v = _pg_OPS[type(v)].{call.format(v='v')}")
        out.append("        _pg_set(new, k, _pg_OPS[type(v)].attach(v, new, k))")
        out.append("    if link.aside:")
        out.append(
            "        _pg_OPS[_pg_cls].own_link(new).aside = {'dynamic': list(link.aside['dynamic'])}"
        )
    if has_hooks:
        out.append("    _pg_finish(new)")
    out.append("    return new")
    return out


def _eq_source(slots: list[Slot], dynamic: bool) -> list[str]:
    out = [
        "def _eq(x, y):",
        "    if x is y:",
        "        return True",
        "    if type(y) is not type(x):",
        "        return False",
    ]
    for s in slots:
        out.append(f"    u = {s.read('x')}; v = {s.read('y')}")
        out.append(
            "    if u is not v and not (u == v if type(u) in _pg_SAFE and type(v) in _pg_SAFE else _pg_eq(u, v)):"
        )
        out.append("        return False")
    if dynamic:
        out.append("    p = x._sym.aside; q = y._sym.aside")
        out.append("    p = p['dynamic'] if p else []; q = q['dynamic'] if q else []")
        out.append("    return set(p) == set(q) and all(_pg_eq(getattr(x, k), getattr(y, k)) for k in p)")
    else:
        out.append("    return True")
    return out


def _items_source(slots: list[Slot], dynamic: bool) -> list[str]:
    pairs = ", ".join(f"({s.name!r}, {s.read('x')})" for s in slots)
    pairs = f"({pairs},)" if slots else "()"
    out = ["def _items(x):"]
    if dynamic:
        out += [
            "    aside = x._sym.aside",
            "    more = tuple((k, getattr(x, k)) for k in aside['dynamic']) if aside else ()",
            f"    return {pairs} + more",
        ]
    else:
        out.append(f"    return {pairs}")
    return out


def signature_of(
    slots: list[Slot], positional: list[str], varargs: str | None, dynamic: Field | None
) -> inspect.Signature:
    """The signature shown for a class: names, annotations, defaults."""
    by_name = {s.name: s for s in slots}
    parameters: list[inspect.Parameter] = []
    if not all(name.isidentifier() and not keyword.iskeyword(name) for name in by_name):
        return inspect.Signature([inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)])

    def parameter(slot: Slot, kind: Any, after_default: bool = False) -> inspect.Parameter:
        annotation = slot.field.value.annotation
        default = slot.field.value.default
        if not slot.has_default:
            default = MISSING_VALUE if after_default else inspect.Parameter.empty
        return inspect.Parameter(
            slot.name,
            kind,
            default=default,
            annotation=inspect.Parameter.empty if is_missing(annotation) else annotation,
        )

    optional = False
    for name in positional:
        slot = by_name[name]
        parameters.append(parameter(slot, inspect.Parameter.POSITIONAL_OR_KEYWORD, optional))
        optional = optional or slot.has_default
    if varargs:
        element = by_name[varargs].field.value.element.value.annotation  # type: ignore[attr-defined]
        annotation = inspect.Parameter.empty if is_missing(element) else element
        parameters.append(
            inspect.Parameter(varargs, inspect.Parameter.VAR_POSITIONAL, annotation=annotation)
        )
    for slot in slots:
        if slot.name not in positional and slot.name != varargs and not slot.field.value.frozen:
            parameters.append(parameter(slot, inspect.Parameter.KEYWORD_ONLY))
    if dynamic is not None:
        annotation = dynamic.value.annotation
        annotation = inspect.Parameter.empty if is_missing(annotation) else annotation
        parameters.append(
            inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD, annotation=annotation)
        )
    return inspect.Signature(parameters)
