"""An S3 server (moto's) as a process of its own, on a free port of this machine; and a relay that breaks off.

Its environment is `.envs/s3` (see `scripts/framework-environment`), or that of the Python that POLYGRAFT_S3_PYTHON
names.
"""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

PYTHON = pathlib.Path(
    os.environ.get("POLYGRAFT_S3_PYTHON")
    or pathlib.Path(__file__).parents[2] / ".envs" / "s3" / "bin" / "python"
)
KEYS = {"key": "testing", "secret": "testing"}


#: Marks of tests that need the server; they are skipped where its environment was not made.
NEEDS_S3 = [
    pytest.mark.skipif(not PYTHON.exists(), reason="needs the environment of the S3 server"),
    pytest.mark.s3,
]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """A running server."""

    def __init__(self, log):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [str(PYTHON), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        self._log = open(log, "wb")  # noqa: SIM115 # closed with the server
        self._process = subprocess.Popen(
            command, stdout=self._log, stderr=self._log, env=environment
        )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, "the server has ended"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)

    def _answers(self):
        try:
            urllib.request.urlopen(self.url, timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def kill(self):
        """Ends it at once."""
        if self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._log.close()


class Relay:
    """Passes connections on to a port, but breaks each off when so many bytes have gone to it."""

    def __init__(self, port, limit):
        self._target, self._limit = port, limit
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.broken = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):  # when it is closed
            while True:
                client, _ = self._socket.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                for source, target, limit in [
                    (client, server, self._limit),
                    (server, client, float("inf")),
                ]:
                    pump = threading.Thread(
                        target=self._pump, args=(source, target, limit), daemon=True
                    )
                    pump.start()

    def _pump(self, source, target, limit):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                limit -= len(data)
                if limit < 0:
                    self.broken += 1
                    break
                target.sendall(data)
        for s in (source, target):
            with contextlib.suppress(OSError):
                s.shutdown(socket.SHUT_RDWR)
            s.close()

    def close(self):
        self._socket.close()


@contextlib.contextmanager
def clients_of(url):
    """A scope in which `s3://` means the server at `url`."""
    import fsspec
    import s3fs

    conf = fsspec.config.conf
    old = conf.get("s3")
    conf["s3"] = {
        "endpoint_url": url,
        **KEYS,
        "config_kwargs": {"retries": {"max_attempts": 1}, "connect_timeout": 5},
    }
    s3fs.S3FileSystem.clear_instance_cache()
    try:
        yield
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
        del conf["s3"]
        if old is not None:
            conf["s3"] = old


def environment_of(url):
    """The variables by which another process finds the server."""
    return {
        **os.environ,
        "FSSPEC_S3_ENDPOINT_URL": url,
        "FSSPEC_S3_KEY": KEYS["key"],
        "FSSPEC_S3_SECRET": KEYS["secret"],
    }
