"""scikit-learn: what its estimators need beyond the rules of the core.

scikit-learn has an edit of its own: `set_params`, and behind it the assignment of an attribute named like an argument.
It keeps what was fitted. Here the recorded argument follows, so that the symbols always say what `get_params` says.
Nothing else of the object, or of those around it, is touched; other edits (`rebind`, `patch`) drop what was fitted.

What `set_output` and the metadata requests (`set_fit_request`, ...) have set is neither an argument nor fitted. It
stays over edits and goes along with clones, as in `sklearn.clone`; files hold arguments only.

What is not seen: a list or dict of the object that is changed in place (`pipe.steps.append`), until the next
`set_params` or, for a `Pipeline`, the next `fit`.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from typing import Any, cast

from sklearn.base import BaseEstimator

from polygraft.errors import AbstractValueError, WritePermissionError
from polygraft.symbolic.compare import same
from polygraft.symbolic.edits import Batch, transaction
from polygraft.symbolic.flags import FLAGS
from polygraft.symbolic.node import OPS, SEALED, Kind
from polygraft.symbolic.places import child_path
from polygraft.symbolic.wrapping.adapters import Adapter, provide
from polygraft.symbolic.wrapping.base import wrapped_class
from polygraft.symbolic.wrapping.construction import INCOMPLETE, runtime_value, survey

_ABSENT: Any = object()
_attributes: Callable[[Any], dict[str, Any]] = vars

#: Attributes that `sklearn.clone` copies besides the parameters.
_CONFIGURATION = ("_sklearn_output_config", "_metadata_request")
_ASIDE = "configuration"


class EstimatorAdapter(Adapter):
    """Lets the symbols of an estimator follow `set_params`, and its configuration outlive edits."""

    def prepare(self, cls: Any) -> None:
        if wrapped_class(cls) is not None:  # subclasses of a wrapper inherit both
            type.__setattr__(cls, "__setattr__", _mirroring_setattr(cls))
            type.__setattr__(cls, "set_params", _mirroring_set_params(cls))

    def cloning(self, x: Any) -> dict[str, Any] | None:
        found = _configuration(x)
        return {_ASIDE: copy.deepcopy(found)} if found else None

    def dropping(self, x: Any, undo: list[Any]) -> None:
        found = _configuration(x)
        if found:
            link = OPS[type(x)].own_link(x)
            if link.aside is None:
                link.aside = {}
            link.aside[_ASIDE] = found

    def built(self, x: Any) -> None:
        aside = OPS[type(x)].own_link(x).aside
        if aside:
            _attributes(x).update(aside.pop(_ASIDE, {}))


def _configuration(x: Any) -> dict[str, Any]:
    """What has been configured of `x`: on the object if it exists, else kept with its record."""
    ops: Any = OPS[type(x)]
    if ops.is_deferred(x):
        aside: dict[str, Any] = ops.own_link(x).aside or {}
        return aside.get(_ASIDE, {})
    return {name: _attributes(x)[name] for name in _CONFIGURATION if name in _attributes(x)}


# -- set_params and what it does -------------------------------------------------------------------
class _Mirror(Batch):
    """Stores what holds at run time already: wrapped objects, here and above, keep their state."""

    def _tell(self, heard: list[Any]) -> None:
        super()._tell([node for node in heard if not OPS[type(node)].shared])


def _mirroring_setattr(cls: Any) -> Callable[..., None]:
    """`__setattr__` of a wrapped class: an attribute named like an argument is recorded, too."""

    def __setattr__(self: Any, name: str, value: Any) -> None:
        record = _record_of_existing(self)
        plain = cast("Any", super(cls, self))
        if record is None or name not in record.info.params:
            plain.__setattr__(name, value)
            return
        before = _attributes(self).get(name, _ABSENT)
        with _Mirror() as mirror:
            plain.__setattr__(name, runtime_value(value))
            mirror.undo.append(lambda: _put_back(self, name, before))
            _mirror(mirror, self, name, value)

    return __setattr__


def _mirroring_set_params(cls: Any) -> Callable[..., Any]:
    """`set_params` of a wrapped class: all parameters of a call are set, or none."""

    @functools.wraps(cls.set_params)
    def set_params(self: Any, **params: Any) -> Any:
        plain = cast("Any", super(cls, self))
        with transaction():
            result = plain.set_params(**params)
            _catch_up(self)
        return result

    return set_params


def _record_of_existing(x: Any) -> Any:
    """The record of an object that exists; None while it is made or built."""
    ops: Any = OPS[type(x)]
    record = ops.record_or_none(x)
    if record is None or type(x) is cast("Any", OPS[record.info.cls]).building_type:
        return None
    return record


def _put_back(x: Any, name: str, value: Any) -> None:
    if value is _ABSENT:
        _attributes(x).pop(name, None)
    else:
        _attributes(x)[name] = value


def _catch_up(x: Any) -> None:
    """Records the arguments that were exchanged inside the object: a fit may put copies into its lists."""
    record = _record_of_existing(x)
    if record is None:
        return
    with _Mirror() as mirror:
        for name in list(record.args):
            value = _attributes(x).get(name, _ABSENT)
            if value is not _ABSENT and name in record.info.params:
                _mirror(mirror, x, name, value)


def _mirror(mirror: Batch, x: Any, name: str, value: Any) -> None:
    """Records `value` for an argument, if it is not what stands there."""
    ops: Any = OPS[type(x)]
    if _stands_for(ops.get(x, name), value):
        return
    if survey([value]) & INCOMPLETE:
        path = child_path(x, name)
        raise AbstractValueError(
            f"{name!r} of an estimator that exists cannot be set to a placeholder or a missing value: {value!r}. Put "
            f"search spaces into the program instead: `pg.patch(x, {{'{path}': ...}})`. (path={path})",
            path=path,
            value=value,
            paths=[path],
        )
    sealed = FLAGS.get().sealed
    if ops.link(x).flags & SEALED if sealed is None else sealed:
        raise WritePermissionError(
            f"Cannot set {name!r} of a sealed {ops.type.__name__}. (path={child_path(x, name)})"
        )
    mirror.store(x, name, value)


def _stands_for(recorded: Any, value: Any) -> bool:
    """True if `recorded` is the record of `value`: the same nodes, in containers and beside leaves that are equal."""
    if recorded is value:
        return True
    kind = OPS[type(recorded)].kind
    if kind in _LISTS:
        return (
            isinstance(value, list if kind is not Kind.TUPLE else tuple)
            and len(recorded) == len(cast("list[Any]", value))
            and all(map(_stands_for, recorded, cast("list[Any]", value)))
        )
    if kind in _DICTS:
        return (
            isinstance(value, dict)
            and recorded.keys() == cast("dict[Any, Any]", value).keys()
            and all(_stands_for(v, value[k]) for k, v in recorded.items())
        )
    return (
        not OPS[type(recorded)].symbolic and type(recorded) is type(value) and same(recorded, value)
    )


_LISTS = frozenset({Kind.LIST, Kind.PLAIN_LIST, Kind.TUPLE})
_DICTS = frozenset({Kind.DICT, Kind.PLAIN_DICT})

provide(BaseEstimator, EstimatorAdapter())
