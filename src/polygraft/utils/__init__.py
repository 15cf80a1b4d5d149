"""Helpers beside the symbolic model: nested plain data, paths, texts, errors, times. Also called `pg.object_utils`.

Much of it lives in other modules and is gathered here, under the names that programs expect: `KeyPath` and
`KeyPathSet`, `format` and what belongs to it, JSON, missing values, contextual values. Only here: `hierarchical.py`,
`catching.py`, `docstrings.py`, `timing.py`, `thread_local.py`, `colors.py`, `traits.py`.
"""

from polygraft.formatting import BracketType as BracketType
from polygraft.formatting import Formattable as Formattable
from polygraft.formatting import RawText as RawText
from polygraft.formatting import auto_plural as auto_plural
from polygraft.formatting import bracket_chars as bracket_chars
from polygraft.formatting import camel_to_snake as camel_to_snake
from polygraft.formatting import comma_delimited_str as comma_delimited_str
from polygraft.formatting import format as format
from polygraft.formatting import kvlist_str as kvlist_str
from polygraft.formatting import maybe_markdown_quote as maybe_markdown_quote
from polygraft.formatting import print as print
from polygraft.formatting import quote_if_str as quote_if_str
from polygraft.formatting import repr_ext as repr_ext
from polygraft.formatting import repr_format as repr_format
from polygraft.formatting import str_ext as str_ext
from polygraft.formatting import str_format as str_format
from polygraft.missing import MISSING_VALUE as MISSING_VALUE
from polygraft.missing import MaybePartial as MaybePartial
from polygraft.missing import MissingValue as MissingValue
from polygraft.path_sets import KeyPathSet as KeyPathSet
from polygraft.paths import KeyPath as KeyPath
from polygraft.paths import StrKey as StrKey
from polygraft.paths import message_on_path as message_on_path
from polygraft.serialization.convertible import JSONConvertible as JSONConvertible
from polygraft.serialization.convertible import registered_types as registered_types
from polygraft.serialization.encode import to_json as to_json
from polygraft.symbolic.abstract import is_partial as is_partial
from polygraft.symbolic.object_ import explicit_method_override as explicit_method_override
from polygraft.symbolic.overrides import ContextualOverride as ContextualOverride
from polygraft.symbolic.overrides import all_contextual_values as all_contextual_values
from polygraft.symbolic.overrides import contextual_override as contextual_override
from polygraft.symbolic.overrides import contextual_value as contextual_value
from polygraft.symbolic.overrides import get_contextual_override as get_contextual_override
from polygraft.symbolic.overrides import with_contextual_override as with_contextual_override
from polygraft.utils.catching import CatchErrorsContext as CatchErrorsContext
from polygraft.utils.catching import ErrorInfo as ErrorInfo
from polygraft.utils.catching import catch_errors as catch_errors
from polygraft.utils.catching import match_error as match_error
from polygraft.utils.colors import colored as colored
from polygraft.utils.colors import colored_block as colored_block
from polygraft.utils.colors import decolor as decolor
from polygraft.utils.docstrings import DocStr as DocStr
from polygraft.utils.docstrings import DocStrArgument as DocStrArgument
from polygraft.utils.docstrings import DocStrEntry as DocStrEntry
from polygraft.utils.docstrings import DocStrExample as DocStrExample
from polygraft.utils.docstrings import DocStrRaises as DocStrRaises
from polygraft.utils.docstrings import DocStrReturns as DocStrReturns
from polygraft.utils.docstrings import DocStrStyle as DocStrStyle
from polygraft.utils.docstrings import docstr as docstr
from polygraft.utils.hierarchical import canonicalize as canonicalize
from polygraft.utils.hierarchical import flatten as flatten
from polygraft.utils.hierarchical import merge as merge
from polygraft.utils.hierarchical import merge_tree as merge_tree
from polygraft.utils.hierarchical import transform as transform
from polygraft.utils.hierarchical import traverse as traverse
from polygraft.utils.hierarchical import (
    try_listify_dict_with_int_keys as try_listify_dict_with_int_keys,
)
from polygraft.utils.json_conversion import from_json as from_json
from polygraft.utils.thread_local import thread_local_decrement as thread_local_decrement
from polygraft.utils.thread_local import thread_local_del as thread_local_del
from polygraft.utils.thread_local import thread_local_get as thread_local_get
from polygraft.utils.thread_local import thread_local_has as thread_local_has
from polygraft.utils.thread_local import thread_local_increment as thread_local_increment
from polygraft.utils.thread_local import thread_local_peek as thread_local_peek
from polygraft.utils.thread_local import thread_local_pop as thread_local_pop
from polygraft.utils.thread_local import thread_local_push as thread_local_push
from polygraft.utils.thread_local import thread_local_set as thread_local_set
from polygraft.utils.thread_local import thread_local_value_scope as thread_local_value_scope
from polygraft.utils.timing import TimeIt as TimeIt
from polygraft.utils.timing import timeit as timeit
from polygraft.utils.traits import Functor as Functor
from polygraft.utils.traits import JSONValueType as JSONValueType
from polygraft.utils.traits import Nestable as Nestable
from polygraft.utils.traits import (
    ensure_explicit_method_override as ensure_explicit_method_override,
)
