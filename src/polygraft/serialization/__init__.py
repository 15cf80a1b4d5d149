"""Programs as data: JSON, trust, save and load.

`encode.py` writes, `decode.py` reads, `trust.py` and `names.py` decide what a name in a file may lead to,
`storage.py` touches the disk, `handlers.py` holds `save` and `load`.
"""

from polygraft.serialization.convertible import JSONConvertible as JSONConvertible
from polygraft.serialization.convertible import register_json_type as register_json_type
from polygraft.serialization.convertible import registered_types as registered_types
from polygraft.serialization.decode import from_json as from_json
from polygraft.serialization.decode import from_json_str as from_json_str
from polygraft.serialization.decode import read_by_fields as _read_by_fields
from polygraft.serialization.encode import to_json as to_json
from polygraft.serialization.encode import to_json_str as to_json_str
from polygraft.serialization.failures import FieldMismatchError as FieldMismatchError
from polygraft.serialization.failures import SerializationError as SerializationError
from polygraft.serialization.handlers import default_load_handler as default_load_handler
from polygraft.serialization.handlers import default_save_handler as default_save_handler
from polygraft.serialization.handlers import get_load_handler as get_load_handler
from polygraft.serialization.handlers import get_save_handler as get_save_handler
from polygraft.serialization.handlers import load as load
from polygraft.serialization.handlers import save as save
from polygraft.serialization.handlers import set_load_handler as set_load_handler
from polygraft.serialization.handlers import set_save_handler as set_save_handler
from polygraft.serialization.json_lines import open_jsonl as open_jsonl
from polygraft.serialization.names import add_module_alias as add_module_alias
from polygraft.serialization.names import allow_symbol as allow_symbol
from polygraft.serialization.specs import register_specs as _register_specs
from polygraft.serialization.specs import symbolic_name as _symbolic_name
from polygraft.symbolic.services import provide as _provide
from polygraft.typing.json_form import provide as _provide_to_specs

_provide("to_json", to_json)
_provide("to_json_str", to_json_str)
_provide("from_json", _read_by_fields)
_provide("save", save)
_provide("load", load)
_provide_to_specs(to_json, from_json, _symbolic_name)
_register_specs()
