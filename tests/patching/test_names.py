"""Names of patchers: one name means one rule; namespaces; definitions that are executed again."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import polygraft as pg
from polygraft.patching import allow_repeated_patcher_registration, registry


@pytest.fixture(autouse=True)
def names_do_not_stay() -> Iterator[None]:
    known = dict(registry._patchers)
    yield
    registry._patchers.clear()
    registry._patchers.update(known)
    allow_repeated_patcher_registration(None)


def executed(source: str, module: str, filename: str = "<cell>") -> Any:
    """The namespace of a module in which `source` has been executed."""
    namespace = {"__name__": module, "pg": pg}
    exec(compile(source, filename, "exec"), namespace)
    return namespace


RULE = "@pg.patcher()\ndef names_rule(target):\n    return {'by': __name__}\n"


def test_another_functions_patcher_under_a_taken_name_is_refused():
    executed(RULE, "names_a")
    with pytest.raises(KeyError) as e:
        executed(RULE, "names_b")
    text = str(e.value)
    assert "names_a.names_rule" in text and "names_b.names_rule" in text
    assert "name='my_team.names_rule'" in text and "replace=True" in text
    assert pg.patch(pg.Dict(), "names_rule") == {"by": "names_a"}


def test_another_function_of_the_same_module_is_refused():
    source = "@pg.patcher(name='names_rule')\ndef other(target):\n    return {}\n"
    with pytest.raises(KeyError, match=r"names_a\.other"):
        executed(RULE + source, "names_a")


def test_what_was_refused_is_not_registered_for_files_either():
    before = set(dict(pg.registered_types()))
    executed(RULE, "names_a")
    with pytest.raises(KeyError):
        executed(RULE, "names_b")
    assert set(dict(pg.registered_types())) - before <= {"names_a.names_rule"}


def test_the_same_definition_executed_again_replaces_itself():
    executed(RULE, "names_a")
    executed(RULE.replace("__name__", "'second'"), "names_a")
    assert pg.patch(pg.Dict(), "names_rule") == {"by": "second"}


def test_a_reloaded_module_replaces_its_patchers(tmp_path, monkeypatch):
    (tmp_path / "names_reloaded.py").write_text("import polygraft as pg\n" + RULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    module: ModuleType = importlib.import_module("names_reloaded")
    try:
        importlib.reload(module)
        assert pg.patch(pg.Dict(), "names_rule") == {"by": "names_reloaded"}
    finally:
        del sys.modules["names_reloaded"]


def test_a_script_that_is_imported_too_is_one_definition(tmp_path):
    file = str(tmp_path / "names_script.py")
    executed(RULE, "__main__", file)
    executed(RULE, "names_script", file)
    assert pg.patch(pg.Dict(), "names_rule") == {"by": "names_script"}


def test_replacing_on_purpose():
    executed(RULE, "names_a")
    executed(RULE.replace("patcher()", "patcher(replace=True)"), "names_b")
    assert pg.patch(pg.Dict(), "names_rule") == {"by": "names_b"}


def test_everything_may_be_replaced_where_that_is_asked_for():
    allow_repeated_patcher_registration()
    executed(RULE, "names_a")
    executed(RULE, "names_b")
    assert pg.patch(pg.Dict(), "names_rule") == {"by": "names_b"}
    allow_repeated_patcher_registration(False)
    with pytest.raises(KeyError, match=r"Patcher 'names_rule' already registered\."):
        executed(RULE, "names_b")


def test_namespaces_keep_names_apart():
    executed(RULE, "names_a")
    executed(RULE.replace("patcher()", "patcher(name='team.names_rule')"), "names_b")
    executed(
        "@pg.patcher([('n', pg.typing.Int())], name='team.deep.names_set')\n"
        "def f(target, n):\n    return {'n': n}\n",
        "names_b",
    )
    program = pg.patch(pg.Dict(), ["names_rule", "team.deep.names_set?3"])
    assert program == {"by": "names_a", "n": 3}
    assert pg.patch(pg.Dict(), "team.names_rule") == {"by": "names_b"}
    assert pg.patching.from_uri("team.deep.names_set?n=4").n == 4
    assert {"names_rule", "team.names_rule"} <= set(pg.patching.patcher_names())
    assert pg.patching.parse_uri("team.names_rule?1") == ("team.names_rule", ["1"], {})


def test_a_bare_name_does_not_lead_into_a_namespace():
    """What a URI means must not depend on what else is imported; the error says what to write."""
    for team in ("one", "two"):
        executed(RULE.replace("patcher()", f"patcher(name='{team}.names_rule')"), f"names_{team}")
    with pytest.raises(
        KeyError, match=r"not registered. Did you mean 'one.names_rule' or 'two.names_rule'\?"
    ):
        pg.patch(pg.Dict(), "names_rule")
    with pytest.raises(KeyError, match=r"Did you mean 'one.names_rule'"):
        pg.patch(pg.Dict(), "ome.names_rul")


@pytest.mark.parametrize("name", ["1bad", "a-b", "team.", ".rule", "team..rule", "a b", "", "a?b"])
def test_what_no_uri_can_name_is_no_name(name):
    with pytest.raises(ValueError, match=r"is not a valid Patcher name"):
        executed(RULE.replace("patcher()", f"patcher(name={name!r})"), "names_a")
    if name and "?" not in name:
        with pytest.raises(ValueError, match=r"is not a valid Patcher name"):
            pg.patch(pg.Dict(), name)


@pytest.mark.frameworks
def test_a_notebook_may_use_the_names_of_the_demo():
    for module in ("keras", "jax"):
        pytest.importorskip(module)
    importlib.import_module("polygraft.cli.experiment")
    for name in ("change_lr", "scale_width", "change_dataset", "filter_search_space"):
        executed(RULE.replace("names_rule", name), "__main__")
        assert pg.patch(pg.Dict(), name) == {"by": "__main__"}
        assert f"demo.{name}" in pg.patching.patcher_names()
