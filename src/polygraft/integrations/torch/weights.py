"""What `keep_weights=True` carries over in PyTorch.

Modules that an edit does not touch keep their weights anyway: they are not rebuilt. What is lost otherwise is what the
modules above the edit made in their own constructors: plain layers, parameters, buffers. Of that, what has the same
name, type of module and shape in the rebuilt module is copied. The own parameters of a layer without modules among its
arguments are fresh: that layer is what was edited.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from polygraft.symbolic.node import OPS, SAFE_TYPES, Kind
from polygraft.symbolic.wrapping import kept
from polygraft.symbolic.wrapping.construction import is_realized
from polygraft.symbolic.wrapping.heirs import made_inside

_SAVED = "torch weights"

#: (name of a tensor, class of its module) → the tensor.
State = dict[tuple[str, type], torch.Tensor]


def save(module: Any, undo: list[Any]) -> None:
    """Keeps what a module, whose run-time state is about to go, has made itself; notes what is left alone below it."""
    aside = _aside(module)
    before = aside.get(_SAVED)
    undo.append(lambda: _put(aside, before))
    below = _argument_modules(module)
    aside[_SAVED] = {
        (name, cls): tensor for (name, cls), tensor in own_state(module) if below or "." in name
    }
    for child in below:
        _tell_untouched(child, undo)


def forget(module: Any, undo: list[Any]) -> None:
    """What was kept for a module is over: it has been used, or an edit without the option follows."""
    aside = OPS[type(module)].own_link(module).aside
    if aside and _SAVED in aside:
        before = aside.pop(_SAVED)
        undo.append(lambda: _put(_aside(module), before))


def give_back(module: Any) -> None:
    """Copies into a module that has been built again what was kept for it."""
    aside = OPS[type(module)].own_link(module).aside
    saved: State | None = aside.pop(_SAVED, None) if aside else None
    if not saved:
        return
    complete = True
    for key, tensor in own_state(module):
        old = saved.get(key)
        if old is None or is_lazy(tensor) or is_lazy(old) or old.shape != tensor.shape:
            complete = complete and not isinstance(tensor, nn.Parameter)
            continue
        with torch.no_grad():
            tensor.copy_(old)
    if complete:
        kept.tell_kept(module)


def copy(old: Any, new: Any) -> None:
    """Gives a module that was made anew the state of the one before it, which is the same program."""
    before = dict(own_state(old))
    pairs = [(before.get(key), tensor) for key, tensor in own_state(new)]
    if any(a is None or is_lazy(a) or is_lazy(b) or a.shape != b.shape for a, b in pairs):
        return
    with torch.no_grad():
        for a, b in pairs:
            b.copy_(cast("torch.Tensor", a))
    for module in (new, *made_inside(new)):
        kept.tell_kept(module)


def own_state(
    module: Any, others: Sequence[Any] = ()
) -> Iterator[tuple[tuple[str, type], torch.Tensor]]:
    """The parameters and buffers of a module, with their names.

    Those of modules among its arguments are left out, and those of `others`.
    """
    seen = {id(m) for m in (*_argument_modules(module), *others)}
    stack: list[tuple[str, Any]] = [("", module)]
    while stack:
        prefix, m = stack.pop()
        if m is None or id(m) in seen or not is_realized(m):
            continue
        seen.add(id(m))
        state = cast("dict[str, Any]", vars(m))
        for kind in ("_parameters", "_buffers"):
            for name, tensor in state.get(kind, {}).items():
                if tensor is not None:
                    yield (prefix + name, m.__class__), tensor
        stack.extend((f"{prefix}{k}.", c) for k, c in state.get("_modules", {}).items())


def _argument_modules(module: Any) -> list[Any]:
    """The modules among the arguments of a module, at any depth of containers but not below other modules."""
    found: list[Any] = []
    stack = [v for _, v in OPS[type(module)].given_items(module)]
    while stack:
        v = stack.pop()
        if type(v) in SAFE_TYPES:
            continue
        ops: Any = OPS[type(v)]
        if isinstance(v, nn.Module):
            found.append(v)
        elif ops.container:
            stack.extend(c for _, c in ops.given_items(v))
    return found


def _tell_untouched(module: Any, undo: list[Any]) -> None:
    """Notes for the report that a module, and those below it, keep their weights."""
    stack = [module]
    while stack:
        m = stack.pop()
        ops: Any = OPS[type(m)]
        if ops.kind is not Kind.WRAPPED or not is_realized(m):
            continue
        undo.append(kept.tell_kept(m))
        stack.extend(_argument_modules(m))


def _aside(module: Any) -> dict[str, Any]:
    link = OPS[type(module)].own_link(module)
    if link.aside is None:
        link.aside = {}
    return link.aside


def _put(aside: dict[str, Any], value: Any) -> None:
    if value is None:
        aside.pop(_SAVED, None)
    else:
        aside[_SAVED] = value
