"""Rules that change programs they have never met, with names by which they are shared.

`patch.py` applies rules, `patcher.py` makes named rules from functions, `uri.py` writes them as text,
`patterns.py` holds ready rules. `edit_script.py` is what they do as data, which `editing.py` finds by comparing
programs, `dry_run.py` by trying rules, and `merging.py` joins.
"""

from polygraft.patching.edit_script import Edit as Edit
from polygraft.patching.edit_script import Edits as Edits
from polygraft.patching.editing import edits as edits
from polygraft.patching.merging import MergeConflict as MergeConflict
from polygraft.patching.merging import MergeConflictError as MergeConflictError
from polygraft.patching.merging import merge as merge
from polygraft.patching.object_factory import ObjectFactory as ObjectFactory
from polygraft.patching.object_factory import from_maybe_serialized as from_maybe_serialized
from polygraft.patching.patch import Patcher as Patcher
from polygraft.patching.patch import Rule as Rule
from polygraft.patching.patch import patch as patch
from polygraft.patching.patcher import patcher as patcher
from polygraft.patching.patterns import patch_on_key as patch_on_key
from polygraft.patching.patterns import patch_on_member as patch_on_member
from polygraft.patching.patterns import patch_on_path as patch_on_path
from polygraft.patching.patterns import patch_on_type as patch_on_type
from polygraft.patching.patterns import patch_on_value as patch_on_value
from polygraft.patching.registry import (
    allow_repeated_patcher_registration as allow_repeated_patcher_registration,
)
from polygraft.patching.registry import patcher_names as patcher_names
from polygraft.patching.uri import from_uri as from_uri
from polygraft.patching.uri import parse_arg as parse_arg
from polygraft.patching.uri import parse_args as parse_args
from polygraft.patching.uri import parse_list as parse_list
from polygraft.patching.uri import parse_uri as parse_uri
