"""Files of records, and what is left of one when its writer is stopped."""

import errno
import io
import json
import os
import signal
import stat
import subprocess
import sys
import textwrap

import pytest

import polygraft as pg
from polygraft.errors import DeserializationError, MalformedFileError

posix = pytest.mark.skipif(os.name != "posix", reason="about POSIX systems")


def values_of(path, **kwargs):
    with pg.open_jsonl(path, **kwargs) as f:
        return list(f)


def test_lines(tmp_path):
    path = tmp_path / "deep" / "a.txt"
    with pg.io.open_sequence(path, "w") as f:
        f.add("one\n\n")
        f.add(b"two")
        f.flush()
        with pytest.raises(ValueError, match=r"type <class 'int'>. Did you forget"):
            f.add(3)
    assert path.read_text() == "one\ntwo\n"
    with pg.io.open_sequence(path, "a", serializer=str) as f:
        f.add(3)
    with pg.io.open_sequence(path) as f:
        assert list(f) == ["one", "two", "3"]
        with pytest.raises(io.UnsupportedOperation, match="not writable"):
            f.add("x")
        with pytest.raises(NotImplementedError, match=r"len\(list\(iter\(sequence\)\)\)"):
            len(f)
    with (
        pg.io.open_sequence(path, "w") as f,
        pytest.raises(io.UnsupportedOperation, match="not readable"),
    ):
        list(iter(f))


def test_bare_file_name_and_permissions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pg.io.open_sequence("x.jsonl", "w", perms=0o600) as f:
        f.add("a")
    assert pg.io.readfile("x.jsonl") == "a\n"
    if os.name == "posix":
        assert stat.S_IMODE(os.stat("x.jsonl").st_mode) == 0o600
    with pytest.raises(FileNotFoundError):
        pg.io.open_sequence("no/where.txt", "w", make_dirs_if_not_exist=False)


@pytest.mark.parametrize("name", ["a.mem", "a.mem@12", "a.mem-00000-of-00010"])
def test_sequences_in_memory(name):
    path = f"/test-of-sequences/{name}"
    with pg.io.open_sequence(path, "w", serializer=str) as f:
        f.add(1)
        assert len(f) == 1
        with pytest.raises(ValueError, match=f"Cannot read memory sequence '{path}' with mode 'w'"):
            next(iter(f))
    with pytest.raises(
        ValueError, match=f"Cannot write record 'x' to a closed writer for '{path}'"
    ):
        f._serializer = None
        f.add("x")
    with pg.io.open_sequence(path, "a", serializer=str) as f:
        f.add(2)
    with pg.io.open_sequence(path, deserializer=int) as f:
        assert list(f) == [1, 2]
        with pytest.raises(
            ValueError, match=f"Cannot write record 'x' to memory sequence '{path}' with mode 'r'"
        ):
            f.add("x")
    with pytest.raises(ValueError, match=f"Cannot iterate over a closed sequence reader '{path}'"):
        next(iter(f))
    with pg.io.open_sequence(path, "w"):
        pass
    with pg.io.open_sequence(path) as f:
        assert list(f) == []


def test_a_format_of_ones_own(tmp_path):
    class Reversed(pg.io.LineSequenceIO):
        def open(self, path, mode, **kwargs):
            assert kwargs.pop("serializer") is None
            return super().open(path, mode, serializer=lambda s: s[::-1], **kwargs)

    pg.io.add_sequence_io("rev-of-test".replace("-", "_"), Reversed())
    with pg.io.open_sequence(tmp_path / "a.rev_of_test", "w") as f:
        f.add("abc")
    assert (tmp_path / "a.rev_of_test").read_text() == "cba\n"


# -- JSON lines ------------------------------------------------------------------------------------
class Trial(pg.Object):
    id: int
    rewards: tuple[float, ...] = ()


def test_json_lines(tmp_path):
    path = tmp_path / "a.jsonl"
    values = [Trial(1, (0.5,)), [1, {"a": (1,)}], "s\nt", None]
    with pg.open_jsonl(path, "w") as f:
        for v in values:
            f.add(v)
    lines = path.read_text().splitlines()
    assert lines[1:] == ['[1, {"a": ["__tuple__", 1]}]', '"s\\nt"', "null"]
    assert json.loads(lines[0])["_type"].endswith("Trial")
    assert pg.eq(values_of(path), values)
    with pg.open_jsonl(path, "a", hide_default_values=True) as f:
        f.add(Trial(2))
    assert "rewards" not in path.read_text().splitlines()[-1]
    assert pg.eq(values_of(path)[-1], Trial(2))
    with pytest.raises(ValueError, match="`mode` should be 'r', 'w' or 'a'"):
        pg.open_jsonl(path, "rb")


def test_nothing_is_written_of_a_value_that_cannot_be(tmp_path):
    path = tmp_path / "a.jsonl"
    with pg.open_jsonl(path, "w") as f:
        f.add(1)
        with pytest.raises(ValueError, match="lambda"):
            f.add([2, lambda: 1])
        f.add(3)
    assert values_of(path) == [1, 3]


def test_errors_name_the_line(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('1\n{"a": \n3\n')
    with pytest.raises(MalformedFileError) as caught:
        values_of(path)
    assert caught.value.__notes__ == [f"While reading line 2 of the file {str(path)!r}."]
    path.write_text('{"_type": "builtins.no_such_type"}\n')
    with pytest.raises(DeserializationError):
        values_of(path)
    assert values_of(path, convert_unknown=True)[0].to_json() == {"_type": "builtins.no_such_type"}


@pytest.mark.parametrize("end", ['{"a": ', '"ab', "[1, 2"])
def test_a_torn_last_line_is_left_out_and_cut_off(tmp_path, end):
    path = tmp_path / "a.jsonl"
    path.write_text("1\n" + end)
    with pytest.warns(RuntimeWarning, match="incomplete.*left out"):
        assert values_of(path) == [1]
    with pytest.warns(RuntimeWarning, match="cut off"), pg.open_jsonl(path, "a") as f:
        f.add(2)
    assert values_of(path) == [1, 2]


def test_a_whole_last_line_without_newline_is_kept(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('1\n{"_type": "no.such.Type"}')
    with pg.open_jsonl(path, "a") as f:
        f.add(2)
    assert path.read_text() == '1\n{"_type": "no.such.Type"}\n2\n'


def test_a_torn_line_longer_than_the_block_that_is_looked_at(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("1\n" + json.dumps("x" * 200_000)[:-1])
    with pytest.warns(RuntimeWarning), pg.open_jsonl(path, "a") as f:
        f.add(2)
    assert path.read_text() == "1\n2\n"


def python(code, **kwargs):
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], text=True, **kwargs)


@posix
def test_a_killed_writer_loses_nothing_that_it_added(tmp_path):
    path = tmp_path / "a.jsonl"
    writer = python(
        f"""
        import polygraft as pg
        with pg.open_jsonl({str(path)!r}, "w") as f:
            for i in range(10**9):
                f.add({{"i": i, "pad": "x" * 5000}})
                print(i, flush=True)
        """,
        stdout=subprocess.PIPE,
    )
    for line in writer.stdout:
        if int(line) >= 50:
            os.kill(writer.pid, signal.SIGKILL)
            break
    last = int((line + writer.stdout.read()).split()[-1])
    writer.wait()
    writer.stdout.close()
    with pg.open_jsonl(path, "a") as f:
        f.add("after")
    records = values_of(path)
    assert [r["i"] for r in records[:-1]] == list(range(len(records) - 1))
    assert len(records) - 1 >= last + 1 and records[-1] == "after"


@posix
def test_a_full_disk_tears_one_record_and_the_next_writer_mends_it(tmp_path):
    path = tmp_path / "a.jsonl"
    writer = python(
        f"""
        import resource, signal
        import polygraft as pg
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        with pg.open_jsonl({str(path)!r}, "w", perms=None) as f:
            for i in range(10):
                try:
                    f.add({{"i": i, "pad": "x" * 3000}})
                except OSError as e:
                    print(i, e.errno)
                    break
        """,
        stdout=subprocess.PIPE,
    )
    said, _ = writer.communicate()
    assert said.split() == ["3", str(errno.EFBIG)] and writer.returncode == 0
    with pytest.warns(RuntimeWarning, match="left out"):
        assert [v["i"] for v in values_of(path)] == [0, 1, 2]
    with pytest.warns(RuntimeWarning, match="cut off"), pg.open_jsonl(path, "a") as f:
        f.add("after")
    assert values_of(path)[-1] == "after"


@posix
def test_two_writers_append_whole_records(tmp_path):
    path = tmp_path / "a.jsonl"
    code = f"""
    import sys
    import polygraft as pg
    with pg.open_jsonl({str(path)!r}, "a") as f:
        for i in range(100):
            f.add([sys.argv[1], i, "x" * 20_000])
    """
    writers = [
        subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), name]) for name in "ab"
    ]
    assert [w.wait() for w in writers] == [0, 0]
    records = values_of(path)
    for name in "ab":
        assert [i for n, i, _ in records if n == name] == list(range(100))
