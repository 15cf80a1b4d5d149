"""What type checkers and editors see of classes of patchers; nothing here exists at run time."""

from __future__ import annotations

from typing import Any, Generic, ParamSpec

from polygraft.patching.patch import Patcher
from polygraft.symbolic.object_ import ObjectMeta

P = ParamSpec("P")


class PatcherClass(ObjectMeta, Generic[P]):
    """The type of patcher classes made from functions whose parameters after the first, the target, are P.

    What is given by position begins with the target, which is usually left out.
    """

    def __call__(cls, target: Any = None, /, *args: P.args, **kwargs: P.kwargs) -> Patcher:
        raise NotImplementedError

    # Those methods of `Patcher` that are called on the class.
    def patcher_signature(cls) -> Any:
        raise NotImplementedError

    def partial(cls, *args: Any, **kwargs: Any) -> Patcher:
        raise NotImplementedError

    def from_json(cls, json_value: Any, **kwargs: Any) -> Patcher:
        raise NotImplementedError
