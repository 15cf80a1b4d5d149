"""Turns the schema of an `Object` class into Python source: constructor, clone, equality, items.

The work is done once per class. The constructor has the real parameters; the type test of each field stands in line
and only a value that fails it takes the slow path (conversion, validation, adoption, errors). What a field's type
cannot contain is not looked for. Whatever is not plain goes to the general constructor (`construct.py`).

The source is registered with `linecache`, so that tracebacks show it; `Cls.__init__.__pg_source__` holds it.
"""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable
from types import FunctionType
from typing import Any, cast

from polygraft.missing import MISSING_VALUE, is_missing
from polygraft.symbolic.class_info import ClassInfo, Compiled, Slot, is_identifier
from polygraft.symbolic.compare import same as symbolic_eq
from polygraft.symbolic.fields import fresh
from polygraft.symbolic.node import (
    ABSTRACT,
    NOT_WRITABLE,
    OPS,
    PARTIAL,
    ROOT,
    SAFE_TYPES,
    SEALED,
    WRITABLE,
    Link,
    mark,
)

#: Flags of a node that its clones keep. `ABSTRACT` among them: the children are cloned along.
KEPT = SEALED | PARTIAL | WRITABLE | NOT_WRITABLE | ABSTRACT


def compile_class(
    cls: type,
    info: ClassInfo,
    env: dict[str, Any],
    *,
    set_link: Callable[[Any, Link], None],
    construct: Callable[..., None],
    check: Callable[[int], Callable[[Any], Any]],
    adopt: Callable[[Any], None],
    finish: Callable[[Any], None] | None,
    born_sealed: bool,
) -> Compiled:
    """Generates and executes the source for one class.

    Args:
        cls: The class.
        info: Its fields.
        env: Constants of the in-line checks; becomes the namespace of the generated functions.
        set_link: Stores a node's link.
        construct: `(self, values, extra, keywords)`: the general constructor, which also words the errors.
        check: Index of a field → function that validates and converts one value.
        adopt: Attaches the values of an instance that may be nodes.
        finish: Runs the hooks after construction; None if nobody overrides them.
        born_sealed: True if instances are made sealed.
    """
    env |= {
        "_pg_M": MISSING_VALUE,
        "_pg_ROOT": ROOT,
        "_pg_SAFE": SAFE_TYPES,
        "_pg_OPS": OPS,
        "_pg_Link": Link,
        "_pg_new": object.__new__,
        "_pg_set": object.__setattr__,
        "_pg_get": object.__getattribute__,
        "_pg_cls": cls,
        "_pg_set_link": set_link,
        "_pg_mark": mark,
        "_pg_construct": construct,
        "_pg_adopt": adopt,
        "_pg_finish": finish,
        "_pg_eq": symbolic_eq,
        "_pg_more": dynamic_names,
        "_pg_at": info.dynamic_storage,
    }
    slots, dynamic = list(info.slots.values()), info.dynamic is not None
    plain = all(is_identifier(n) and n[:4] != "_pg_" and n != "self" for n in info.slots)
    has_init = plain and not dynamic and not born_sealed
    lines: list[str] = []
    if has_init:
        lines += _init_source(slots, info, check, finish is not None, env)
    lines += _clone_source("clone", slots, dynamic, finish is not None)
    lines += _clone_source("clone_into", slots, dynamic, False)
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
    out.clone, out.share = env["_clone"], env["_share"]
    out.clone_into = None if finish is not None else env["_clone_into"]
    out.eq, out.items = env["_eq"], env["_items"]
    return out


def _init_source(
    slots: list[Slot],
    info: ClassInfo,
    check: Callable[[int], Callable[[Any], Any]],
    has_hooks: bool,
    env: dict[str, Any],
) -> list[str]:
    varargs = info.varargs
    given = [s for s in slots if not s.field.value.frozen]
    pairs = (f"{s.name!r}: {f'list({s.name})' if s.name == varargs else s.name}" for s in given)
    values = "{" + ", ".join(pairs) + "}"
    out = [
        f"def __init__(self, {_parameters_source(given, info, env)}):",
        f"    if {'_pg_kw' if varargs else '_pg_extra or _pg_kw'}:",
        f"        return _pg_construct(self, {values}, {'()' if varargs else '_pg_extra'}, _pg_kw)",
    ]
    if given:
        out.append("    _pg_n = False")
    tests = _tests(given, env)
    for s in given:
        env[f"_pg_c{s.index}"] = check(s.index)
        if s.name == varargs:
            out.append(f"    {s.name} = _pg_c{s.index}(list({s.name}))")
            out.append("    _pg_n = True")
        else:
            out += _value_source(s, tests[s.name], values, env)
    out.append("    _pg_set_link(self, _pg_ROOT)")
    adopts = "_pg_n" if given else ""
    for s in slots:
        if s.field.value.frozen:
            default = env[f"_pg_v{s.index}"] = s.field.value.default
            if type(default) not in SAFE_TYPES:
                env["_pg_fresh"] = fresh
                out.append(f"    _pg_set(self, {s.storage!r}, _pg_fresh(_pg_v{s.index}))")
                adopts = "True"
                continue
            out.append(f"    _pg_set(self, {s.storage!r}, _pg_v{s.index})")
        else:
            out.append(f"    _pg_set(self, {s.storage!r}, {s.name})")
    if adopts:
        out.append(f"    if {adopts}:")
        out.append("        _pg_adopt(self)")
    if has_hooks:
        out.append("    _pg_finish(self)")
    return out


def _parameters_source(given: list[Slot], info: ClassInfo, env: dict[str, Any]) -> str:
    """The parameters: positional ones, extras, keyword-only ones, unknown keywords."""

    def parameter(slot: Slot) -> str:
        if slot.default is MISSING_VALUE:
            return f"{slot.name}=_pg_M"
        env[f"_pg_d{slot.index}"] = slot.default
        return f"{slot.name}=_pg_d{slot.index}"

    positional = [*info.positional, info.varargs]
    return ", ".join(
        [
            *(parameter(info.slots[name]) for name in info.positional),
            f"*{info.varargs or '_pg_extra'}",
            *(parameter(s) for s in given if s.name not in positional),
            "**_pg_kw",
        ]
    )


def _tests(given: list[Slot], env: dict[str, Any]) -> dict[str, str | None]:
    """The in-line checks by field; as calls where a field has the name of something that a check refers to (`type`)."""
    referred: set[str] = set()
    for s in given:
        if s.test is not None:
            env[f"_pg_t{s.index}"] = s.fits
            referred.update(cast("FunctionType", s.fits).__code__.co_names)
    if any(s.name in referred for s in given):
        return {s.name: s.test and f"_pg_t{s.index}({s.name})" for s in given}
    return {s.name: s.test for s in given}


def _value_source(slot: Slot, test: str | None, values: str, env: dict[str, Any]) -> list[str]:
    """The lines that check one argument and complete it."""
    name, index = slot.name, slot.index
    out: list[str] = []
    indent = "    "
    if test is not None:
        out.append(f"    if not ({test}):")
        indent = "        "
    if slot.default is MISSING_VALUE:
        out.append(f"{indent}if {name} is _pg_M:")
        if slot.has_default:
            env[f"_pg_f{index}"] = slot.field
            env["_pg_fresh"] = fresh
            out.append(f"{indent}    {name} = _pg_fresh(_pg_f{index}.value.default)")
        else:
            out.append(f"{indent}    return _pg_construct(self, {values}, (), None)")
    out.append(f"{indent}{name} = _pg_c{index}({name})")
    out.append(f"{indent}_pg_n = True")
    return out


def dynamic_names(link: Link) -> list[str]:
    """Names of the values of dynamic fields, in the order in which they were given."""
    return link.aside.get("dynamic", []) if link.aside else []


def _clone_source(name: str, slots: list[Slot], dynamic: bool, has_hooks: bool) -> list[str]:
    arguments = {
        "clone": "x, memo, deep",
        "clone_into": "x, memo, deep, parent, key",
        "share": "x",
    }[name]
    out = [f"def _{name}({arguments}):", "    new = _pg_new(_pg_cls)", "    link = x._sym"]
    if name == "clone_into":
        out += [
            "    place = _pg_new(_pg_Link)",
            f"    place.parent = parent; place.key = key; place.flags = link.flags & {KEPT}; place.aside = None",
            "    _pg_set_link(new, place)",
            f"    if place.flags & {ABSTRACT}: _pg_mark(parent, {ABSTRACT})",
        ]
    else:
        out += [
            f"    flags = link.flags & {KEPT}",
            "    _pg_set_link(new, _pg_Link(None, None, flags) if flags else _pg_ROOT)",
        ]

    def copied(key: str) -> list[str]:
        if name == "share":
            return [
                "        v = _pg_OPS[type(v)].share(v)",
                f"        v = _pg_OPS[type(v)].attach(v, new, {key})",
            ]
        return [f"        v = _pg_OPS[type(v)].clone_into(v, memo, deep, new, {key})"]

    for s in slots:
        out.append(f"    v = {s.read('x')}")
        out.append("    if type(v) not in _pg_SAFE:")
        out += copied(repr(s.name))
        out.append(f"    _pg_set(new, {s.storage!r}, v)")
    if dynamic:
        out += [
            "    more = _pg_more(link)",
            "    for k in more:",
            "        a = _pg_at[k]",
            "        v = _pg_get(x, a)",
            *copied("k"),
            "        _pg_set(new, a, v)",
            "    if more:",
            "        _pg_OPS[_pg_cls].own_link(new).aside = {'dynamic': list(more)}",
        ]
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
        out.append("    p = _pg_more(x._sym); q = _pg_more(y._sym)")
        out.append(
            "    return set(p) == set(q) and all(_pg_eq(_pg_get(x, _pg_at[k]), _pg_get(y, _pg_at[k])) for k in p)"
        )
    else:
        out.append("    return True")
    return out


def _items_source(slots: list[Slot], dynamic: bool) -> list[str]:
    pairs = ", ".join(f"({s.name!r}, {s.read('x')})" for s in slots)
    pairs = f"({pairs},)" if slots else "()"
    out = ["def _items(x):"]
    if dynamic:
        out.append(
            f"    return {pairs} + tuple((k, _pg_get(x, _pg_at[k])) for k in _pg_more(x._sym))"
        )
    else:
        out.append(f"    return {pairs}")
    return out


def signature_of(info: ClassInfo) -> inspect.Signature:
    """The signature shown for a class: names, annotations, defaults."""
    if not all(is_identifier(name) for name in info.slots):
        return inspect.Signature([inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)])
    parameters: list[inspect.Parameter] = []
    optional = False
    for name in info.positional:
        slot = info.slots[name]
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters.append(_parameter(slot, kind, after_default=optional))
        optional = optional or slot.has_default
    if info.varargs:
        spec: Any = info.slots[info.varargs].field.value
        annotation = _shown(spec.element.value.annotation)
        kind = inspect.Parameter.VAR_POSITIONAL
        parameters.append(inspect.Parameter(info.varargs, kind, annotation=annotation))
    positional = [*info.positional, info.varargs]
    for slot in info.slots.values():
        if slot.name not in positional and not slot.field.value.frozen:
            parameters.append(_parameter(slot, inspect.Parameter.KEYWORD_ONLY))
    if info.dynamic is not None:
        annotation = _shown(info.dynamic.value.annotation)
        kind = inspect.Parameter.VAR_KEYWORD
        parameters.append(inspect.Parameter("kwargs", kind, annotation=annotation))
    return inspect.Signature(parameters)


def _parameter(slot: Slot, kind: Any, after_default: bool = False) -> inspect.Parameter:
    spec = slot.field.value
    default = spec.default
    if (
        not slot.has_default
    ):  # required, but Python has no parameter without a default after one with
        default = MISSING_VALUE if after_default else inspect.Parameter.empty
    return inspect.Parameter(slot.name, kind, default=default, annotation=_shown(spec.annotation))


def _shown(annotation: Any) -> Any:
    return inspect.Parameter.empty if is_missing(annotation) else annotation
