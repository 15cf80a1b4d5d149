"""`Signature`: the arguments of a function or class, as value specs."""

from __future__ import annotations

import copy
import enum
import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable
from typing import Any

from polygraft.formatting import Formattable, kvlist_str
from polygraft.missing import MISSING_VALUE
from polygraft.typing.any_spec import Any as AnySpec
from polygraft.typing.argument import Argument, keyword_spec
from polygraft.typing.custom import FunctorTrait
from polygraft.typing.dict_spec import Dict
from polygraft.typing.docs import argument_docs, summary
from polygraft.typing.field import Field
from polygraft.typing.inspection import callable_eq
from polygraft.typing.keys import ConstStrKey, KeySpec, StrKey
from polygraft.typing.list_spec import List
from polygraft.typing.schema import Schema, create_schema
from polygraft.typing.value_spec import LATE, ValueSpec


class CallableType(enum.Enum):
    """What is called."""

    FUNCTION = 1  # also unbound and static methods
    METHOD = 2  # bound: instance and class methods, callable objects, classes


class Signature(Formattable):
    """The arguments and the result of something that can be called.

    Args:
        callable_type: What it is.
        name: Its name.
        module_name: The module it is in.
        args: Positional arguments.
        kwonlyargs: Keyword-only arguments.
        varargs: `*args`.
        varkw: `**kwargs`.
        return_value: The spec of the result, if known.
        qualname: Its qualified name; `name` if not given.
        description: For documentation.

    Example:
        >>> def f(x: int, *, y: str = "a") -> float: ...
        >>> signature(f).arg_names
        ['x', 'y']
    """

    def __init__(
        self,
        callable_type: CallableType,
        name: str,
        module_name: str,
        args: list[Argument] | None = None,
        kwonlyargs: list[Argument] | None = None,
        varargs: Argument | None = None,
        varkw: Argument | None = None,
        return_value: ValueSpec | None = None,
        qualname: str | None = None,
        description: str | None = None,
    ):
        self.callable_type = callable_type
        self.name = name
        self.module_name = module_name
        self.args: list[Argument] = args or []
        self.kwonlyargs: list[Argument] = kwonlyargs or []
        self.varargs = varargs
        self.varkw = varkw
        self.return_value = return_value
        self.qualname = qualname or name
        self.description = description

    # -- construction ----------------------------------------------------------------------------------------------
    @classmethod
    def from_signature(
        cls,
        sig: inspect.Signature,
        name: str,
        callable_type: CallableType,
        module_name: str | None = None,
        qualname: str | None = None,
        auto_typing: bool = False,
        docstr: str | None = None,
        parent_module: types.ModuleType | None = None,
    ) -> Signature:
        """Returns the signature for Python's own."""
        out = cls(
            callable_type,
            name,
            module_name or "wrapper",
            qualname=qualname,
            description=summary(docstr),
        )
        docs = argument_docs(docstr)
        for param in sig.parameters.values():
            stars = {param.VAR_POSITIONAL: "*", param.VAR_KEYWORD: "**"}.get(param.kind, "")
            description = docs.get(stars + param.name)
            out._add(Argument.from_parameter(param, description, auto_typing, parent_module))
        if sig.return_annotation is not inspect.Signature.empty:
            out.return_value = _returned(sig.return_annotation, auto_typing, parent_module)
        return out

    def _add(self, argument: Argument) -> None:
        if argument.kind is Argument.Kind.POSITIONAL_OR_KEYWORD:
            self.args.append(argument)
        elif argument.kind is Argument.Kind.KEYWORD_ONLY:
            self.kwonlyargs.append(argument)
        elif argument.kind is Argument.Kind.VAR_POSITIONAL:
            self.varargs = argument
        else:
            self.varkw = argument

    @classmethod
    def from_callable(
        cls, func: Any, auto_typing: bool = False, auto_doc: bool = False
    ) -> Signature:
        """Returns the signature of a function, method, class or callable object.

        Args:
            func: What is called.
            auto_typing: Whether annotations become checks; else they are only shown.
            auto_doc: Whether descriptions are taken from the docstring.

        Raises:
            TypeError: It cannot be called.
        """
        if not callable(func):
            raise TypeError(f"{func!r} is not callable.")
        own = getattr(func, "__signature__", None)
        if not isinstance(own, Signature):
            own = _signature_of_functor(func)
        if own is not None:
            return own
        named: Any = func
        while isinstance(named, functools.partial):
            named = named.func  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        if not inspect.isclass(named) and not inspect.isroutine(named):
            if not inspect.isroutine(type(named).__call__):
                raise TypeError(f"{named!r}.__call__ is not a method.")
            if func is named:
                func = named.__call__
            named = named.__call__
        is_method = inspect.isclass(named) or inspect.ismethod(named)
        try:
            sig = inspect.signature(func)
        except ValueError:  # builtins without a text signature
            sig = _opaque_signature(named)
        module_name: str = getattr(named, "__module__", None) or "wrapper"
        doc = (
            _docstring(named)
            if auto_doc and not isinstance(named, types.MethodWrapperType)
            else None
        )
        return cls.from_signature(
            sig,
            name=named.__name__,
            callable_type=CallableType.METHOD if is_method else CallableType.FUNCTION,
            module_name=module_name,
            qualname=named.__qualname__,
            auto_typing=auto_typing,
            docstr=doc,
            parent_module=sys.modules.get(module_name),
        )

    @classmethod
    def from_schema(
        cls,
        schema: Schema,
        module_name: str,
        name: str,
        qualname: str | None = None,
        is_method: bool = True,
    ) -> Signature:
        """Returns the signature of the constructor, or function, that a schema describes."""
        kinds = Argument.Kind
        out = cls(
            CallableType.FUNCTION,
            name,
            module_name,
            qualname=qualname,
            return_value=schema.metadata.get("returns"),
            description=schema.description,
        )
        if is_method:
            out.args.append(Argument("self", kinds.POSITIONAL_OR_KEYWORD, AnySpec()))
        taken: set[str] = set()
        for arg_name in schema.metadata.get("init_arg_list", ()):
            plain = arg_name.removeprefix("*")
            kind = kinds.VAR_POSITIONAL if arg_name.startswith("*") else kinds.POSITIONAL_OR_KEYWORD
            field = schema.get(plain)
            if field is None:
                raise ValueError(f"Argument {plain!r} is not a symbolic field.")
            taken.add(plain)
            out._add(Argument(plain, kind, field.value, field.description))
        for key, field in schema.items():
            if not key.is_const:
                varkw_name = schema.metadata.get("varkw_name") or "kwargs"
                out.varkw = Argument(
                    varkw_name, kinds.VAR_KEYWORD, Dict(field.value), field.description
                )
            elif str(key) not in taken and not field.frozen:
                out.kwonlyargs.append(
                    Argument(str(key), kinds.KEYWORD_ONLY, field.value, field.description)
                )
        return out

    # -- reading ---------------------------------------------------------------------------------------------------
    @property
    def named_args(self) -> list[Argument]:
        """Arguments that can be passed by name."""
        return [*self.args, *self.kwonlyargs]

    @property
    def arg_names(self) -> list[str]:
        """Names of the arguments that can be passed by name."""
        return [a.name for a in self.named_args]

    @property
    def id(self) -> str:
        """Module and qualified name."""
        return f"{self.module_name}.{self.qualname}"

    @property
    def has_varargs(self) -> bool:
        """True if there is `*args`."""
        return self.varargs is not None

    @property
    def has_varkw(self) -> bool:
        """True if there is `**kwargs`."""
        return self.varkw is not None

    @property
    def has_wildcard_args(self) -> bool:
        """True if there is `*args` or `**kwargs`."""
        return self.has_varargs or self.has_varkw

    def get_value_spec(self, name: str) -> ValueSpec | None:
        """Returns the spec for a keyword, or None if it is not accepted."""
        for a in self.named_args:
            if a.name == name:
                return a.value_spec
        return None if self.varkw is None else keyword_spec(self.varkw.value_spec)

    # -- changing --------------------------------------------------------------------------------------------------
    def annotate(self, args: Any = None, return_value: Any = None) -> Signature:
        """Replaces the specs of arguments, in place; returns self.

        Args:
            args: Definitions of fields, see `create_schema`.
            return_value: The spec or annotation of the result.

        Raises:
            KeyError: An argument does not exist.
            ValueError: A default differs from that of the function.
        """
        if return_value is not None:
            spec = LATE.from_annotation(return_value, True)
            if spec.has_default:
                raise ValueError("return value spec should not have default value.")
            self.return_value = spec
        if not args:
            return self
        named = {a.name: a for a in self.named_args}
        extra: Field | None = None
        for field in create_schema(args, allow_nonconst_keys=True).values():
            key = field.key
            name = str(key) if key.is_const else None
            if name is not None and name in named:
                _override(named[name], field)
            elif name is not None and self.varargs is not None and name == self.varargs.name:
                if not isinstance(field.value, List):
                    raise ValueError(
                        f"Variable positional argument {name!r} should have a value of `pg.typing.List` type. "
                        f"Encountered: {field.value!r}."
                    )
                _override(self.varargs, field)
            elif self.varkw is not None and (name is None or name == self.varkw.name):
                if extra is not None:
                    where = "override args" if name is None else "symbolic arguments declaration"
                    raise KeyError(f"{self.id}: multiple StrKey found in {where}.")
                extra = field
                spec = field.value
                self.varkw.value_spec = Dict([Field(_family(key), spec)])
                self.varkw.description = field.description or self.varkw.description
            elif name is not None and self.varkw is not None:
                self.kwonlyargs.append(
                    Argument(name, Argument.Kind.KEYWORD_ONLY, field.value, field.description)
                )
            else:
                raise KeyError(f"{self.id}: found extra symbolic argument {str(key)!r}.")
        return self

    # -- to a schema -----------------------------------------------------------------------------------------------
    def fields(self, remove_self: bool = True, include_return: bool = False) -> list[Field]:
        """Returns the fields of a schema for the arguments.

        Args:
            remove_self: Leave out a first argument called `self`.
            include_return: Add a field called `return`.
        """
        args = (
            self.args[1:]
            if remove_self and self.args and self.args[0].name == "self"
            else self.args
        )
        arguments = [*args, *([self.varargs] if self.varargs else []), *self.kwonlyargs]
        if self.varkw is not None:
            arguments.append(self.varkw)
        out = [a.to_field() for a in arguments]
        if include_return and self.return_value is not None:
            out.append(Field("return", self.return_value, "Return value."))
        return out

    def to_schema(self, remove_self: bool = True, include_return: bool = False) -> Schema:
        """Returns the schema for the arguments."""
        init_arg_list = [a.name for a in self.args]
        if remove_self and init_arg_list and init_arg_list[0] == "self":
            init_arg_list.pop(0)
        if self.varargs is not None:
            init_arg_list.append(f"*{self.varargs.name}")
        return Schema(
            self.fields(remove_self, include_return),
            name=self.id,
            description=self.description,
            allow_nonconst_keys=True,
            metadata={
                "init_arg_list": init_arg_list,
                "varargs_name": None if self.varargs is None else self.varargs.name,
                "varkw_name": None if self.varkw is None else self.varkw.name,
                "returns": self.return_value,
            },
        )

    def make_function(
        self,
        body: list[str],
        exec_globals: dict[str, Any] | None = None,
        exec_locals: dict[str, Any] | None = None,
    ) -> Callable[..., Any]:
        """Returns a new function with this signature.

        Args:
            body: The lines of its body.
            exec_globals: The names that the body refers to.
            exec_locals: More names; those of the signature are added to a copy.
        """
        names: dict[str, Any] = {**(exec_globals or {}), **(exec_locals or {})}
        source = f"def {self.name}({', '.join(self._parameters(names))})"
        if self.return_value is not None and self.return_value.annotation is not MISSING_VALUE:
            names["_return"] = self.return_value.annotation
            source += " -> _return"
        source += ":\n" + "".join(f"  {line}\n" for line in body)
        # Compiled apart, so that this file's future imports do not turn the annotations into text.
        exec(compile(source, f"<signature of {self.id}>", "exec", dont_inherit=True), names)
        function = names[self.name]
        function.__module__ = self.module_name
        function.__name__ = self.name
        function.__qualname__ = self.qualname
        return function

    def _parameters(self, names: dict[str, Any]) -> list[str]:
        def parameter(
            a: Argument, spec: ValueSpec, stars: str = "", default: Any = MISSING_VALUE
        ) -> str:
            text = stars + a.name
            if spec.annotation is not MISSING_VALUE:
                names[f"_annotation_{a.name}"] = spec.annotation
                text += f": _annotation_{a.name}"
            if default is not MISSING_VALUE:
                names[f"_default_{a.name}"] = default
                text += f" = _default_{a.name}"
            return text

        out: list[str] = []
        optional = False
        for a in self.args:
            if optional and not a.value_spec.has_default:
                names[f"_default_{a.name}"] = MISSING_VALUE
                out.append(f"{parameter(a, a.value_spec)} = _default_{a.name}")
            else:
                out.append(parameter(a, a.value_spec, default=a.value_spec.default))
            optional = optional or a.value_spec.has_default
        if self.varargs is not None:
            out.append(
                parameter(
                    self.varargs, typing.cast(List, self.varargs.value_spec).element.value, "*"
                )
            )
        elif self.kwonlyargs:
            out.append("*")
        out.extend(
            parameter(a, a.value_spec, default=a.value_spec.default) for a in self.kwonlyargs
        )
        if self.varkw is not None:
            out.append(parameter(self.varkw, keyword_spec(self.varkw.value_spec), "**"))
        return out

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Signature)
            and all(v == getattr(other, k) for k, v in vars(self).items() if k != "description")
        )

    __hash__ = None  # type: ignore[assignment]

    def format(
        self, compact: bool = False, verbose: bool = True, root_indent: int = 0, **kwargs: Any
    ) -> str:
        """Returns `Signature('name', args=[...], ...)`."""
        items: list[tuple[str, Any, Any]] = [
            ("", self.id, None),
            ("args", self.args, []),
            ("kwonlyargs", self.kwonlyargs, []),
            ("returns", self.return_value, None),
            ("varargs", self.varargs, None),
            ("varkw", self.varkw, None),
            ("description", self.description, None),
        ]
        return kvlist_str(items, compact, verbose, root_indent, label="Signature", **kwargs)


def _family(key: KeySpec) -> KeySpec:
    return StrKey() if isinstance(key, ConstStrKey) else key


def _override(argument: Argument, field: Field) -> None:
    """Gives an argument the spec of a definition, keeping the function's default."""
    old, new = argument.value_spec, copy.copy(field.value)  # whose spec may be used again
    if old.has_default:
        if not new.has_default or new.default is None or isinstance(new, Dict):
            new.set_default(old.default, root_path=argument.name)
        elif not callable_eq(new.default, old.default):
            raise _other_default(argument, new.default, old.default)
    elif new.has_default and new.is_noneable:
        new.set_default(MISSING_VALUE)
    elif new.has_default and not isinstance(new, Dict):
        raise _other_default(argument, new.default, old.default)
    argument.value_spec = new
    argument.description = field.description or argument.description


def _other_default(argument: Argument, annotated: Any, given: Any) -> ValueError:
    return ValueError(
        f"The annotated default value ({annotated}) of symbolic argument {argument.name!r} is not equal to "
        f"the default value ({given}) specified from the function signature."
    )


def _signature_of_functor(func: Any) -> Signature | None:
    """That of the function behind a functor or its class; for a class with `_call`, that of its fields."""
    cls: Any = func if isinstance(func, type) else type(func)
    if not issubclass(cls, FunctorTrait):
        return None
    own = getattr(cls, "_pg_signature", None)
    if isinstance(own, Signature):
        return own
    existing = getattr(cls, "__schema__", None)
    if not isinstance(existing, Schema):
        return None
    return Signature.from_schema(
        existing, cls.__module__, cls.__name__, cls.__qualname__, is_method=False
    )


def _opaque_signature(named: Any) -> inspect.Signature:
    """`(self, *args, **kwargs)`, for builtin classes that do not tell."""
    kinds = inspect.Parameter
    params = [kinds("args", kinds.VAR_POSITIONAL), kinds("kwargs", kinds.VAR_KEYWORD)]
    if inspect.isclass(named):
        params.insert(0, kinds("self", kinds.POSITIONAL_ONLY))
    return inspect.Signature(params)


def _docstring(named: Any) -> str | None:
    doc = named.__doc__  # not that of a base
    if inspect.isclass(named):
        init_doc = named.__init__.__doc__ if "__init__" in named.__dict__ else None
        doc = "\n\n".join(inspect.cleandoc(d) for d in (doc, init_doc) if d) or None
    return doc


def signature(func: Any, auto_typing: bool = True, auto_doc: bool = True) -> Signature:
    """Returns the signature of a function, method, class or callable object.

    Args:
        func: What is called.
        auto_typing: Whether annotations become checks; else they are only shown.
        auto_doc: Whether descriptions are taken from the docstring.

    Example:
        >>> def f(x: int, **kwargs): ...
        >>> signature(f).get_value_spec("x")
        Int()
    """
    return Signature.from_callable(func, auto_typing, auto_doc)


get_signature = signature


def schema(
    cls_or_fn: Any,
    args: Any = None,
    returns: Any = None,
    *,
    auto_typing: bool = True,
    auto_doc: bool = True,
    remove_self: bool = True,
    include_return: bool = False,
) -> Schema:
    """Returns the schema of a symbolic class, or one made from the signature of a class or function.

    Args:
        cls_or_fn: The class or function.
        args: Definitions of fields that replace the annotations, see `create_schema`.
        returns: The spec or annotation of the result.
        auto_typing, auto_doc: See `signature`.
        remove_self, include_return: See `Signature.to_schema`.
    """
    existing = getattr(cls_or_fn, "__schema__", None)
    if isinstance(existing, Schema):
        return existing
    sig = signature(cls_or_fn, auto_typing, auto_doc).annotate(args, returns)
    return sig.to_schema(remove_self, include_return)


def _returned(
    annotation: Any, auto_typing: bool, parent_module: types.ModuleType | None
) -> ValueSpec:
    """The spec of what a function returns; of anything if it does not return, or no spec can say it."""
    if auto_typing and annotation not in (typing.Never, typing.NoReturn):
        try:
            return LATE.from_annotation(annotation, True, False, parent_module)
        except (
            TypeError
        ):  # dicts with other keys than strings, say: no reason to refuse the function
            pass
    return LATE.from_annotation(annotation, False, False, parent_module)
