"""Flax: what linen and nnx modules need beyond the rules of the core.

linen: a bound module is a copy of an unbound one with a parent (a scope, or the module around it). The parent is
run-time state and never recorded; nor are the defaults that `Module.clone` passes on, which are closures that no file
can hold.

Both: an edit of a module that exists makes JAX forget what it has compiled (`forget_traces` says why). Edits of clones,
which do not exist yet, cost nothing.

nnx: JAX finds the classes of its pytrees by exact type, so that of deferred instances is registered as well. And a
symbolized `nnx.Rngs` that stands in a module starts afresh when all modules that draw from it are built anew, so that
an edited module is the one that its arguments describe; others may still use it: then it goes on, and no key comes
twice.

Objects that Flax and JAX make past the constructor (`nnx.merge`, `nnx.clone`, `jax.tree.map`) have no arguments: they
work, and are leaves for this library.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import jax
from flax import linen, nnx

from polygraft.integrations.jax import forget_traces
from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind
from polygraft.symbolic.wrapping.adapters import Adapter, provide
from polygraft.symbolic.wrapping.construction import realize_node

_ABSENT: Any = object()


class FlaxAdapter(Adapter):
    """Lets compiled functions see edits."""

    def dropping(self, x: Any, undo: list[Any]) -> None:
        forget_traces()


class LinenAdapter(FlaxAdapter):
    """Records what describes a module, and not where it is bound."""

    def described(self, info: Any) -> None:
        if "parent" in info.defaults:
            info.defaults["parent"] = None  # what linen's marker for "not given" means

    def recording(self, x: Any, given: dict[str, Any]) -> dict[str, Any]:
        ops: Any = OPS[type(x)]
        defaults = ops.record(x).info.defaults
        return {
            name: value
            for name, value in given.items()
            if name != "parent"
            and (type(value) in SAFE_TYPES or value is not defaults.get(name, _ABSENT))
        }


class NnxAdapter(FlaxAdapter):
    """Registers deferred instances with JAX, and renews random streams with the modules that draw from them."""

    def class_options(self, plain: Any) -> dict[str, Any]:
        return {} if getattr(plain, "_pytree__is_pytree", True) else {"pytree": False}

    def deferring(self, cls: Any, deferred: Any) -> None:
        if not getattr(cls, "_pytree__is_pytree", False):
            return

        def flatten_with_keys(x: Any) -> Any:
            realize_node(x)
            return cls._pytree__flatten_with_paths(x)

        def flatten(x: Any) -> Any:
            realize_node(x)
            return cls._pytree__flatten(x)

        tree_util: Any = jax.tree_util
        tree_util.register_pytree_with_keys(
            deferred, flatten_with_keys, cls._pytree__unflatten, flatten
        )

    def tied(self, x: Any) -> Iterable[Any]:
        if isinstance(x, nnx.Rngs):
            return ()
        ops: Any = OPS[type(x)]
        return [
            value
            for value in ops.record(x).args.values()
            if isinstance(value, nnx.Rngs) and _is_free(value, x)
        ]


def _is_free(rngs: Any, dropped: Any) -> bool:
    """True if no object that exists, besides `dropped`, holds these random streams."""
    ops: Any = OPS[type(rngs)]
    if ops.kind is not Kind.WRAPPED:
        return False
    for parent, _ in ops.parents(rngs):
        around: Any = OPS[type(parent)]
        if parent is not dropped and not (
            around.kind is Kind.WRAPPED and around.is_deferred(parent)
        ):
            return False
    return True


provide(cast("Any", linen.Module), LinenAdapter())
provide(cast("Any", nnx.Pytree), NnxAdapter())
