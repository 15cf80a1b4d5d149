"""Files in S3, on a real server: what is kept, and what readers see when a writer, the network or the server fails."""

import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from tests.io.s3_server import NEEDS_S3, Relay, Server, clients_of, environment_of

import polygraft as pg
from polygraft.errors import MalformedFileError
from polygraft.io import StorageError

pytestmark = NEEDS_S3
MB = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    pytest.importorskip("s3fs")
    server = Server(tmp_path_factory.mktemp("s3") / "log")
    yield server
    server.kill()


@pytest.fixture
def bucket(server, request):
    """A bucket of the test's own."""
    url = "s3://" + re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:60].strip("-")
    with clients_of(server.url):
        pg.io.mkdirs(url)
        yield url


def python(server, code):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env=environment_of(server.url),
        stdout=subprocess.PIPE,
        text=True,
    )


def test_programs(bucket):
    value = pg.Dict(x=1, y=[pg.Dict(z=(1, "ö"))])
    path = f"{bucket}/deep/er/program.json"
    pg.save(value, path)
    assert pg.eq(pg.load(path), value)
    pg.save(pg.Dict(), path)
    assert pg.load(path) == {}
    pg.save(value, path, indent=2)
    assert pg.io.readfile(path).startswith('{\n  "x": 1')
    assert pg.io.listdir(bucket) == ["deep"] and pg.io.listdir(f"{bucket}/deep/er/") == [
        "program.json"
    ]
    with pytest.raises(FileNotFoundError, match="nowhere"):
        pg.load(f"{bucket}/nowhere.json")
    with pytest.raises(FileNotFoundError):
        pg.save(value, "s3://no-such-bucket-of-test/a.json")


def test_files(bucket):
    a, b = f"{bucket}/a.txt", f"{bucket}/x/b.txt"
    pg.io.writefile(a, "hello")
    assert pg.io.path_exists(a) and not pg.io.path_exists(b)
    pg.io.copy(a, b)
    assert pg.io.isdir(f"{bucket}/x") and not pg.io.isdir(a)
    assert pg.io.glob(f"{bucket}/*.txt") == [a]
    pg.io.rename(a, f"{bucket}/c.txt")
    assert sorted(pg.io.listdir(bucket)) == ["c.txt", "x"]
    assert pg.io.getmtime(b) > 1e9
    pg.io.copy(b, "/mem/from-s3.txt")
    assert pg.io.readfile("/mem/from-s3.txt") == "hello"
    pg.io.rmdirs(f"{bucket}/x")
    assert pg.io.listdir(bucket) == ["c.txt"]
    pg.io.rm(f"{bucket}/c.txt")
    assert pg.io.listdir(bucket) == []
    with pytest.raises(ValueError, match="across different filesystems"):
        pg.io.rename(b, "memory://b.txt")


def test_what_others_write_is_seen(bucket):
    import fsspec

    assert not pg.io.path_exists(f"{bucket}/a")
    assert pg.io.listdir(bucket) == []
    other = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)
    other.pipe_file(f"{bucket}/a", b"x")
    assert pg.io.path_exists(f"{bucket}/a")
    assert pg.io.listdir(bucket) == ["a"]


def test_large_files_and_records(bucket):
    data = os.urandom(13 * MB)
    pg.io.writefile(f"{bucket}/large", data, mode="wb")
    assert pg.io.readfile(f"{bucket}/large", mode="rb") == data
    log = f"{bucket}/logs/log.jsonl"
    with pg.open_jsonl(log, "w") as f:
        f.add(pg.Dict(i=0))
        f.add("s")
    with pg.open_jsonl(log, "a") as f:
        f.add((1,))
    with pg.open_jsonl(log) as f:
        assert list(f) == [{"i": 0}, "s", (1,)]


def test_a_truncated_file(bucket):
    pg.io.writefile(f"{bucket}/a.json", '{"x": [1, 2')
    with pytest.raises(MalformedFileError, match=f"file={bucket}/a.json"):
        pg.load(f"{bucket}/a.json")


# -- failures ----------------------------------------------------------------------------------------------------------
def test_an_exception_while_writing_leaves_the_old_file(bucket):
    path = f"{bucket}/a.txt"
    pg.io.writefile(path, "old")
    for mode, size in (("w", 10), ("w", 12 * MB), ("wb", 12 * MB)):
        with pytest.raises(ZeroDivisionError), pg.io.open(path, mode) as f:
            f.write(b"x" * size if "b" in mode else "x" * size)
            1 / 0
        assert pg.io.readfile(path) == "old"


def test_a_killed_writer_leaves_the_old_file(bucket, server):
    path = f"{bucket}/a.json"
    pg.save({"old": 1}, path)
    writer = python(
        server,
        f"""
        import polygraft as pg
        f = pg.io.open({path!r}, "wb")
        for i in range(100):
            f.write(b"x" * (6 << 20))  # more than a part: it goes to the server
            print(i, flush=True)
        """,
    )
    assert writer.stdout.readline() == "0\n" and writer.stdout.readline() == "1\n"
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert pg.load(path) == {"old": 1}


def test_a_writer_killed_at_any_time_leaves_a_whole_file(bucket, server):
    path = f"{bucket}/a.json"
    pg.save({"n": -1, "pad": ""}, path)
    for delay in (0.0, 0.05, 0.2):
        writer = python(
            server,
            f"""
            import polygraft as pg
            for n in range(10**6):
                pg.save({{"n": n, "pad": str(n % 10) * {4 * MB}}}, {path!r})
                print(n, flush=True)
            """,
        )
        assert writer.stdout.readline() == "0\n"
        time.sleep(delay)  # not a wait for something: the moment of the kill
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        value = pg.load(path)
        assert value["pad"] == str(value["n"] % 10) * (4 * MB)


def test_two_writers_and_a_reader(bucket, server):
    path = f"{bucket}/a.json"
    pg.save({"by": "0", "pad": "0" * MB}, path)
    code = f"""
    import sys
    import polygraft as pg
    for n in range(8):
        pg.save({{"by": "NAME", "pad": "NAME" * {MB}}}, {path!r})
    """
    writers = [python(server, code.replace("NAME", name)) for name in "ab"]
    seen = set()
    while any(w.poll() is None for w in writers):
        value = pg.load(path)
        assert value["pad"] == value["by"] * MB
        seen.add(value["by"])
    for w in writers:
        w.stdout.close()
        assert w.returncode == 0
    assert pg.load(path)["by"] in "ab"


@pytest.mark.parametrize("size", [MB, 20 * MB], ids=["in-one-request", "in-parts"])
def test_a_connection_that_breaks_leaves_the_old_file(bucket, server, size):
    path = f"{bucket}/a.json"
    pg.save({"old": 1}, path)
    relay = Relay(server.port, limit=size // 2)
    try:
        with clients_of(relay.url):
            with pytest.raises(OSError) as caught:
                pg.save({"new": "x" * size}, path)
            assert relay.broken
            text = "".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
            assert path in text
    finally:
        relay.close()
    with clients_of(server.url):
        assert pg.load(path) == {"old": 1}
        pg.save({"new": 2}, path)
        assert pg.load(path) == {"new": 2}


def test_a_server_that_is_gone(tmp_path):
    pytest.importorskip("s3fs")
    server = Server(tmp_path / "log")
    try:
        with clients_of(server.url):
            pg.io.mkdirs("s3://gone")
            pg.save({"old": 1}, "s3://gone/a.json")
            threading.Timer(0.3, server.kill).start()
            with pytest.raises(OSError) as caught:
                for n in range(10**6):
                    pg.save({"n": n}, "s3://gone/a.json")
            assert isinstance(caught.value, StorageError | OSError)
            for call in (
                lambda: pg.load("s3://gone/a.json"),
                lambda: pg.save({}, "s3://gone/a.json"),
                lambda: pg.io.listdir("s3://gone"),
            ):
                with pytest.raises(OSError) as caught:
                    call()
                text = "".join([str(caught.value), *getattr(caught.value, "__notes__", [])])
                assert "s3://gone" in text
    finally:
        server.kill()
