"""Files by path: on this machine, in memory, behind URLs; which file system a path belongs to."""

import errno
import io
import os
import pathlib
import stat
import subprocess
import sys
import threading

import pytest

import polygraft as pg
from polygraft.io import registry

posix = pytest.mark.skipif(os.name != "posix", reason="about POSIX file systems")


@pytest.fixture
def mem():
    """A memory file system of this test's own, under a prefix."""
    prefix = "/mem-of-test/"
    pg.io.add_file_system(prefix, pg.io.MemoryFileSystem(prefix))
    yield prefix
    registry._systems[:] = [entry for entry in registry._systems if entry[0] != prefix]


@pytest.fixture(params=["local", "file", "memory", "fsspec"])
def root(request, tmp_path, mem):
    """A folder, in each kind of file system."""
    if request.param == "fsspec":
        pytest.importorskip("fsspec")
        url = "memory://test-of-files"
        pg.io.mkdirs(url)
        yield url
        pg.io.rmdirs(url)
    else:
        yield {"local": str(tmp_path), "file": f"file://{tmp_path}", "memory": mem + "work"}[
            request.param
        ]


def test_a_file_is_written_read_and_removed(root):
    pg.io.mkdirs(root)
    path = f"{root}/a.txt"
    assert not pg.io.path_exists(path)
    pg.io.writefile(path, "hello wörld")
    assert pg.io.readfile(path) == "hello wörld"
    assert pg.io.readfile(path, mode="rb") == "hello wörld".encode()
    pg.io.writefile(path, "hi")
    assert pg.io.readfile(path) == "hi"
    pg.io.writefile(path, "!", mode="a")
    assert pg.io.readfile(path) == "hi!"
    pg.io.writefile(path, b"\0\1", mode="wb")
    assert pg.io.readfile(path, mode="rb") == b"\0\1"
    assert pg.io.getmtime(path) > 1e9
    pg.io.rm(path)
    assert not pg.io.path_exists(path)
    with pytest.raises(FileNotFoundError):
        pg.io.readfile(path)
    assert pg.io.readfile(path, nonexist_ok=True) is None


def test_a_file_is_open(root):
    pg.io.mkdirs(root)
    path = f"{root}/a.txt"
    with pg.io.open(path, "w") as f:
        f.write("one\ntwo\n")
        f.flush()
    with pg.io.open(path) as f:
        assert f.read(2) == "on"
        assert f.readline() == "e\n"
        assert f.tell() == 4
        assert f.seek(0) == 0
        assert f.read() == "one\ntwo\n"
    with pg.io.open(path, "rb") as f:
        assert f.seek(-4, 2) == 4
        assert f.read() == b"two\n"


def test_folders(root):
    pg.io.mkdirs(f"{root}/x/y")
    pg.io.mkdirs(f"{root}/x/y")
    with pytest.raises(FileExistsError):
        pg.io.mkdirs(f"{root}/x/y", exist_ok=False)
    assert pg.io.isdir(f"{root}/x") and not pg.io.isdir(f"{root}/z")
    pg.io.writefile(f"{root}/x/a.txt", "a")
    pg.io.writefile(f"{root}/x/b.txt", "b")
    assert not pg.io.isdir(f"{root}/x/a.txt")
    assert sorted(pg.io.listdir(f"{root}/x")) == ["a.txt", "b.txt", "y"]
    assert sorted(pg.io.listdir(f"{root}/x", fullpath=True))[0] == f"{root}/x/a.txt"
    found = [p.rpartition("/")[2] for p in pg.io.glob(f"{root}/x/*.txt")]
    assert sorted(found) == ["a.txt", "b.txt"]
    with pytest.raises(OSError):
        pg.io.rmdir(f"{root}/x")
    pg.io.rmdir(f"{root}/x/y")
    assert not pg.io.path_exists(f"{root}/x/y")


def test_files_move_and_are_copied(root):
    pg.io.mkdirs(f"{root}/x")
    a, b = f"{root}/a.txt", f"{root}/b.txt"
    pg.io.writefile(a, "a")
    pg.io.writefile(b, "b")
    pg.io.rename(a, b)
    assert pg.io.readfile(b) == "a" and not pg.io.path_exists(a)
    pg.io.copy(b, a)
    pg.io.copy(b, f"{root}/x")
    assert pg.io.readfile(a) == pg.io.readfile(f"{root}/x/b.txt") == "a"


def test_programs_are_saved_and_loaded(root):
    value = pg.Dict(x=1, y=[pg.Dict(z=(1, "ö"))])
    path = f"{root}/deep/er/program.json"
    pg.save(value, path)
    assert pg.eq(pg.load(path), value)
    pg.save(pg.Dict(), path)
    assert pg.load(path) == {}
    assert pg.io.listdir(f"{root}/deep/er") == ["program.json"]
    with pytest.raises(FileNotFoundError):
        pg.load(f"{root}/nowhere.json")


def test_a_failed_save_leaves_the_file(root):
    path = f"{root}/program.json"
    pg.save(pg.Dict(x=1), path)
    with pytest.raises(ValueError, match="lambda"):
        pg.save(pg.Dict(x=lambda: 1), path)
    assert pg.load(path) == {"x": 1}
    assert pg.io.listdir(root) == ["program.json"]


def test_files_go_from_one_file_system_to_another(tmp_path, mem):
    source = tmp_path / "a.bin"
    source.write_bytes(os.urandom(3_000_000))
    pg.io.mkdirs(mem + "folder")
    pg.io.copy(source, mem + "folder")
    pg.io.copy(mem + "folder/a.bin", tmp_path / "b.bin")
    assert (tmp_path / "b.bin").read_bytes() == source.read_bytes()
    with pytest.raises(ValueError, match="across different filesystems"):
        pg.io.rename(source, mem + "b.bin")


# -- which file system ------------------------------------------------------------------------------
def test_paths_are_text_or_path_objects(tmp_path):
    pg.io.writefile(tmp_path / "a", "x")
    assert pg.io.readfile(pathlib.Path(tmp_path, "a")) == "x"
    for bad in (5, b"a", None):
        with pytest.raises(ValueError, match=r"Unsupported path: "):
            pg.io.readfile(bad)


def test_the_longest_prefix_wins(mem):
    inner = pg.io.MemoryFileSystem(mem + "inner/")
    pg.io.add_file_system(mem + "inner/", inner)
    try:
        pg.io.writefile(mem + "inner/a", "x")
        assert inner.exists(mem + "inner/a")
        assert pg.io.listdir(mem) == []
    finally:
        registry._systems[:] = [e for e in registry._systems if e[0] != mem + "inner/"]


def test_a_file_system_of_ones_own(mem):
    class Shouting(pg.io.MemoryFileSystem):
        def open(self, path, mode="r", **kwargs):
            return super().open(path.upper(), mode, **kwargs)

    shouting = Shouting("/SHOUTING-OF-TEST/")
    pg.io.add_file_system("/shouting-of-test/", shouting)
    try:
        pg.io.writefile("/shouting-of-test/a", "x", mode="a", perms=None)
        assert shouting.exists("/SHOUTING-OF-TEST/A")
    finally:
        registry._systems[:] = [e for e in registry._systems if "shouting" not in e[0]]


def test_a_bare_file_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pg.io.writefile("a.txt", "x")
    pg.io.mkdirs("")
    assert pg.io.readfile("a.txt") == "x"


def test_urls_need_fsspec_and_say_so(monkeypatch):
    import importlib

    real = importlib.import_module

    def without(name, *args):
        if name.startswith("fsspec"):
            raise ModuleNotFoundError("No module named 'fsspec'", name="fsspec")
        return real(name, *args)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(
        ImportError, match=r"'s3://bucket/a.json' needs fsspec.*polygraft\[storage\]"
    ):
        pg.load("s3://bucket/a.json")


def test_what_fsspec_lacks_is_named():
    pytest.importorskip("fsspec")
    with pytest.raises(ValueError, match="nosuchscheme"):
        pg.load("nosuchscheme://bucket/a.json")
    try:
        import gcsfs  # noqa: F401
    except ImportError:
        with pytest.raises(ImportError, match=r"polygraft\[gs\]"):
            pg.load("gs://bucket/a.json")


# -- this machine ----------------------------------------------------------------------------------
@posix
def test_permissions_and_atomic_writing(tmp_path):
    path = tmp_path / "a.txt"
    pg.io.writefile(path, "a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    pg.io.writefile(path, "b", perms=0o600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    pg.io.writefile(path, "c", perms=None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    pg.io.chmod(path, 0o640)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    reader = path.open()
    pg.io.writefile(path, "something else")
    assert reader.read() == "c"  # the old file, whole
    assert os.listdir(tmp_path) == ["a.txt"]
    with pytest.raises(FileNotFoundError):
        pg.io.writefile(tmp_path / "no" / "folder", "x")


def test_rmdirs_goes_upward(tmp_path, mem):
    for base in (str(tmp_path / "x"), mem + "x"):
        pg.io.mkdirs(f"{base}/y/z")
        pg.io.writefile(f"{base}/a", "a")
        pg.io.rmdirs(f"{base}/y/z")
        assert pg.io.listdir(base) == ["a"]


# -- memory ----------------------------------------------------------------------------------------
def test_names_of_the_letters_of_the_prefix_are_whole(mem):
    fs = pg.io.MemoryFileSystem("/mem/")
    fs.mkdirs("/mem/mm/e")
    fs.replace("/mem/memo.txt", b"x")
    assert fs.listdir("/mem/") == ["mm", "memo.txt"]
    assert fs.listdir("/mem") == ["mm", "memo.txt"]
    assert fs.listdir("/mem/mm") == ["e"]


def test_modes_of_files_in_memory(mem):
    path = mem + "a.txt"
    with pg.io.open(path, "w") as f:
        f.write("hello world")
    with pg.io.open(path, "w") as f:
        f.write("hi")
    assert pg.io.readfile(path) == "hi"
    with pg.io.open(mem + "new.txt", "a") as f:
        f.write("x")
    with pg.io.open(mem + "new.txt", "a") as f:
        f.write("y")
    assert pg.io.readfile(mem + "new.txt") == "xy"
    with pg.io.open(path, "r+") as f:
        assert f.read() == "hi"
        f.seek(1)
        f.write("o!")
    assert pg.io.readfile(path) == "ho!"
    f = pg.io.open(path)
    f.read()
    f.close()
    assert f.read() == "ho!"  # closing goes back to the beginning
    with pytest.raises(FileExistsError):
        pg.io.open(path, "x")
    with pytest.raises(io.UnsupportedOperation), pg.io.open(path) as f:
        f.write("x")


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (FileNotFoundError, lambda m: pg.io.open(m + "nowhere")),
        (FileNotFoundError, lambda m: pg.io.open(m + "no/where", "w")),
        (IsADirectoryError, lambda m: pg.io.open(m + "d")),
        (IsADirectoryError, lambda m: pg.io.open(m + "d", "w")),
        (IsADirectoryError, lambda m: pg.io.rm(m + "d")),
        (FileNotFoundError, lambda m: pg.io.rm(m + "nowhere")),
        (FileExistsError, lambda m: pg.io.mkdir(m + "d")),
        (FileExistsError, lambda m: pg.io.mkdir(m + "f")),
        (FileNotFoundError, lambda m: pg.io.mkdir(m + "no/where")),
        (NotADirectoryError, lambda m: pg.io.mkdirs(m + "f/x")),
        (NotADirectoryError, lambda m: pg.io.rmdir(m + "f")),
        (NotADirectoryError, lambda m: pg.io.listdir(m + "f")),
        (NotADirectoryError, lambda m: pg.io.open(m + "f/x", "w")),
        (OSError, lambda m: pg.io.rmdir(m + "d")),
        (OSError, lambda m: pg.io.rmdirs(m + "d")),
        (IsADirectoryError, lambda m: pg.io.getmtime(m + "d")),
        (IsADirectoryError, lambda m: pg.io.getctime(m + "d")),
        (NotADirectoryError, lambda m: pg.io.rename(m + "d", m + "f")),
        (IsADirectoryError, lambda m: pg.io.rename(m + "f", m + "e")),
        (OSError, lambda m: pg.io.rename(m + "e", m + "d")),
        (OSError, lambda m: pg.io.rename(m + "d", m + "d/x/y")),
        (FileNotFoundError, lambda m: pg.io.rename(m + "d", m + "no/where")),
    ],
)  # fmt: skip
def test_errors_of_memory_leave_it_unchanged(mem, error, call):
    pg.io.mkdirs(mem + "d/x")
    pg.io.mkdir(mem + "e")
    pg.io.writefile(mem + "f", "f")
    before = pg.io.glob(mem + "*")
    with pytest.raises(error):
        call(mem)
    assert pg.io.glob(mem + "*") == before == [mem + "d", mem + "d/x", mem + "e", mem + "f"]
    assert pg.io.readfile(mem + "f") == "f"


def test_renaming_in_memory(mem):
    pg.io.mkdirs(mem + "d/x")
    pg.io.mkdir(mem + "e")
    pg.io.rename(mem + "d", mem + "e")
    assert pg.io.glob(mem + "*") == [mem + "e", mem + "e/x"]
    with pytest.raises(OSError) as caught:
        pg.io.rmdir(mem + "e")
    assert str(caught.value) == f"Directory not empty: '{mem}e'"
    with pytest.raises(FileNotFoundError) as caught:
        pg.io.readfile(mem + "q")
    assert caught.value.errno == errno.ENOENT and mem + "q" in str(caught.value)


def test_times_in_memory(mem):
    pg.io.writefile(mem + "a", "x")
    made, changed = pg.io.getctime(mem + "a"), pg.io.getmtime(mem + "a")
    pg.io.writefile(mem + "a", "y")
    assert pg.io.getctime(mem + "a") == made
    assert pg.io.getmtime(mem + "a") >= changed


def test_readers_in_memory_see_whole_files(mem):
    path = mem + "a.json"
    values = [pg.Dict(x=[n] * 1000) for n in range(2)]
    pg.save(values[0], path)
    seen = []

    def read():
        for _ in range(20):
            seen.append(pg.load(path))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for t in threads:
        t.start()
    for n in range(40):
        pg.save(values[n % 2], path)
    for t in threads:
        t.join()
    assert len(seen) == 60 and all(v in values for v in seen)


@posix
def test_two_writers_and_a_reader_on_a_disk(tmp_path):
    path = tmp_path / "a.json"
    pg.save({"by": "0", "pad": "0" * 200_000}, path)
    code = f"""
import sys
import polygraft as pg
for n in range(60):
    pg.save({{"by": sys.argv[1], "pad": sys.argv[1] * 200_000}}, {str(path)!r})
"""
    writers = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "ab"]
    while any(w.poll() is None for w in writers):
        value = pg.load(path)
        assert value["pad"] == value["by"] * 200_000
    assert [w.returncode for w in writers] == [0, 0]
    assert pg.load(path)["by"] in "ab" and os.listdir(tmp_path) == ["a.json"]
