"""Nodes, class building, edits, events; tree operations as free functions.

The main idea in three files: `node.py` (a node knows its parent and its key, and one table says how each type behaves),
`places.py` (giving and taking places) and `edits.py` (all edits of a call happen, or none). Then:

* the four kinds of node: `object_.py` (below it `declaring.py`, `building.py`, `compile.py`, `construct.py` and
  `object_ops.py`; above it `functors.py`), `dict_.py`, `list_.py`, and the package `wrapping`;
* changing: `rebinding.py`, `rules.py`, `telling.py`;
* looking: `compare.py`, `copying.py`, `diffing.py`, `printing.py`, `querying.py`, `traversal.py`, `walking.py`.

`base.py` holds the methods that all nodes have; they only call the free functions.

Names that few programs need, and those that users expect here but which live in higher layers, are loaded when they are
asked for.
"""

import importlib
from typing import TYPE_CHECKING, Any

from polygraft.symbolic.abstract import NonDeterministic as NonDeterministic
from polygraft.symbolic.abstract import PureSymbolic as PureSymbolic
from polygraft.symbolic.abstract import is_abstract as is_abstract
from polygraft.symbolic.abstract import is_deterministic as is_deterministic
from polygraft.symbolic.abstract import is_partial as is_partial
from polygraft.symbolic.abstract import is_pure_symbolic as is_pure_symbolic
from polygraft.symbolic.base import Symbolic as Symbolic
from polygraft.symbolic.compare import eq as eq
from polygraft.symbolic.compare import gt as gt
from polygraft.symbolic.compare import hash_
from polygraft.symbolic.compare import lt as lt
from polygraft.symbolic.compare import ne as ne
from polygraft.symbolic.containers import Dict as Dict
from polygraft.symbolic.containers import Insertion as Insertion
from polygraft.symbolic.containers import List as List
from polygraft.symbolic.copying import clone as clone
from polygraft.symbolic.diffing import Diff as Diff
from polygraft.symbolic.diffing import diff as diff
from polygraft.symbolic.edits import mark_as_insertion as mark_as_insertion
from polygraft.symbolic.edits import transaction as transaction
from polygraft.symbolic.flags import allow_empty_field_description as allow_empty_field_description
from polygraft.symbolic.flags import allow_partial as allow_partial
from polygraft.symbolic.flags import (
    allow_repeated_class_registration as allow_repeated_class_registration,
)
from polygraft.symbolic.flags import allow_writable_accessors as allow_writable_accessors
from polygraft.symbolic.flags import as_sealed as as_sealed
from polygraft.symbolic.flags import auto_call_functors as auto_call_functors
from polygraft.symbolic.flags import deferring as deferring
from polygraft.symbolic.flags import enable_type_check as enable_type_check
from polygraft.symbolic.flags import get_origin_stacktrace_limit as get_origin_stacktrace_limit
from polygraft.symbolic.flags import (
    is_change_notification_enabled as is_change_notification_enabled,
)
from polygraft.symbolic.flags import (
    is_empty_field_description_allowed as is_empty_field_description_allowed,
)
from polygraft.symbolic.flags import (
    is_repeated_class_registration_allowed as is_repeated_class_registration_allowed,
)
from polygraft.symbolic.flags import is_tracking_origin as is_tracking_origin
from polygraft.symbolic.flags import is_type_check_enabled as is_type_check_enabled
from polygraft.symbolic.flags import (
    is_under_accessor_writable_scope as is_under_accessor_writable_scope,
)
from polygraft.symbolic.flags import is_under_partial_scope as is_under_partial_scope
from polygraft.symbolic.flags import is_under_sealed_scope as is_under_sealed_scope
from polygraft.symbolic.flags import notify_on_change as notify_on_change
from polygraft.symbolic.flags import set_origin_stacktrace_limit as set_origin_stacktrace_limit
from polygraft.symbolic.flags import (
    should_call_functors_during_init as should_call_functors_during_init,
)
from polygraft.symbolic.functor_classes import as_functor as as_functor
from polygraft.symbolic.functor_classes import functor as functor
from polygraft.symbolic.functor_classes import functor_class as functor_class
from polygraft.symbolic.functors import Functor as Functor
from polygraft.symbolic.inferential import Inferential as Inferential
from polygraft.symbolic.inferred import InferredValue as InferredValue
from polygraft.symbolic.inferred import ValueFromParentChain as ValueFromParentChain
from polygraft.symbolic.node import is_node as is_node
from polygraft.symbolic.object_ import Object as Object
from polygraft.symbolic.object_ import ObjectMeta as ObjectMeta
from polygraft.symbolic.object_ import explicit_method_override as explicit_method_override
from polygraft.symbolic.object_ import members as members
from polygraft.symbolic.object_ import use_init_args as use_init_args
from polygraft.symbolic.origin import Origin as Origin
from polygraft.symbolic.origin import track_origin as track_origin
from polygraft.symbolic.overrides import ContextualOverride as ContextualOverride
from polygraft.symbolic.overrides import all_contextual_values as all_contextual_values
from polygraft.symbolic.overrides import contextual_override as contextual_override
from polygraft.symbolic.overrides import contextual_value as contextual_value
from polygraft.symbolic.overrides import get_contextual_override as get_contextual_override
from polygraft.symbolic.overrides import with_contextual_override as with_contextual_override
from polygraft.symbolic.rebinding import rebind as rebind
from polygraft.symbolic.ref import Ref as Ref
from polygraft.symbolic.ref import deref as deref
from polygraft.symbolic.ref import maybe_ref as maybe_ref
from polygraft.symbolic.registry import registered_types as registered_types
from polygraft.symbolic.telling import FieldUpdate as FieldUpdate
from polygraft.symbolic.traversal import TraverseAction as TraverseAction
from polygraft.symbolic.traversal import contains as contains
from polygraft.symbolic.traversal import query as query
from polygraft.symbolic.traversal import traverse as traverse
from polygraft.symbolic.walking import DescendantQueryOption as DescendantQueryOption

if TYPE_CHECKING:  # loaded when they are asked for
    from polygraft.symbolic.boilerplate import boilerplate_class as boilerplate_class
    from polygraft.symbolic.compounding import Compound as Compound
    from polygraft.symbolic.compounding import compound as compound
    from polygraft.symbolic.compounding import compound_class as compound_class
    from polygraft.symbolic.contextual import ContextualAttribute as ContextualAttribute
    from polygraft.symbolic.contextual import ContextualObject as ContextualObject
    from polygraft.symbolic.contextual import contextual_attribute as contextual_attribute
    from polygraft.symbolic.unknown import UnknownFunction as UnknownFunction
    from polygraft.symbolic.unknown import UnknownMethod as UnknownMethod
    from polygraft.symbolic.unknown import UnknownSymbol as UnknownSymbol
    from polygraft.symbolic.unknown import UnknownType as UnknownType
    from polygraft.symbolic.unknown import UnknownTypedObject as UnknownTypedObject

hash = hash_

_ELSEWHERE = {
    "polygraft.symbolic.boilerplate": "boilerplate_class",
    "polygraft.symbolic.compounding": "Compound compound compound_class",
    "polygraft.symbolic.contextual": "ContextualAttribute ContextualObject contextual_attribute",
    "polygraft.symbolic.unknown": "UnknownFunction UnknownMethod UnknownSymbol UnknownType UnknownTypedObject",
    "polygraft.errors": "WritePermissionError",
    "polygraft.utils": "ErrorInfo",
    "polygraft.symbolic.wrapping": "ClassWrapper apply_wrappers symbolize wrap wrap_module",
    "polygraft.serialization": (
        "default_load_handler default_save_handler from_json from_json_str get_load_handler get_save_handler load "
        "open_jsonl save set_load_handler set_save_handler to_json to_json_str"
    ),
}


def __getattr__(name: str) -> Any:
    if name in ("dict", "list"):  # not as globals: they would hide the builtins here
        return Dict if name == "dict" else List
    for module, names in _ELSEWHERE.items():
        if name in names.split():
            return getattr(importlib.import_module(module), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
