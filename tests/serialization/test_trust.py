"""Files from strangers: nothing in them is imported or executed."""

from __future__ import annotations

import base64
import math
import pickle
import subprocess
import sys
from typing import Any

import pytest

from polygraft.errors import MalformedFileError, UnknownTypeError
from polygraft.serialization import allow_symbol, from_json, from_json_str, to_json
from polygraft.symbolic import Object, functor, registry


class Bomb:
    """A pickle of it prints when it is loaded."""

    exploded = False

    def __reduce__(self):
        return (_explode, ())


def _explode():
    Bomb.exploded = True
    return 1


class A(Object):
    x: Any = None


class Rare(Object):
    pass


PICKLE = {
    "_type": "pyglove.core.utils.json_conversion._OpaqueObject",
    "value": base64.encodebytes(pickle.dumps(Bomb())).decode(),
}
HOSTILE = [
    {"_type": "function", "name": "os.system"},
    {"_type": "function", "name": "builtins.eval"},
    {"_type": "function", "name": "antigravity.fly"},
    {"_type": "method", "name": "antigravity.Thing.make"},
    {"_type": "type", "name": "subprocess.Popen"},
    {"_type": "type", "name": "antigravity.Thing"},
    {"_type": "antigravity.Thing", "x": 1},
    {"_type": "subprocess.Popen", "args": ["touch", "/tmp/never"]},
    {"_type": "this.that"},
    {"_type": "type", "name": "builtins.__loader__"},
    {"_type": "method", "name": "builtins.object.__subclasses__"},
    {"_type": "method", "name": "builtins.__loader__.load_module"},
    {
        "_type": "function",
        "name": "f",
        "code": base64.encodebytes(b"abc").decode(),
        "defaults": None,
    },
    {
        "_type": "type",
        "name": "builtins.list",
        "args": [{"_type": "type", "name": "subprocess.Popen"}],
    },
    PICKLE,
]
PLACES = [
    lambda bad: bad,
    lambda bad: [1, bad],
    lambda bad: {"a": {"b": bad}},
    lambda bad: {"_type": f"{__name__}.A", "x": bad},
    lambda bad: ["__tuple__", bad],
    lambda bad: {"_type": "dict", "items": [["_type", bad]]},
    lambda bad: {"__context__": {"shared_objects": [bad]}, "__root__": [{"__ref__": 0}]},
    lambda bad: {"__context__": {"shared_objects": [[1, {"k": bad}]]}, "__root__": 1},
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bad", HOSTILE, ids=lambda b: f"{b['_type']}-{b.get('name', '')}")
def test_nothing_is_imported_or_executed_by_default(bad, place):
    registry.class_of("polygraft.nothing")  # the library's own packages are loaded lazily
    before = set(sys.modules)
    with pytest.raises(UnknownTypeError) as e:
        from_json(place(bad))
    assert set(sys.modules) == before
    assert not Bomb.exploded
    assert "(path=" in str(e.value)
    assert e.value.path is not None


def test_default_message_says_what_to_do():
    with pytest.raises(UnknownTypeError, match="trusted=False") as e:
        from_json({"a": [{"_type": "function", "name": "os.system"}]})
    assert "trusted=['os']" in str(e.value)
    assert str(e.value).endswith("(path=a[0])")
    with pytest.raises(
        TypeError, match=r"Type name 'aa.B' is not registered with a `pg.JSONConvertible` subclass"
    ):
        from_json({"_type": "aa.B"})


def test_similar_names_are_suggested():
    with pytest.raises(UnknownTypeError, match=f"Did you mean '{__name__}.A'"):
        from_json({"_type": f"{__name__}.AA"})
    with pytest.raises(UnknownTypeError, match=rf"Did you mean '{__name__}\.Rare'"):
        from_json({"_type": "elsewhere.Rare"})


def test_trusted_package_leads_to_its_functions_only():
    f = {"_type": "function", "name": "math.sin"}
    assert from_json(f, trusted=["math"]) is math.sin
    assert from_json(f, trusted="math") is math.sin
    assert from_json(f, trusted=True) is math.sin
    with pytest.raises(UnknownTypeError):
        from_json(f, trusted=["mat"])
    with pytest.raises(UnknownTypeError):
        from_json({"_type": "function", "name": "os.system"}, trusted=["math"])


def test_trust_does_not_reach_through_a_trusted_module():
    # `subprocess` has an attribute `os`, and `shutil` imports functions from elsewhere.
    for name in ("subprocess.os.system", "shutil.os.system", "shutil.sys.exit"):
        with pytest.raises(UnknownTypeError):
            from_json({"_type": "function", "name": name}, trusted=["subprocess", "shutil"])
    # The function is `os.fspath`'s alias in a trusted module, but its home is not trusted.
    with pytest.raises(UnknownTypeError, match="trusted="):
        from_json({"_type": "function", "name": "os.open"}, trusted=["os"])


def test_trust_is_checked():
    with pytest.raises(TypeError, match="names of modules"):
        from_json({}, trusted=[1])


def test_pickles_need_an_explicit_true():
    with pytest.raises(UnknownTypeError, match="pickle"):
        from_json(PICKLE, trusted=[__name__, "pyglove", "builtins"])
    assert not Bomb.exploded
    data = {**PICKLE, "value": base64.encodebytes(pickle.dumps({1, 2})).decode()}
    assert from_json(data, trusted=True) == {1, 2}


def test_a_symbol_can_be_allowed_by_name():
    form = {"_type": "function", "name": "math.cos"}
    with pytest.raises(UnknownTypeError):
        from_json(form)
    allow_symbol(math.cos)
    assert from_json(form) is math.cos


def test_pure_builtins_and_registered_types_need_no_trust():
    assert from_json({"_type": "function", "name": "builtins.max"}) is max
    assert from_json({"_type": "type", "name": f"{__name__}.A"}) is A
    assert from_json({"_type": "type", "name": "builtins.int"}) is int


def test_loading_in_a_fresh_process_imports_nothing(tmp_path):
    (tmp_path / "stranger.py").write_text("print('EXECUTED')\nclass C: pass\ndef f(): pass\n")
    code = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
from polygraft.serialization import from_json
for kind, name in ('stranger.C', None), ('type', 'stranger.C'), ('function', 'stranger.f'):
    try:
        from_json({{'_type': kind, 'name': name}})
    except TypeError:
        pass
    else:
        print('LOADED')
assert 'stranger' not in sys.modules
print(from_json({{'_type': 'function', 'name': 'stranger.f'}}, trusted=['stranger']).__name__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "EXECUTED\nf\n"


@pytest.mark.parametrize("index", [1, -1, True, "0", None, 0.0, [0]])
def test_references_must_lead_to_an_earlier_entry(index):
    with pytest.raises(MalformedFileError, match="does not lead to a shared object"):
        from_json({"__context__": {"shared_objects": [1]}, "__root__": [{"__ref__": index}]})
    with pytest.raises(MalformedFileError):
        from_json({"__ref__": 0})
    with pytest.raises(MalformedFileError):
        from_json({"__context__": {"shared_objects": [{"__ref__": 0}]}, "__root__": 1})


def test_references_that_multiply_are_refused():
    shared: list[Any] = [[1, 2]]
    shared += [[{"__ref__": i}] * 4 for i in range(40)]
    with pytest.raises(MalformedFileError, match="nodes"):
        from_json({"__context__": {"shared_objects": shared}, "__root__": {"__ref__": 40}})
    wide = {"__context__": {"shared_objects": [[0] * 10_001]}, "__root__": [{"__ref__": 0}] * 1000}
    with pytest.raises(MalformedFileError, match="nodes"):
        from_json(wide)


@pytest.mark.parametrize(
    "data",
    [
        {"__context__": 1, "__root__": 1},
        {"__context__": {"shared_objects": 1}, "__root__": 1},
        {"__context__": {"shared_objects": []}},
        {"__context__": None},
    ],
)
def test_malformed_context(data):
    with pytest.raises(MalformedFileError, match="__context__"):
        from_json(data)


@pytest.mark.parametrize(
    "data",
    [
        {"_type": 1},
        {"_type": None},
        {"_type": ["a"]},
        {"_type": ""},
        {"_type": "."},
        {"_type": "a..b"},
        {"_type": "type"},
        {"_type": "type", "name": 1},
        {"_type": "function", "name": None},
        {"_type": "method", "name": "x"},
        {"_type": "type", "name": "builtins.int", "args": 1},
        {"_type": "type", "name": "builtins.int", "args": [1]},
        {
            "_type": "type",
            "name": "builtins.int",
            "args": [{"_type": "type", "name": "builtins.int"}],
        },
        {"_type": "type", "name": "builtins.nothing"},
        {"_type": "type", "name": "builtins.print"},
        {"_type": "tuple"},
        {"_type": "dict", "items": [1]},
        {"_type": "dict", "items": [[{}, 1]]},
        {"_type": "list", "items": {}},
        ["__tuple__"],
    ],
)
def test_malformed_forms_have_one_kind_of_error_with_a_path(data):
    with pytest.raises(ValueError, match=r"\(path=a\)"):
        from_json({"a": data})


def test_functors_are_not_called_by_loading():
    from polygraft.symbolic.flags import scope

    @functor
    def ring():
        raise AssertionError("called")

    with scope(auto_call=True):
        assert isinstance(from_json({"_type": ring.__type_name__}), ring)


def test_misspelt_options_are_refused():
    with pytest.raises(TypeError, match="Did you mean 'trusted'"):
        from_json({}, trused=True)
    with pytest.raises(TypeError, match="Did you mean 'allow_partial'"):
        from_json_str("{}", allow_parital=True)
    with pytest.raises(TypeError, match="Did you mean 'hide_default_values'"):
        to_json({"a": 1}, hide_default_value=True)
    assert from_json([], auto_import=True, convert_unknown=False) == []


def test_text_forms():
    with pytest.raises(MalformedFileError, match="truncated"):
        from_json_str('{"a": [1, 2')
