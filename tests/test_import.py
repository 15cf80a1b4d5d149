import subprocess
import sys
from importlib import metadata
from pathlib import Path

import polygraft as pg

HEAVY = ("numpy", "keras", "jax", "torch", "flax", "sklearn", "optuna", "matplotlib", "rich")


def modules_after(code: str) -> set[str]:
    """Returns the top-level modules that a fresh process holds after running `code`."""
    code += "\nimport sys\nprint(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_pulls_in_nothing_heavy():
    loaded = modules_after("import polygraft")
    assert "polygraft" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_version_is_that_of_the_installed_package():
    assert pg.__version__ == metadata.version("polygraft")


def test_package_says_that_it_is_typed():
    assert Path(pg.__file__).with_name("py.typed").exists()


def test_each_public_name_resolves():
    names = [name for name in dir(pg) if not name.startswith("_")]
    assert len(names) > 50
    for name in names:
        assert getattr(pg, name) is not None or name == "MISSING_VALUE"


def test_unknown_public_name_is_an_attribute_error():
    try:
        pg.no_such_name
    except AttributeError as e:
        assert "no_such_name" in str(e)
    else:
        raise AssertionError("an unknown name was found")
