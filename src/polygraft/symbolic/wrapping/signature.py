"""What is known of a wrapped class, compiled at its first use: parameters, fields, how to bind a
call and how to make one.

`bind` is generated: a function with the very signature of the class, so that Python itself matches
arguments to parameters, fast and with its own error messages, and returns those that were given.
"""

from __future__ import annotations

import inspect
import keyword
import linecache
from collections.abc import Callable
from types import GetSetDescriptorType, MemberDescriptorType
from typing import Any

from polygraft.missing import MISSING_VALUE, MissingValue
from polygraft.symbolic.node import OPS, SAFE_TYPES
from polygraft.symbolic.wrapping.base import is_own_new, wrapped_class
from polygraft.typing import Field

EMPTY: Any = inspect.Parameter.empty
_NOT_GIVEN: Any = object()

POSITIONAL_ONLY = inspect.Parameter.POSITIONAL_ONLY
POSITIONAL_OR_KEYWORD = inspect.Parameter.POSITIONAL_OR_KEYWORD
VAR_POSITIONAL = inspect.Parameter.VAR_POSITIONAL
KEYWORD_ONLY = inspect.Parameter.KEYWORD_ONLY
VAR_KEYWORD = inspect.Parameter.VAR_KEYWORD

_ANYTHING = inspect.Signature(
    [inspect.Parameter("args", VAR_POSITIONAL), inspect.Parameter("kwargs", VAR_KEYWORD)]
)


def init_signature(cls: type) -> inspect.Signature:
    """The signature of the class's `__init__` (of `__new__`, if that says more), without the instance."""
    found = None
    if cls.__init__ is not object.__init__:
        found = _without_first(cls.__init__)
        if not _says_nothing(found) or not is_own_new(cls):
            return found
    if is_own_new(cls):
        of_new = _without_first(cls.__new__)
        return found if found is not None and _says_nothing(of_new) else of_new
    return inspect.Signature()


def _without_first(function: Any) -> inspect.Signature:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # C functions that do not tell
        return _ANYTHING
    parameters = list(signature.parameters.values())
    if parameters and parameters[0].kind in (POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD):
        del parameters[0]
    return signature.replace(parameters=parameters)


def _says_nothing(signature: inspect.Signature) -> bool:
    return all(p.kind in (VAR_POSITIONAL, VAR_KEYWORD) for p in signature.parameters.values())


def shown_signature(cls: type) -> inspect.Signature:
    """What `inspect.signature` says of a wrapped class: the same as for the plain one.

    Raises:
        ValueError: It says nothing of the plain one either.
    """
    plain = wrapped_class(cls)
    return inspect.signature(plain) if plain is not None else init_signature(cls)


class ClassInfo:
    """A wrapped class, compiled.

    Attributes:
        cls: The wrapper, or a subclass of one.
        params: Parameter name → parameter, without `*args` and `**kwargs`, in order.
        shown: Like `params`, with `*args`: the order in which arguments are shown.
        varargs, varkw: Names of `*args` and `**kwargs`, or None.
        fields: Argument name → field, for the arguments that have a spec.
        defaults: Argument name → default to show; for required ones a missing value.
        required: Names of the arguments without a default.
        supplied: Names of arguments whose default comes from a spec, so that the plain class needs
            to be given it.
        guesses: True if the signature may not be what the class really accepts.
        bind: `(None, *args, **kwargs)` → arguments given; raises Python's own `TypeError`.
        bind_partial: The same, without required arguments.
        inner_names: The names of the calls that a constructor of the class has made last (see `inner.py`).
    """

    inner_names: list[str] | None = None

    def __init__(self, cls: type, fields: dict[str, Field], dynamic: Field | None = None):
        self.cls = cls
        signature = init_signature(cls)
        self.params: dict[str, inspect.Parameter] = {}
        self.shown: dict[str, inspect.Parameter] = {}
        self.varargs: str | None = None
        self.varkw: str | None = None
        for name, p in signature.parameters.items():
            if p.kind is VAR_KEYWORD:
                self.varkw = name
                continue
            self.shown[name] = p
            if p.kind is VAR_POSITIONAL:
                self.varargs = name
            else:
                self.params[name] = p
        self.fields = fields
        self.dynamic = dynamic
        self.guesses = hasattr(cls.__init__, "__wrapped__") or signature is _ANYTHING
        self.supplied = frozenset(
            n
            for n, f in fields.items()
            if n in self.params and self.params[n].default is EMPTY and has_default(f)
        )
        self._by_name = (
            not self.varargs
            and not self.supplied
            and POSITIONAL_ONLY not in {p.kind for p in self.params.values()}
        )
        self.defaults = {n: self._default(n, p) for n, p in self.shown.items()}
        self.node_defaults = frozenset(
            n
            for n, v in self.defaults.items()
            if type(v) not in SAFE_TYPES and OPS[type(v)].symbolic
        )
        self.required = tuple(n for n, v in self.defaults.items() if isinstance(v, MissingValue))
        self.bind = self._compile(partial=False)
        self.bind_partial = self._compile(partial=True)
        mro = cls.__mro__
        self.slots: tuple[Any, ...] = tuple(
            d for base in mro for d in vars(base).values() if type(d) is MemberDescriptorType
        )
        self.dict: Any = next(
            (
                d
                for base in mro
                if type(d := vars(base).get("__dict__")) is GetSetDescriptorType
                and d.__objclass__ is base
            ),
            None,
        )

    def _default(self, name: str, p: inspect.Parameter) -> Any:
        if p.kind is VAR_POSITIONAL:
            return EMPTY
        field = self.fields.get(name)
        if p.default is not EMPTY:
            return p.default
        if field is None:
            return MISSING_VALUE
        return field.value.default if has_default(field) else MissingValue(field.value)

    # -- binding -----------------------------------------------------------------------------------
    def _compile(self, partial: bool) -> Callable[..., dict[str, Any]]:
        required: list[str] = []
        optional: list[str] = []
        for name, p in self.params.items():
            free = partial or p.default is not EMPTY or name in self.supplied
            # After a default from a spec, Python wants defaults; the class itself complains if
            # such an argument is missing.
            after_free = bool(optional) and p.kind is not KEYWORD_ONLY
            (optional if free or after_free else required).append(name)
        if any(not n.isidentifier() or keyword.iskeyword(n) for n in self.shown):
            return self._bind_slowly
        head: list[str] = ["_pg_self"]
        kinds = [p.kind for p in self.params.values()]
        if POSITIONAL_ONLY not in kinds:
            head.append("/")
        star = False
        previous: Any = POSITIONAL_ONLY
        for name, p in self.shown.items():
            if previous is POSITIONAL_ONLY and p.kind is not POSITIONAL_ONLY and "/" not in head:
                head.append("/")
            previous = p.kind
            if p.kind is VAR_POSITIONAL:
                head.append(f"*{name}")
                star = True
                continue
            if p.kind is KEYWORD_ONLY and not star:
                head.append("*")
                star = True
            head.append(f"{name}=_pg_not" if name in optional else name)
        if "/" not in head:
            head.append("/")
        if self.varkw:
            head.append("**_pg_more")
        lines = [f"def __init__({', '.join(head)}):"]
        lines.append(f"    _pg_args = {{{', '.join(f'{n!r}: {n}' for n in required)}}}")
        for name in optional:
            lines.append(f"    if {name} is not _pg_not: _pg_args[{name!r}] = {name}")
        if self.varargs:
            lines.append(
                f"    if {self.varargs}: _pg_args[{self.varargs!r}] = list({self.varargs})"
            )
        if self.varkw:
            lines.append("    if _pg_more: _pg_add(_pg_args, _pg_more)")
        lines.append("    return _pg_args")
        source = "\n".join(lines) + "\n"
        filename = f"<polygraft bind {self.cls.__module__}.{self.cls.__qualname__}>"
        scope: dict[str, Any] = {"_pg_not": _NOT_GIVEN, "_pg_add": self._add_keywords}
        exec(compile(source, filename, "exec"), scope)
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        bind = scope["__init__"]
        bind.__qualname__ = f"{self.cls.__qualname__}.__init__"
        return bind

    def _bind_slowly(self, _: Any, /, *args: Any, **kwargs: Any) -> dict[str, Any]:
        bound = init_signature(self.cls).bind_partial(*args, **kwargs)
        given = dict(bound.arguments)
        if self.varkw:
            given.update(given.pop(self.varkw, {}))
        if self.varargs in given:
            given[self.varargs] = list(given[self.varargs])
        return given

    def _add_keywords(self, args: dict[str, Any], more: dict[str, Any]) -> None:
        """Adds `**kwargs`, which are recorded beside the other arguments."""
        if any(name[:1] == "@" for name in more):
            raise TypeError(
                "Names with `@` are overrides."
            )  # told apart from arguments by the caller
        for name in self.shown:
            if name in more:
                raise TypeError(
                    f"{self.cls.__qualname__}.__init__() got a keyword argument {name!r} which is also the name of a "
                    f"positional-only parameter or of `*args`: symbolic arguments need names of their own."
                )
        args.update(more)

    # -- calling -----------------------------------------------------------------------------------
    def arguments(self, values: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """The call that gives the plain class `values` (name → value, as recorded) and nothing that was not given."""
        if self._by_name:
            return [], values
        positional: list[Any] = []
        named = {n: v for n, v in values.items() if n not in self.shown}
        rest = values.get(self.varargs, ()) if self.varargs else ()
        in_front = [
            n for n, p in self.params.items() if p.kind in (POSITIONAL_ONLY, POSITIONAL_OR_KEYWORD)
        ]
        if not rest:  # as few by position as possible
            last = max(
                (
                    i
                    for i, n in enumerate(in_front)
                    if self.params[n].kind is POSITIONAL_ONLY and n in values
                ),
                default=-1,
            )
            in_front = in_front[: last + 1]
        for name in in_front:
            positional.append(values[name] if name in values else self._plain_default(name))
        positional.extend(rest)
        for name in self.params:
            if name in values and name not in in_front:
                named[name] = values[name]
            elif name in self.supplied and name not in in_front:
                named[name] = self._plain_default(name)
        return positional, named

    def _plain_default(self, name: str) -> Any:
        value = self.defaults[name]
        if type(value) in SAFE_TYPES or name not in self.supplied:
            return value
        return OPS[type(value)].clone(value, {}, True)

    # -- fields ------------------------------------------------------------------------------------
    def field(self, key: Any) -> Field | None:
        """The field of an argument, if it has a spec."""
        field = self.fields.get(key)
        if field is None and self.dynamic is not None and key not in self.shown:
            return self.dynamic
        return field

    def admits(self, key: Any) -> bool:
        """True if the class takes an argument of that name, or if the name is that of an override (`'@conv1'`)."""
        return key in self.shown or (
            isinstance(key, str) and (self.varkw is not None or self.guesses or key[:1] == "@")
        )


def has_default(field: Field) -> bool:
    """True if the field's spec has a default."""
    default = field.value.default
    return default is not MISSING_VALUE and not isinstance(default, MissingValue)
