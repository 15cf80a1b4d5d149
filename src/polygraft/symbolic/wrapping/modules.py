"""`pg.wrap_module`: the classes of a module, symbolic.

`choice.py` says which classes of a module that concerns. Wrappers are made one by one, when first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast, overload

from polygraft.errors import did_you_mean
from polygraft.symbolic.wrapping.choice import classes_of, is_chosen, named_classes
from polygraft.symbolic.wrapping.hooks import is_hookable
from polygraft.symbolic.wrapping.interception import Later, Table, redirecting, table_of
from polygraft.symbolic.wrapping.symbolizing import wrap

if TYPE_CHECKING:
    _Base = Sequence[Any]
else:
    _Base = object  # the names `index` and `count` may be the module's


class _Contents:
    """What a `WrappedModule` knows: its module, which classes it wraps and how, and those that refused."""

    def __init__(
        self,
        module: ModuleType,
        names: tuple[str, ...] | None,
        where: Callable[[Any], bool] | None,
        options: dict[str, Any],
    ):
        self.module, self.names, self.where, self.options = module, names, where, options
        self._wrappers: dict[Any, Any] = {}
        self._errors: dict[Any, TypeError] = {}
        self._classes: dict[str, Any] | None = None
        self._table: Table | None = None

    def classes(self) -> dict[str, Any]:
        """Name → plain class, in order; a class of several names under the first one."""
        if self._classes is None:
            if self.names is None:
                self._classes = classes_of(self.module, self.where)
            else:
                self._classes = named_classes(self.module, self.names, self.where)
        return self._classes

    def is_wrapped(self, name: str, value: Any) -> bool:
        """True if what the module has under `name` is a class that is to be wrapped."""
        if not isinstance(value, type) or (self.names is not None and name not in self.names):
            return False
        if value in self._wrappers or name in self.classes():
            return True
        return value in self.classes().values() or (
            self.names is None and is_chosen(self.module, name, value, self.where)
        )

    def wrapper(self, cls: Any) -> Any:
        """The wrapper of a plain class.

        Raises:
            TypeError: It cannot be made; the message says why.
        """
        made = self._wrappers.get(cls)
        if made is None:
            if cls in self._errors:
                raise self._errors[cls].with_traceback(None)
            try:
                made = self._wrappers[cls] = wrap(cls, **self.options)
            except (TypeError, ValueError) as e:
                self._errors[cls] = e if isinstance(e, TypeError) else TypeError(str(e))
                raise self._errors[cls] from None
        return made

    def wrapper_or_none(self, cls: Any) -> Any:
        """The same; None if it cannot be made."""
        try:
            return self.wrapper(cls)
        except TypeError:
            return None

    def all(self) -> list[Any]:
        """The wrappers of all classes, in order, without those that cannot be made."""
        made = map(self.wrapper_or_none, self.classes().values())
        return [w for w in made if w is not None]

    def table(self) -> Table:
        """What is redirected where the module is entered as a scope."""
        if self._table is None:
            later = Later(self.wrapper_or_none)
            self._table = table_of({c: later for c in self.classes().values() if is_hookable(c)})
        return self._table


class WrappedModule(_Base):
    """A module as `wrap_module` gives it: see there."""

    __slots__ = ("__dict__", "__weakref__", "_pg_contents")

    _pg_contents: _Contents

    def __init__(self, contents: _Contents):
        object.__setattr__(self, "_pg_contents", contents)

    def __getattr__(self, name: str) -> Any:
        contents = self._pg_contents
        try:
            value = getattr(contents.module, name)
        except AttributeError:
            if name in ("index", "count"):
                return getattr(contents.all(), name)
            hint = did_you_mean(name, dir(contents.module))
            raise AttributeError(
                f"module {contents.module.__name__!r} has no attribute {name!r}.{hint}"
            ) from None
        if not contents.is_wrapped(name, value):
            return value
        try:
            wrapper = contents.wrapper(value)
        except TypeError as e:
            raise AttributeError(
                f"{contents.module.__name__}.{name} has no symbolic form: {e} "
                f"The plain class is `{contents.module.__name__}.{name}` of the module itself."
            ) from e
        self.__dict__[name] = wrapper
        return wrapper

    # -- the wrappers, in order --------------------------------------------------------------------
    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._pg_contents.all()[index]

    def __len__(self) -> int:
        return len(self._pg_contents.all())

    def __iter__(self) -> Iterator[Any]:
        contents = self._pg_contents
        made = map(contents.wrapper_or_none, list(contents.classes().values()))
        return (w for w in made if w is not None)

    def __contains__(self, value: object) -> bool:
        return any(w is value for w in self)

    def __reversed__(self) -> Iterator[Any]:
        return reversed(self._pg_contents.all())

    def __bool__(self) -> bool:
        return True

    # -- as a scope --------------------------------------------------------------------------------
    def __enter__(self) -> WrappedModule:
        redirecting(self._pg_contents.table()).__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        redirecting(self._pg_contents.table()).__exit__(*error)

    # -- display, copies ---------------------------------------------------------------------------
    def __dir__(self) -> list[str]:
        return dir(self._pg_contents.module)

    def __repr__(self) -> str:
        return f"<symbolic classes of {self._pg_contents.module!r}>"

    def __reduce__(self) -> Any:
        c = self._pg_contents
        return _restore, (c.module.__name__, c.names, c.where, c.options)


cast("Any", Sequence).register(WrappedModule)


def _restore(module: str, names: Any, where: Any, options: dict[str, Any]) -> WrappedModule:
    import importlib

    return WrappedModule(_Contents(importlib.import_module(module), names, where, options))


def wrap_module(
    module: ModuleType,
    names: Iterable[str] | None = None,
    where: Callable[[Any], bool] | None = None,
    export_to: ModuleType | None = None,
    **kwargs: Any,
) -> WrappedModule:
    """The symbolic classes of a module, made one by one when they are first used.

    The result can be used in three ways:

    * **In place of the module**: `nn = pg.wrap_module(torch.nn)`; `nn.Linear` is the symbolic class, and everything
      that is not a class to wrap (functions, submodules, constants) is the module's own.
    * **As a scope**, in which code written without the library constructs symbolic objects, however it has imported
      the classes: `with pg.wrap_module(torch.nn): model = third_party.Net()`. See `apply_wrappers`.
    * **As a sequence** of the symbolic classes, which makes all of them.

    Without `names`, these stay as they are: names with a leading underscore; base classes of many others
    (`nn.Module`, `keras.layers.Layer`) and abstract classes, so that `isinstance(x, nn.Module)` is true of all modules
    and `class Net(nn.Module)` is an ordinary class, to be symbolized like any other; values with a layout in C
    (`nn.Parameter`, exceptions), enumerations, protocols; and classes of the standard library.

    Args:
        module: The module.
        names: Names of the classes; all of `dir(module)` if None.
        where: A condition on each plain class.
        export_to: A module that receives the symbolic classes under the same names, and becomes their `__module__`.
        **kwargs: Options of `pg.wrap`.

    Raises:
        AttributeError, TypeError: One of `names` is not in the module, or not a class. Reading the name of a class that
            cannot be wrapped raises an `AttributeError` that says why; the sequence leaves it out.

    Example:
        >>> import queue
        >>> import polygraft as pg
        >>> queues = pg.wrap_module(queue)
        >>> queues.LifoQueue(3)
        LifoQueue(maxsize=3)
        >>> with queues:
        ...     print(repr(queue.LifoQueue(4)))
        LifoQueue(maxsize=4)
    """
    if not isinstance(module, ModuleType):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"`wrap_module` takes a module. Encountered: {module!r}.")
    if export_to is not None:
        kwargs.setdefault("module_name", export_to.__name__)
    wrapped = WrappedModule(
        _Contents(module, None if names is None else tuple(names), where, kwargs)
    )
    if names is not None or export_to is not None:
        classes = wrapped._pg_contents.classes()  # pyright: ignore[reportPrivateUsage]
        for name in classes if export_to is not None else ():
            setattr(export_to, name, getattr(wrapped, name))
    return wrapped
