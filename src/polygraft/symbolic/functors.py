"""Functors: functions with bound arguments, as nodes.

`@pg.functor` turns a function into a class; an instance holds arguments (some may still be unbound) and is called with
the rest. Arguments given at call time are used for that call and not stored.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, ClassVar, Generic, Self, cast

from polygraft import typing as pg_typing
from polygraft.errors import did_you_mean
from polygraft.missing import MISSING_VALUE, MissingValue, is_missing
from polygraft.paths import KeyPath
from polygraft.symbolic import registry
from polygraft.symbolic.annotations import R_co
from polygraft.symbolic.class_info import ClassInfo
from polygraft.symbolic.compare import eq
from polygraft.symbolic.construct import fill, too_many_arguments, unexpected_keywords
from polygraft.symbolic.fields import stored_form
from polygraft.symbolic.flags import FLAGS, TRACKING
from polygraft.symbolic.functor_bases import functor_base
from polygraft.symbolic.inferential import inferred
from polygraft.symbolic.node import OPS
from polygraft.symbolic.object_ import Object, explicit_method_override
from polygraft.symbolic.object_ops import ObjectOps
from polygraft.symbolic.origin import note
from polygraft.typing import annotation_rows

SPECIFIED = "_pg_specified"
_OPTIONS = "_pg_options"


class FunctorOps(ObjectOps):
    """Objects whose arguments may be unbound, and which remember which ones the user gave."""

    lenient = True
    remembers = True

    def __init__(self, cls: Any, info: ClassInfo):
        super().__init__(cls, info)
        clone, share = self.clone, self.share

        def with_state(x: Any, new: Any) -> Any:
            object.__setattr__(new, SPECIFIED, set(getattr(x, SPECIFIED)))
            object.__setattr__(new, _OPTIONS, getattr(x, _OPTIONS))
            return new

        def clone_functor(x: Any, memo: dict[int, Any] | None, deep: bool) -> Any:
            return with_state(x, clone(x, memo, deep))

        def share_functor(x: Any) -> Any:
            return with_state(x, share(x))

        self.clone, self.share = clone_functor, share_functor

    def put(self, x: Any, key: Any, value: Any) -> None:
        super().put(x, key, value)
        specified = getattr(x, SPECIFIED)
        if is_missing(value) or x._pg_reset == key:
            specified.discard(key)
        else:
            specified.add(key)

    def memory(self, x: Any) -> Callable[[], Any]:
        specified = set(getattr(x, SPECIFIED))
        return lambda: object.__setattr__(x, SPECIFIED, specified)

    def check(self, x: Any, key: Any, value: Any) -> Any:
        slot = self.info.slots.get(key)
        resets = slot is not None and is_missing(value)
        if x._pg_reset is not None or resets:
            object.__setattr__(x, "_pg_reset", key if resets else None)
        if slot is not None and resets and is_missing(slot.field.value.default):
            return MissingValue(slot.field.value)
        return super().check(x, key, value)


class Functor(Object, pg_typing.FunctorTrait, Generic[R_co]):
    """A function with bound arguments.

    Subclasses declare fields and implement `_call(self)`, or are made from functions by `pg.functor`.

    Args:
        override_args: Whether calls may give other values to arguments that are bound.
        ignore_extra_args: Whether calls may give arguments that the function does not have.
        root_path: The path of this functor, if it is the root of a tree.
        *args, **kwargs: The arguments to bind.

    Example:
        >>> import polygraft as pg
        >>> class Scale(pg.Functor):
        ...     x: float
        ...     factor: float = 2.0
        ...
        ...     def _call(self):
        ...         return self.x * self.factor
        >>> Scale(factor=3.0)(x=2.0)
        6.0
    """

    allow_symbolic_assignment: ClassVar[bool] = True
    _pg_ops: ClassVar[Any] = FunctorOps
    _pg_function: ClassVar[Callable[..., Any] | None] = None
    _pg_returns: ClassVar[Any] = None
    #: The argument that is just being reset to its default: what `check` tells `put`.
    _pg_reset: ClassVar[Any] = None
    #: The call (function, arguments) that makes the class again where no name leads to it; for pickling.
    _pg_made_by: ClassVar[tuple[Any, tuple[Any, ...]] | None] = None

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = object.__new__(cls)
        if FLAGS.get().auto_call:
            cast("Any", cls).__init__(self, *args, **kwargs)
            return cast("Any", self)()
        return self

    @explicit_method_override
    def __init__(
        self,
        /,
        *args: Any,
        root_path: Any = None,
        override_args: bool = False,
        ignore_extra_args: bool = False,
        **kwargs: Any,
    ):
        kwargs.pop("allow_partial", None)
        info = type(self).__pg_class__
        object.__setattr__(self, _OPTIONS, (override_args, ignore_extra_args))
        values, more = self._pg_match(args, kwargs, ignore_extra_args, constructing=True)
        given = {k: v for k, v in {**values, **more}.items() if not is_missing(v)}
        object.__setattr__(self, SPECIFIED, set(given))
        const: dict[str, Any] = {}
        for name, slot in info.slots.items():
            value = given.get(name, MISSING_VALUE)
            if not slot.fits(value):
                value = stored_form(slot.field, value, True, lambda n=name: KeyPath(n))
            const[name] = value
        extra = {
            k: stored_form(info.schema.get_field(k), v, True, lambda k=k: KeyPath(k))
            for k, v in given.items()
            if k not in info.slots
        }
        fill(info, self, const, extra, root_path=root_path)
        self._on_init()

    def __reduce_ex__(self, protocol: Any) -> Any:
        specified = getattr(self, SPECIFIED)
        ops, options = OPS[type(self)], getattr(self, _OPTIONS)
        cls: Any = ops.type
        given = {k: v for k, v in ops.given_items(self) if k in specified}
        if cls._pg_made_by is not None and not _is_importable(cls):
            return (_make_and_restore, (*cls._pg_made_by, given, options))
        return (_restore, (cls, given, options))

    @classmethod
    def _pg_id(cls) -> str:
        return f"{cls.__module__}.{cls.__qualname__}"

    def _pg_match(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], ignore_extra: bool, constructing: bool
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Matches a call's arguments to fields: (values of const fields, values of dynamic ones)."""
        info = type(self).__pg_class__
        values = dict(zip(info.positional, args, strict=False))
        extra = args[len(info.positional) :]
        if extra:
            if info.varargs:
                values[info.varargs] = list(extra)
            elif not ignore_extra:
                raise TypeError(too_many_arguments(self._pg_id(), len(info.positional), len(args)))
        more: dict[str, Any] = {}
        unknown: list[str] = []
        for key, value in kwargs.items():
            if key in values and key != info.varargs:
                raise TypeError(
                    f"{self._pg_id()}() got multiple values for keyword argument {key!r}."
                )
            if key in info.slots:
                values[key] = value
            elif info.dynamic is not None and info.schema.get_field(key) is not None:
                more[key] = value
            elif not ignore_extra:
                unknown.append(key)
        if unknown:
            hint = did_you_mean(unknown[0], list(info.slots))
            if constructing:
                raise TypeError(unexpected_keywords(type(self).__name__, unknown, hint))
            raise TypeError(
                f"{self._pg_id()}() got an unexpected keyword argument {unknown[0]!r}.{hint}"
            )
        return values, more

    def __delattr__(self, name: str) -> None:
        if name in type(self).__pg_class__.slots:
            setattr(self, name, MISSING_VALUE)
        else:
            super().__delattr__(name)

    # -- which arguments are bound -----------------------------------------------------------------
    @property
    def specified_args(self) -> set[str]:
        """Names of the arguments given by the user."""
        return set(getattr(self, SPECIFIED))

    @property
    def bound_args(self) -> set[str]:
        """Names of the arguments that have a value, given or by default."""
        return {k for k, _ in OPS[type(self)].given_items(self)}

    @property
    def unbound_args(self) -> set[str]:
        """Names of the arguments without a value."""
        return set(type(self).__pg_class__.slots) - self.bound_args

    @property
    def default_args(self) -> set[str]:
        """Names of the arguments bound to their default value."""
        slots = type(self).__pg_class__.slots
        return {
            k
            for k, v in OPS[type(self)].given_items(self)
            if k in slots
            and not is_missing(slots[k].field.value.default)
            and eq(v, slots[k].field.value.default)
        }

    @property
    def non_default_args(self) -> set[str]:
        """Names of the arguments bound to another value than their default."""
        return self.bound_args - self.default_args

    @property
    def is_fully_bound(self) -> bool:
        """True if every argument has a value."""
        return not self.unbound_args

    @classmethod
    def is_subclassed_functor(cls) -> bool:
        """True if the class implements `_call` rather than being made from a function."""
        return cls._pg_function is None

    @classmethod
    def partial(cls, *args: Any, **kwargs: Any) -> Self:
        """The same as calling the class: arguments may be missing anyway."""
        return cast("Any", cls)(*args, **kwargs)

    # -- calling -----------------------------------------------------------------------------------
    def _call(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must implement `_call`.")

    def __call__(
        self,
        /,
        *args: Any,
        override_args: bool | None = None,
        ignore_extra_args: bool | None = None,
        **kwargs: Any,
    ) -> R_co:
        own_override, own_ignore = getattr(self, _OPTIONS)
        override = own_override if override_args is None else override_args
        ignore = own_ignore if ignore_extra_args is None else ignore_extra_args
        values, more = self._pg_match(args, kwargs, ignore, constructing=False)
        values = {k: v for k, v in values.items() if not is_missing(v)}
        more = {k: v for k, v in more.items() if not is_missing(v)}
        self._pg_refuse_override(args, {**values, **more}, override)
        if FLAGS.get().type_check:
            values = {k: self._pg_checked(k, v) for k, v in values.items()}
            more = {k: self._pg_checked(k, v) for k, v in more.items()}
        function = type(self)._pg_function
        if function is None:
            shadowed = self._pg_shadowed({**values, **more})
            bound = shadowed.bound_args
            self._pg_refuse_missing([n for n in type(self).__pg_class__.slots if n not in bound])
            result = shadowed._call()
        else:
            result = self._pg_call_function(function, values, more)
        if TRACKING.scopes and FLAGS.get().track_origin:
            note(result, self, "return")
        returns = type(self)._pg_returns
        if returns is not None and FLAGS.get().type_check and not is_missing(result):
            result = returns.apply(result, root_path=KeyPath("returns"))
        return result

    def _pg_checked(self, key: str, value: Any) -> Any:
        """A value given at the call, as the field wants it. It is not stored: what passes as it is stays so."""
        spec = cast("Any", type(self).__pg_class__.schema.get_field(key)).value
        return value if spec.fits(value) else spec.apply(value, root_path=KeyPath(key))

    def _pg_refuse_override(
        self, args: tuple[Any, ...], values: dict[str, Any], override: bool
    ) -> None:
        if override:
            return
        info = type(self).__pg_class__
        for key, value in values.items():
            if key not in getattr(self, SPECIFIED):
                continue
            old = OPS[type(self)].get(self, key)
            if key in info.positional and info.positional.index(key) < len(args):
                raise TypeError(
                    f"{self._pg_id()}() got new value for argument {key!r} from position {info.positional.index(key)}, "
                    f"but 'override_args' is set to False. Old value: {old!r}, new value: {value!r}."
                )
            raise TypeError(
                f"{self._pg_id()}() got new value for argument {key!r} from keyword argument, "
                f"while 'override_args' is set to False. Old value: {old!r}, new value: {value!r}."
            )

    def _pg_shadowed(self, values: dict[str, Any]) -> Any:
        if not values:
            return self
        copy = OPS[type(self)].clone(self, {}, False)
        copy.rebind(
            {KeyPath(k): v for k, v in values.items()},
            raise_on_no_change=False,
            skip_notification=True,
        )
        link, own = OPS[type(copy)].own_link(copy), OPS[type(self)].link(self)
        link.parent, link.key = own.parent, own.key  # where values are inferred from
        return copy

    def _pg_call_function(
        self, function: Callable[..., Any], values: dict[str, Any], more: dict[str, Any]
    ) -> Any:
        info, ops = type(self).__pg_class__, OPS[type(self)]
        bound = {**dict(ops.given_items(self)), **values, **more}
        bound = {k: inferred(v) for k, v in bound.items()}
        self._pg_refuse_missing([n for n in info.positional if n not in bound])
        positional = [bound.pop(n) for n in info.positional]
        extra = list(bound.pop(info.varargs, ())) if info.varargs else []
        return function(*positional, *extra, **bound)

    def _pg_refuse_missing(self, missing: list[str]) -> None:
        if missing:
            plural = "s" if len(missing) != 1 else ""
            raise TypeError(
                f"{self._pg_id()}() missing {len(missing)} required positional argument{plural}: "
                f"{', '.join(map(repr, missing))}."
            )


def _functor_row(annotation: Any, args: Any, scope: Any) -> pg_typing.ValueSpec:
    return pg_typing.Functor(returns=annotation_rows.result_spec(args[0], scope))


annotation_rows.means(Functor, _functor_row)


def _restore(cls: Any, given: dict[str, Any], options: tuple[bool, bool]) -> Any:
    x = object.__new__(cls)  # past the class's own constructor, which may take other arguments
    Functor.__init__(x, override_args=options[0], ignore_extra_args=options[1], **given)
    return x


def _make_and_restore(
    make: Any, args: tuple[Any, ...], given: dict[str, Any], options: tuple[bool, bool]
) -> Any:
    return _restore(make(*args), given, options)


def _is_importable(cls: type) -> bool:
    try:
        return operator.attrgetter(cls.__qualname__)(sys.modules[cls.__module__]) is cls
    except (AttributeError, KeyError):
        return False


def class_of_function(
    func: Callable[..., Any],
    args: Any = None,
    returns: Any = None,
    base_class: type[Functor] | None = None,
    *,
    auto_doc: bool = False,
    auto_typing: bool = False,
    serialization_key: str | None = None,
    additional_keys: list[str] | None = None,
    add_to_registry: bool = False,
) -> type[Functor]:
    """Makes a functor class from a function: see `functor_class`."""
    if not isinstance(func, FunctionType):
        raise TypeError(f"{func!r} is not a function.")
    base = base_class or functor_base(func) or Functor
    cls = derive(func, args, returns, (base,), auto_doc, auto_typing)
    cls.auto_register = add_to_registry
    if add_to_registry:
        key = serialization_key or registry.public_name(func)
        cls.register_for_deserialization(key, additional_keys)
    return cls


def derive(
    called: Any,
    args: Any,
    returns: Any,
    bases: tuple[Any, ...],
    auto_doc: bool,
    auto_typing: bool,
) -> Any:
    """A class derived from `bases` whose fields are the parameters of `called`; not registered."""
    signature = pg_typing.signature(called, auto_typing=auto_typing, auto_doc=auto_doc)
    if isinstance(called, type):
        signature.return_value = None  # what `__init__` returns says nothing of the call
    signature.annotate(args, returns)
    namespace: dict[str, Any] = {
        "__module__": called.__module__,
        "__qualname__": called.__qualname__,
        "__doc__": called.__doc__,
        "_pg_function": staticmethod(called),
        "_pg_returns": signature.return_value,
        "infer_symbolic_fields_from_annotations": False,
        "auto_register": False,
    }
    cls: Any = type(bases[0])(called.__name__, bases, namespace)
    schema = signature.to_schema()
    cls.update_schema(
        list(schema.fields.values()), extend=False, init_arg_list=schema.metadata["init_arg_list"]
    )
    cls.__schema__.metadata.update(schema.metadata)
    cls._pg_signature = signature
    return cls
