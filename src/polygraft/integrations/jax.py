"""JAX and optax: functions that make functions, as nodes.

`optax.adam(1e-3)` is a tuple of closures: nothing can be read from it, changed in it or saved of it. What has
arguments is the call. So `pg.symbolize(optax.adam)` gives a `Recipe`: it prints, is patched, searched and saved like
any functor, and calling it makes the transformation. The same goes for schedules and initializers.

A recipe may stand where what it makes is wanted: inside another recipe, whose call makes it first; as a transformation
(`init` and `update`); as a schedule or an initializer (called with what these are called with). It is made anew each
time, so that an edit takes effect at once. What JAX has compiled would not see the edit: it is forgotten then.

Nothing here imports JAX.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, ClassVar, cast, get_origin

from polygraft.symbolic.constructors import Constructor
from polygraft.symbolic.functor_bases import provide_functors


class Recipe(Constructor):
    """Base of the functors made from functions of JAX and optax that return functions or transformations.

    Example:
        >>> import optax
        >>> import polygraft as pg
        >>> Chain, Clip, Adam = map(pg.symbolize, (optax.chain, optax.clip, optax.adam))
        >>> recipe = Chain(Clip(1.0), Adam(1e-3))
        >>> recipe.rebind({"args[1].learning_rate": 0.1}).args[1].learning_rate
        0.1
        >>> isinstance(recipe(), optax.GradientTransformation)
        True
    """

    #: Whether it has stood for what it makes: compiled functions may hold it.
    _pg_lent: ClassVar[bool] = False

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Makes what the recipe is for; the arguments are bound for this call.

        With all arguments bound, positional ones are for what it makes: `schedule(step)`,
        `initializer(key, shape, dtype)`.
        """
        if (args or kwargs) and self._pg_is_for_product(kwargs):
            product = self._pg_lend()
            if callable(product):
                return cast("Any", product)(*args, **kwargs)
        return super().__call__(*args, **kwargs)

    def _pg_is_for_product(self, kwargs: dict[str, Any]) -> bool:
        """True if these arguments can only be meant for what the recipe makes."""
        own = type(self).__pg_class__.slots
        options = ("override_args", "ignore_extra_args")
        return self.is_fully_bound and not any(n in own or n in options for n in kwargs)

    def _pg_call_function(self, function: Any, values: dict[str, Any], more: dict[str, Any]) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            return function(*map(made, args), **{k: made(v) for k, v in kwargs.items()})

        return super()._pg_call_function(call, values, more)

    @property
    def init(self) -> Callable[..., Any]:
        """The `init` of the transformation."""
        return self._pg_lend().init

    @property
    def update(self) -> Callable[..., Any]:
        """The `update` of the transformation."""
        return self._pg_lend().update

    def _pg_lend(self) -> Any:
        product = self()
        object.__setattr__(self, "_pg_lent", True)
        return product

    def _on_change(self, field_updates: Any) -> None:
        super()._on_change(field_updates)
        if self._pg_lent:
            object.__setattr__(self, "_pg_lent", False)
            forget_traces()


def forget_traces() -> None:
    """Makes JAX trace again at the next call of any compiled function.

    JAX takes an object that it has seen in a trace for unchanged for as long as it lives. After an edit in place it
    would go on running the old program, also under `jax.jit(model.apply)` written anew. Only all traces can be dropped.
    """
    jax = sys.modules.get("jax")
    if jax is not None:
        jax.clear_caches()


def made(value: Any) -> Any:
    """`value` with the recipes in it made. Those that lack arguments stay: they are functions of these."""
    if isinstance(value, Recipe):
        return value() if value.is_fully_bound else value
    if type(value) in (list, tuple):
        return type(value)(map(made, value))
    if type(value) is dict:
        return {k: made(v) for k, v in cast("dict[Any, Any]", value).items()}
    return value


def _base(function: Any) -> type[Recipe] | None:
    """`Recipe` for functions that say that they return a function or a transformation, or do not say."""
    result = getattr(function, "__annotations__", {}).get("return", Callable)
    if isinstance(result, str):
        makes = result.rpartition(".")[2] in ("Initializer", "Schedule", "GradientTransformation")
    elif isinstance(result, type):
        makes = hasattr(result, "update") or getattr(result, "_is_protocol", False)
    else:
        makes = result is Callable or get_origin(result) is get_origin(Callable[..., Any])
    return Recipe if makes else None


for _package in ("jax", "optax"):
    provide_functors(_package, _base)
