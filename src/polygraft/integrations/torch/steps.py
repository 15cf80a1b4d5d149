"""Optimizers of PyTorch and edited models: a step that would train what is no longer part of the model is refused.

An optimizer holds parameters, not the model, and nothing in a tree says which. So an edit of a model that exists notes,
weakly, which parameters the model had (`note_edit`), and the first step of each optimizer after that compares those it
holds with those that the model has now. Until the first such edit nothing is installed; after the first step with
an optimizer that is up to date a step costs one look into a dict.

A model that has not been built again since its edit is left for later steps.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import Any, cast

import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from polygraft.symbolic.places import ancestors
from polygraft.symbolic.wrapping.construction import is_realized


class _Edited:
    """A model that has been edited while it existed.

    Attributes:
        model: Weak reference to it.
        ever: Parameters that it had before one of its edits.
        last: Those that it had before the last one.
        closed: Whether it has been built since.
    """

    __slots__ = ("closed", "ever", "last", "model")

    def __init__(self, model: Any) -> None:
        self.model = weakref.ref(model, lambda _, key=id(model): _edited.pop(key, None))
        self.ever: list[Any] = []
        self.last: list[Any] = []
        self.closed = False

    def add(self, parameters: Iterable[Any]) -> None:
        if self.closed:
            self.closed = False
            self.last.clear()
            self.ever = [r for r in self.ever if r() is not None]
        for p in parameters:
            ref = weakref.ref(p)
            self.ever.append(ref)
            self.last.append(ref)


#: id of the topmost module → what is known of it.
_edited: dict[int, _Edited] = {}
#: Optimizer → the number of edits it is known to have survived.
_checked: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
_edits = 0


def note_edit(module: Any) -> None:
    """The run-time state of a module that exists is about to go; those below it in its tree have been noted before."""
    global _edits
    if not _edits:
        register_optimizer_step_pre_hook(_check)
    _edits += 1
    top = _topmost(module)
    known = _edited.get(id(top))
    if known is None:
        known = _edited[id(top)] = _Edited(top)
    known.add(_parameters(module))


def note_built(module: Any) -> None:
    """A module has been constructed again."""
    known = _edited.get(id(module))
    if known is not None:
        known.closed = True


def _topmost(module: Any) -> Any:
    above = [a for a in ancestors(module) if isinstance(a, nn.Module)]
    return above[-1] if above else module


def _parameters(module: Any) -> Iterator[Any]:
    """The parameters of the modules below one that exist; never builds."""
    stack: list[Any] = [module]
    seen: set[int] = set()
    while stack:
        m = stack.pop()
        if m is None or id(m) in seen or not is_realized(m):
            continue
        seen.add(id(m))
        state = cast("dict[str, Any]", vars(m))
        yield from (p for p in state.get("_parameters", {}).values() if p is not None)
        stack.extend(state.get("_modules", {}).values())


# -- at a step -------------------------------------------------------------------------------------
def _check(optimizer: Any, *_: Any) -> None:
    """Raises if the optimizer holds parameters that an edit has taken from their model, or lacks those that came."""
    if not _edited or _checked.get(optimizer) == _edits:
        return
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    known = True
    for edited in list(
        _edited.values()
    ):  # all of them: one that is not built yet must not hide another
        known = _is_up_to_date(optimizer, held, edited) and known
    if known:
        _checked[optimizer] = _edits


def _is_up_to_date(optimizer: Any, held: set[int], known: _Edited) -> bool:
    """True if the optimizer can train the model; False if that cannot be said yet."""
    model = known.model()
    had = [p for r in known.ever if (p := r()) is not None and id(p) in held]
    if model is None or not had:
        return True
    if not is_realized(model):
        return False
    now = {id(p): p for p in model.parameters()}
    gone = [p for p in had if id(p) not in now]
    if gone:
        raise RuntimeError(
            f"{type(optimizer).__name__} holds {_count(gone)} that an edit has taken from {_name(model)}: to train "
            f"them would change nothing. Make a new optimizer from the parameters that the model has now: "
            f"{type(optimizer).__name__}(model.parameters(), ...)."
        )
    last = [r() for r in known.last]
    if all(p is not None and (id(p) in held or not p.requires_grad) for p in last):
        before = {id(p) for p in last}
        new = [p for k, p in now.items() if p.requires_grad and k not in held and k not in before]
        if new:
            raise RuntimeError(
                f"{type(optimizer).__name__} trained all of {_name(model)}, and lacks {_count(new)} that an edit has "
                f"brought. Make a new optimizer, or tell this one of them: optimizer.add_param_group(...)."
            )
    return True


def _name(model: Any) -> str:
    return f"{type(model).__name__!r}"


def _count(parameters: list[torch.Tensor]) -> str:
    shapes = ", ".join(str(tuple(p.shape)) for p in parameters[:3])
    more = ", ..." if len(parameters) > 3 else ""
    n = len(parameters)
    return f"{n} parameter{'s' if n != 1 else ''} (of shape {shapes}{more})"
