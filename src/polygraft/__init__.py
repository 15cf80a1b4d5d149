"""polygraft: machine-learning programs as trees that can be seen, changed, searched and exchanged.

The idea: a program is a tree of constructor calls. polygraft keeps the calls, so that the tree can be printed,
compared, changed by rules that have never met it, searched and saved; the objects themselves are built when they are
used. Where it stands:

    symbolic            what a node is (`node.py`), the kinds of node, how trees change (`edits.py`), tree operations
    symbolic/wrapping   ordinary classes as nodes: recorded arguments, construction at first use
    typing              what a field accepts
    serialization       JSON, trust, save and load
    io                  files, wherever they are
    patching            rules with names: `pg.patch`, `pg.patcher`
    geno                search spaces and genotypes as pure data
    hyper               placeholders in programs; templates that turn genotypes into programs
    scalars             numbers that change with the step
    evolution           search algorithms composed of operations
    early_stopping      which trials are not worth going on with
    mutfun              a small language whose programs are evolved
    tuning              the search loop
    utils               helpers for nested plain data, texts, errors, times
    cli                 the `polygraft` command

Which may import which: `docs/design/0001`. `import polygraft as pg` gives every name that is meant for users; the
packages behind the names load when a name is first used (PEP 562), so that the import costs next to nothing.
"""

from __future__ import annotations

import builtins
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Where a package has a module of the name as well, the name is taken from that module: mypy would take the module.
    from polygraft import early_stopping as early_stopping
    from polygraft import evolution as evolution
    from polygraft import geno as geno
    from polygraft import hyper as hyper
    from polygraft import io as io
    from polygraft import mutfun as mutfun
    from polygraft import patching as patching
    from polygraft import scalars as scalars
    from polygraft import serialization as serialization
    from polygraft import symbolic as symbolic
    from polygraft import tuning as tuning
    from polygraft import typing as typing
    from polygraft import utils as utils
    from polygraft.as_pyglove import install_as_pyglove as install_as_pyglove
    from polygraft.as_pyglove import uninstall_as_pyglove as uninstall_as_pyglove
    from polygraft.errors import AbstractValueError as AbstractValueError
    from polygraft.errors import ConstructionError as ConstructionError
    from polygraft.errors import CycleError as CycleError
    from polygraft.errors import DeserializationError as DeserializationError
    from polygraft.errors import InfeasibleError as InfeasibleError
    from polygraft.errors import MalformedFileError as MalformedFileError
    from polygraft.errors import NestingError as NestingError
    from polygraft.errors import NotSymbolizableError as NotSymbolizableError
    from polygraft.errors import UnknownTypeError as UnknownTypeError
    from polygraft.errors import WritePermissionError as WritePermissionError
    from polygraft.formatting import Formattable as Formattable
    from polygraft.formatting import format as format
    from polygraft.formatting import print as print
    from polygraft.formatting import repr_format as repr_format
    from polygraft.formatting import str_format as str_format
    from polygraft.geno import DNA as DNA
    from polygraft.geno import DNAGenerator as DNAGenerator
    from polygraft.geno import DNASpec as DNASpec
    from polygraft.geno import random_dna as random_dna
    from polygraft.hyper import constrained as constrained
    from polygraft.hyper import constraint as constraint
    from polygraft.hyper import dna_spec as dna_spec
    from polygraft.hyper import evolve as evolve
    from polygraft.hyper import floatv as floatv
    from polygraft.hyper import forbid as forbid
    from polygraft.hyper import intv as intv
    from polygraft.hyper import iterate
    from polygraft.hyper import manyof as manyof
    from polygraft.hyper import materialize as materialize
    from polygraft.hyper import oneof as oneof
    from polygraft.hyper import permutate as permutate
    from polygraft.hyper import random_sample as random_sample
    from polygraft.hyper.template import template as template
    from polygraft.missing import MISSING_VALUE as MISSING_VALUE
    from polygraft.missing import MaybePartial as MaybePartial
    from polygraft.patching import Edit as Edit
    from polygraft.patching import Edits as Edits
    from polygraft.patching import MergeConflict as MergeConflict
    from polygraft.patching import MergeConflictError as MergeConflictError
    from polygraft.patching import ObjectFactory as ObjectFactory
    from polygraft.patching import Patcher as Patcher
    from polygraft.patching import edits as edits
    from polygraft.patching import merge as merge
    from polygraft.patching import patch_on_key as patch_on_key
    from polygraft.patching import patch_on_member as patch_on_member
    from polygraft.patching import patch_on_path as patch_on_path
    from polygraft.patching import patch_on_type as patch_on_type
    from polygraft.patching import patch_on_value as patch_on_value
    from polygraft.patching.patch import patch as patch
    from polygraft.patching.patcher import patcher as patcher
    from polygraft.path_sets import KeyPathSet as KeyPathSet
    from polygraft.paths import KeyPath as KeyPath
    from polygraft.serialization import JSONConvertible as JSONConvertible
    from polygraft.serialization import from_json as from_json
    from polygraft.serialization import from_json_str as from_json_str
    from polygraft.serialization import get_load_handler as get_load_handler
    from polygraft.serialization import get_save_handler as get_save_handler
    from polygraft.serialization import load as load
    from polygraft.serialization import open_jsonl as open_jsonl
    from polygraft.serialization import save as save
    from polygraft.serialization import set_load_handler as set_load_handler
    from polygraft.serialization import set_save_handler as set_save_handler
    from polygraft.serialization import to_json as to_json
    from polygraft.serialization import to_json_str as to_json_str
    from polygraft.symbolic import ContextualObject as ContextualObject
    from polygraft.symbolic import Dict as Dict
    from polygraft.symbolic import Diff as Diff
    from polygraft.symbolic import FieldUpdate as FieldUpdate
    from polygraft.symbolic import Functor as Functor
    from polygraft.symbolic import InferredValue as InferredValue
    from polygraft.symbolic import Insertion as Insertion
    from polygraft.symbolic import List as List
    from polygraft.symbolic import Object as Object
    from polygraft.symbolic import Origin as Origin
    from polygraft.symbolic import PureSymbolic as PureSymbolic
    from polygraft.symbolic import Ref as Ref
    from polygraft.symbolic import Symbolic as Symbolic
    from polygraft.symbolic import TraverseAction as TraverseAction
    from polygraft.symbolic import allow_empty_field_description as allow_empty_field_description
    from polygraft.symbolic import allow_partial as allow_partial
    from polygraft.symbolic import (
        allow_repeated_class_registration as allow_repeated_class_registration,
    )
    from polygraft.symbolic import allow_writable_accessors as allow_writable_accessors
    from polygraft.symbolic import as_functor as as_functor
    from polygraft.symbolic import as_sealed as as_sealed
    from polygraft.symbolic import auto_call_functors as auto_call_functors
    from polygraft.symbolic import boilerplate_class as boilerplate_class
    from polygraft.symbolic import clone as clone
    from polygraft.symbolic import compound as compound
    from polygraft.symbolic import compound_class as compound_class
    from polygraft.symbolic import contains as contains
    from polygraft.symbolic import contextual_attribute as contextual_attribute
    from polygraft.symbolic import contextual_override as contextual_override
    from polygraft.symbolic import contextual_value as contextual_value
    from polygraft.symbolic import diff as diff
    from polygraft.symbolic import enable_type_check as enable_type_check
    from polygraft.symbolic import eq as eq
    from polygraft.symbolic import explicit_method_override as explicit_method_override
    from polygraft.symbolic import functor as functor
    from polygraft.symbolic import functor_class as functor_class
    from polygraft.symbolic import gt as gt
    from polygraft.symbolic import hash as hash
    from polygraft.symbolic import is_abstract as is_abstract
    from polygraft.symbolic import is_deterministic as is_deterministic
    from polygraft.symbolic import is_partial as is_partial
    from polygraft.symbolic import is_pure_symbolic as is_pure_symbolic
    from polygraft.symbolic import lt as lt
    from polygraft.symbolic import maybe_ref as maybe_ref
    from polygraft.symbolic import members as members
    from polygraft.symbolic import ne as ne
    from polygraft.symbolic import notify_on_change as notify_on_change
    from polygraft.symbolic import query as query
    from polygraft.symbolic import rebind as rebind
    from polygraft.symbolic import registered_types as registered_types
    from polygraft.symbolic import set_origin_stacktrace_limit as set_origin_stacktrace_limit
    from polygraft.symbolic import track_origin as track_origin
    from polygraft.symbolic import transaction as transaction
    from polygraft.symbolic import traverse as traverse
    from polygraft.symbolic import use_init_args as use_init_args
    from polygraft.symbolic import with_contextual_override as with_contextual_override
    from polygraft.symbolic.wrapping import ClassWrapper as ClassWrapper
    from polygraft.symbolic.wrapping import KeptWeights as KeptWeights
    from polygraft.symbolic.wrapping import apply_wrappers as apply_wrappers
    from polygraft.symbolic.wrapping import args as args
    from polygraft.symbolic.wrapping import detour as detour
    from polygraft.symbolic.wrapping import detouring as detouring
    from polygraft.symbolic.wrapping import kept_weights as kept_weights
    from polygraft.symbolic.wrapping import realize as realize
    from polygraft.symbolic.wrapping import reset as reset
    from polygraft.symbolic.wrapping import symbolize as symbolize
    from polygraft.symbolic.wrapping import wrap as wrap
    from polygraft.symbolic.wrapping import wrap_module as wrap_module
    from polygraft.tuning import poll_result as poll_result
    from polygraft.tuning.sample import sample as sample
    from polygraft.tuning.tuner import tune as tune
    from polygraft.typing import CustomTyping as CustomTyping
    from polygraft.typing import Field as Field
    from polygraft.typing import KeySpec as KeySpec
    from polygraft.typing import Schema as Schema
    from polygraft.typing import ValueSpec as ValueSpec
    from polygraft.typing import get_converter as get_converter
    from polygraft.typing import register_converter as register_converter
    from polygraft.typing.signature import schema as schema
    from polygraft.typing.signature import signature as signature
    from polygraft.utils import DocStr as DocStr
    from polygraft.utils import ErrorInfo as ErrorInfo
    from polygraft.utils import catch_errors as catch_errors
    from polygraft.utils import colored as colored
    from polygraft.utils import decolor as decolor
    from polygraft.utils import docstr as docstr
    from polygraft.utils import match_error as match_error
    from polygraft.utils import timeit as timeit

    Inferentiable = symbolic.Inferential
    dict = Dict
    iter = iterate
    list = List
    object_utils = utils
    search_space = dna_spec
    one_of = oneof
    sublist_of = manyof
    float_value = floatv

__version__ = "0.1.0"

_PACKAGES = (
    "early_stopping",
    "evolution",
    "geno",
    "hyper",
    "io",
    "mutfun",
    "patching",
    "scalars",
    "serialization",
    "symbolic",
    "tuning",
    "typing",
    "utils",
)

#: Module → the names it gives; `name=other` where the module calls it otherwise.
_NAMES = {
    "polygraft.as_pyglove": ("install_as_pyglove uninstall_as_pyglove"),
    "polygraft.errors": (
        "AbstractValueError ConstructionError CycleError DeserializationError InfeasibleError "
        "MalformedFileError NestingError NotSymbolizableError UnknownTypeError WritePermissionError"
    ),
    "polygraft.formatting": ("Formattable format print repr_format str_format"),
    "polygraft.geno": ("DNA DNAGenerator DNASpec random_dna"),
    "polygraft.hyper": (
        "constrained constraint dna_spec evolve float_value=floatv floatv forbid intv iter=iterate manyof materialize "
        "one_of=oneof oneof permutate random_sample search_space=dna_spec sublist_of=manyof template"
    ),
    "polygraft.missing": ("MISSING_VALUE MaybePartial"),
    "polygraft.patching": (
        "Edit Edits MergeConflict MergeConflictError ObjectFactory Patcher edits merge patch patch_on_key "
        "patch_on_member patch_on_path patch_on_type patch_on_value patcher"
    ),
    "polygraft.path_sets": ("KeyPathSet"),
    "polygraft.paths": ("KeyPath"),
    "polygraft.serialization": (
        "JSONConvertible from_json from_json_str get_load_handler get_save_handler load open_jsonl save "
        "set_load_handler set_save_handler to_json to_json_str"
    ),
    "polygraft.symbolic": (
        "ContextualObject Dict Diff FieldUpdate Functor Inferentiable=Inferential InferredValue Insertion List "
        "Object Origin PureSymbolic Ref Symbolic TraverseAction allow_empty_field_description allow_partial "
        "allow_repeated_class_registration allow_writable_accessors as_functor as_sealed auto_call_functors "
        "boilerplate_class clone compound compound_class contains contextual_attribute contextual_override "
        "contextual_value dict=Dict diff enable_type_check eq explicit_method_override functor functor_class gt "
        "hash is_abstract is_deterministic is_partial is_pure_symbolic list=List lt maybe_ref members ne "
        "notify_on_change query rebind registered_types set_origin_stacktrace_limit track_origin transaction "
        "traverse use_init_args with_contextual_override"
    ),
    "polygraft.symbolic.wrapping": (
        "ClassWrapper KeptWeights apply_wrappers args detour detouring kept_weights realize reset symbolize wrap "
        "wrap_module"
    ),
    "polygraft.tuning": ("poll_result sample tune"),
    "polygraft.typing": (
        "CustomTyping Field KeySpec Schema ValueSpec get_converter register_converter schema signature"
    ),
    "polygraft.utils": ("DocStr ErrorInfo catch_errors colored decolor docstr match_error timeit"),
}
_ALIASES = {"object_utils": "utils"}
_HOMES: builtins.dict[str, tuple[str, str]] = {}
for _module, _words in _NAMES.items():
    for _word in _words.split():
        _alias, _, _name = _word.partition("=")
        _HOMES[_alias] = (_module, _name or _alias)


if not TYPE_CHECKING:  # to a type checker every name would exist

    def __getattr__(name: str) -> Any:
        """Loads the package behind a name."""
        if name in _HOMES:
            module, attribute = _HOMES[name]
            value = getattr(importlib.import_module(module), attribute)
        elif name in _PACKAGES or name in _ALIASES:
            value = importlib.import_module(f"{__name__}.{_ALIASES.get(name, name)}")
        else:
            hint = importlib.import_module(f"{__name__}.errors").did_you_mean(name, __dir__())
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}.{hint}")
        globals()[name] = value
        return value


def __dir__() -> builtins.list[str]:
    return sorted({*_HOMES, *_PACKAGES, *_ALIASES, "__version__"})
