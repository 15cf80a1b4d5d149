"""Saving is all or nothing; loading says which file is wrong."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from polygraft.errors import (
    DeserializationError,
    MalformedFileError,
    NestingError,
    UnknownTypeError,
)
from polygraft.serialization import (
    SerializationError,
    default_load_handler,
    default_save_handler,
    get_load_handler,
    get_save_handler,
    load,
    save,
    set_load_handler,
    set_save_handler,
)
from polygraft.symbolic import Dict, Object, eq

posix = pytest.mark.skipif(os.name != "posix", reason="about POSIX file systems")
not_root = pytest.mark.skipif(
    hasattr(os, "geteuid") and os.geteuid() == 0, reason="permissions do not bind root"
)


class A(Object):
    x: Any
    y: Any = None


def test_save_and_load(tmp_path):
    path = tmp_path / "deep" / "er" / "a.json"
    value = A([1, (2,), {"a": A(3)}])
    assert save(value, path) is None
    assert eq(load(path), value)
    save(A(1), path)
    assert path.read_text() == f'{{"_type": "{__name__}.A", "x": 1, "y": null}}'
    assert os.listdir(path.parent) == ["a.json"]
    save(A(1), path, indent=2)
    assert path.read_text() == json.dumps({"_type": f"{__name__}.A", "x": 1, "y": None}, indent=2)


def test_bare_file_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save(A(1), "experiment.json")
    assert eq(load("experiment.json"), A(1))
    assert os.listdir(tmp_path) == ["experiment.json"]


def test_options_reach_the_writer_and_the_reader(tmp_path):
    path = tmp_path / "a.json"
    save(A(1), path, hide_default_values=True)
    assert json.loads(path.read_text()) == {"_type": f"{__name__}.A", "x": 1}
    save(A.partial(), path)
    assert repr(load(path)) == "A(x=MISSING_VALUE, y=None)"
    with pytest.raises(DeserializationError, match="missing 1 required"):
        load(path, allow_partial=False)


def test_text_format(tmp_path):
    path = tmp_path / "a.txt"
    save(A([0]), path, file_format="txt")
    assert path.read_text() == "A(\n  x = [\n    0 : 0\n  ],\n  y = None\n)"
    assert load(path, file_format="txt") == path.read_text()
    save("as it is", path, file_format="txt")
    assert path.read_text() == "as it is"
    for call in (lambda: save(1, path, file_format="bin"), lambda: load(path, file_format="bin")):
        with pytest.raises(ValueError, match=r"Unsupported `file_format`: 'bin'."):
            call()


def test_handlers_can_be_replaced():
    assert (get_save_handler(), get_load_handler()) == (default_save_handler, default_load_handler)
    assert set_save_handler(lambda v, p, **k: ("saved", p, k)) is default_save_handler
    set_load_handler(lambda p, **k: ("loaded", p, k))
    try:
        assert A(1).save("zz", q=1) == ("saved", "zz", {"q": 1})
        assert load("zz", q=1) == ("loaded", "zz", {"q": 1})
        with pytest.raises(ValueError, match="callable"):
            set_save_handler(5)  # type: ignore[arg-type]
    finally:
        set_save_handler(None)
        set_load_handler(None)
    assert get_save_handler() is default_save_handler


def test_methods(tmp_path):
    path = tmp_path / "a.json"
    A(1).save(path)
    assert eq(A.load(path), A(1))
    with pytest.raises(
        TypeError, match=r"Value is not of type <class '.*Dict'>: A\(x=1, y=None\)\."
    ):
        Dict.load(path)
    assert A.from_json({"x": 1}) == A(1)
    assert A(1).to_json_str() == path.read_text()


# -- files that are not what they should be --------------------------------------------------------
def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        load(tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    ("content", "error", "text"),
    [
        (b"", MalformedFileError, "empty"),
        (b'{"_type": "x", "y": [1, 2', MalformedFileError, "truncated"),
        (b"PK\x03\x04 not json", MalformedFileError, "not JSON"),
        (b"\x89PNG\xff\xfe", MalformedFileError, "not a text file"),
        (b'{"_type": "no.such.Class"}', UnknownTypeError, "'no.such.Class'"),
        (b"[" * 100_000 + b"]" * 100_000, NestingError, "nested too deeply"),
        (b'{"a": {"_type": "function", "name": "os.system"}}', UnknownTypeError, "trusted"),
    ],
)
def test_errors_name_the_file(tmp_path, content, error, text):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(error, match=text) as e:
        load(path)
    assert f"(file={path})" in str(e.value)


def test_a_value_that_does_not_fit_names_the_file(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({"_type": f"{__name__}.A", "q": 1}))
    with pytest.raises(TypeError, match="unexpected keyword") as e:
        load(path)
    assert str(path) in str(e.value) + "".join(getattr(e.value, "__notes__", ()))


def test_byte_order_mark_is_no_error(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf[1]")
    assert load(path) == [1]


# -- all or nothing --------------------------------------------------------------------------------
def unchanged(folder: Path, name: str = "a.json", content: str = "[1]") -> bool:
    return sorted(os.listdir(folder)) == [name] and (folder / name).read_text() == content


def test_a_value_that_cannot_be_written_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    save([1], path)
    with pytest.raises(SerializationError):
        save([lambda: 1], path)
    assert unchanged(tmp_path)


def test_below_a_file(tmp_path):
    path = tmp_path / "a.json"
    save([1], path)
    for below in (path / "b.json", path / "c" / "d" / "b.json"):
        with pytest.raises(NotADirectoryError) as e:
            save([2], below)
        assert e.value.filename == str(below)
        assert unchanged(tmp_path)


def test_onto_a_folder(tmp_path):
    with pytest.raises(IsADirectoryError) as e:
        save([1], tmp_path)
    assert e.value.filename == str(tmp_path)
    assert os.listdir(tmp_path) == []


@posix
@not_root
def test_not_permitted(tmp_path):
    save([1], tmp_path / "a.json")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError) as e:
            save([2], tmp_path / "a.json")
        assert e.value.filename == str(tmp_path / "a.json")
        assert unchanged(tmp_path)
    finally:
        tmp_path.chmod(0o700)


@posix
@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_failing_step_leaves_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "a.json"
    save([1], path)

    def fail(*args, **kwargs):
        raise OSError(28, "No space left on device", "some temporary name")

    if step == "write":
        real_open = os.open
        monkeypatch.setattr(
            os,
            "open",
            lambda p, flags, *a: real_open(p, flags, *a) if flags & os.O_CREAT else fail(),
        )
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space left") as e:
        save([2], path)
    monkeypatch.undo()
    assert e.value.filename == str(path)
    assert unchanged(tmp_path)


_LIMITED = """
import resource, sys
from polygraft.serialization import save
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    save(list(range(10000)), sys.argv[1])
except OSError as e:
    print(e.errno, e.filename)
"""


@posix
def test_full_disk(tmp_path):
    path = tmp_path / "a.json"
    save([1], path)
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["27", str(path)]
    assert unchanged(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(tmp_path / "new.json")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("27")
    assert unchanged(tmp_path)


_SAVING = """
import sys
from polygraft.serialization import save
n = 0
while True:
    n += 1
    save([n] * 20000, sys.argv[1])
    if n == 1:
        print('started', flush=True)
"""


@posix
def test_killed_while_saving(tmp_path):
    path = tmp_path / "a.json"
    for i in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", _SAVING, str(path)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.003 * i)  # at various moments of a save
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        value = load(path, auto_symbolic=False)
        assert len(value) == 20000
        assert len(set(value)) == 1


# -- modes and links -------------------------------------------------------------------------------
@posix
def test_modes(tmp_path):
    old = os.umask(0o022)
    try:
        save(1, tmp_path / "new")
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o644
        os.umask(0)
        save(1, tmp_path / "open")
        assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o664
        (tmp_path / "open").chmod(0o600)
        save(2, tmp_path / "open")
        assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o600
    finally:
        os.umask(old)


@posix
def test_the_target_of_a_link_is_replaced_not_the_link(tmp_path):
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "a.json"
    link = tmp_path / "link.json"
    save([1], target)
    link.symlink_to(target)
    save([2], link)
    assert link.is_symlink()
    assert target.read_text() == "[2]"
    dangling = tmp_path / "dangling.json"
    dangling.symlink_to(tmp_path / "real" / "b.json")
    save([3], dangling)
    assert (tmp_path / "real" / "b.json").read_text() == "[3]"


@posix
def test_a_pipe_is_written_to(tmp_path):
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    reader = subprocess.Popen(["cat", str(fifo)], stdout=subprocess.PIPE, text=True)
    save([1], fifo)
    assert reader.communicate()[0] == "[1]"
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_long_name(tmp_path):
    save([1], tmp_path / ("x" * 250 + ".json"))
    assert len(os.listdir(tmp_path)) == 1
