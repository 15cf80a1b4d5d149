"""Files behind URLs (`s3://`, `gs://`, `memory://`…), by way of fsspec, which is imported when one is used.

Object stores put an object in place as a whole when the upload is completed, so `replace` uploads; servers that show
files while they are written (`sftp://`…) get them beside, to be renamed. A file that is left by an exception is not
completed.
"""

from __future__ import annotations

import contextlib
import importlib
import secrets
from collections.abc import Generator
from io import TextIOBase
from typing import Any, cast

from polygraft.io.file_system import (
    FileSystem,
    PathLike,
    StorageError,
    WrappedFile,
    chunks,
    folder_and_name,
    resolve_path,
)

#: Protocols under which files are seen while they are being written.
_SHOWN_AT_ONCE = frozenset({"sftp", "ssh", "ftp", "smb", "hdfs", "webhdfs", "webHDFS", "dask"})
#: Protocol → the extra that brings what it needs.
_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gs", "gcs": "gs"}


class FsspecFile(WrappedFile):
    """A file behind a URL. If its block ends with an exception, what was written so far does not become the file."""

    def __init__(self, io: Any, path: str = ""):
        super().__init__(io)
        self._path = path

    def write(self, content: Any) -> None:
        with _telling("write", self._path):
            super().write(content)

    def close(self) -> None:
        with _telling("write", self._path):
            super().close()

    def __exit__(self, *error: object) -> None:
        if error and error[0] is not None and _discard(self._io):
            return
        self.close()


def _discard(file: Any) -> bool:
    """Gives up an upload; False if the file is not one."""
    with contextlib.suppress(Exception):
        buffered = cast("Any", file).buffer if isinstance(file, TextIOBase) else file
        if buffered.mode != "rb" and hasattr(buffered, "discard"):
            buffered.discard()
            # Else it would be completed when it is collected.
            buffered.closed = True
            return True
    return False


class FsspecFileSystem(FileSystem):
    """The file systems that fsspec knows, by the scheme of the URL.

    Example:
        >>> import polygraft as pg
        >>> pg.io.writefile("memory://example/a.txt", "hello")
        >>> pg.io.readfile("memory://example/a.txt")
        'hello'
    """

    def open(self, path: PathLike, mode: str = "r", **kwargs: Any) -> FsspecFile:
        fs, url = _system(path)
        with _telling("open", url):
            _forget_listings(fs)
            return FsspecFile(fs.open(url, mode=mode, **kwargs), url)

    def read_whole(self, path: PathLike) -> bytes:
        fs, url = _system(path)
        with _telling("read", url):
            return fs.cat_file(
                url
            )  # in one request: a file that is read by pieces may be replaced meanwhile

    def replace(self, path: PathLike, data: bytes, perms: int | None = None) -> None:
        fs, url = _system(path)
        scheme = url.partition("://")[0].rpartition("::")[2]
        with _telling("write", url):
            if scheme in _SHOWN_AT_ONCE:
                _write_beside(fs, url, data)
            else:
                fs.pipe_file(url, data)
        if perms is not None:
            self.chmod(path, perms)

    def chmod(self, path: PathLike, mode: int) -> None:
        fs, url = _system(path)
        if "chmod" in dir(fs):
            # Of an S3 object this is an access list, which has no permissions in numbers.
            refusals = contextlib.suppress(NotImplementedError, ValueError, AssertionError)
            with refusals, _telling("change", url):
                fs.chmod(url, mode)

    def exists(self, path: PathLike) -> bool:
        fs, url = _system(path)
        with _telling("look for", url):
            _forget_listings(fs)
            return fs.exists(url)

    def glob(self, pattern: PathLike) -> list[str]:
        fs, url = _system(pattern)
        with _telling("look for", url):
            _forget_listings(fs)
            return [fs.unstrip_protocol(found) for found in fs.glob(url)]

    def listdir(self, path: PathLike) -> list[str]:
        fs, url = _system(path)
        with _telling("list", url):
            _forget_listings(fs)
            found = [str(name).rstrip("/") for name in fs.ls(url, detail=False)]
        folder = url.partition("://")[2].strip("/")
        # A store may list the marker of the folder itself.
        return [name.rpartition("/")[2] for name in found if name.strip("/") != folder]

    def isdir(self, path: PathLike) -> bool:
        fs, url = _system(path)
        with _telling("look for", url):
            _forget_listings(fs)
            return fs.isdir(url)

    def getctime(self, path: PathLike) -> float:
        return self._time(path, "created", "c-time")

    def getmtime(self, path: PathLike) -> float:
        return self._time(path, "modified", "m-time")

    def _time(self, path: PathLike, method: str, name: str) -> float:
        fs, url = _system(path)
        with _telling("look at", url):
            try:
                time = getattr(fs, method)(url)
            except (NotImplementedError, KeyError):  # a store that does not keep it
                time = None
        if time is None:
            raise OSError(f"{name} is not available for path {url!r}")
        return time.timestamp()

    def mkdir(self, path: PathLike, mode: int = 0o777) -> None:
        fs, url = _system(path)
        with _telling("make", url):
            fs.mkdir(url)

    def mkdirs(self, path: PathLike, mode: int = 0o777, exist_ok: bool = True) -> None:
        fs, url = _system(path)
        with _telling("make", url):
            fs.makedirs(url, exist_ok=exist_ok)

    def rm(self, path: PathLike) -> None:
        fs, url = _system(path)
        with _telling("remove", url):
            fs.rm(url)

    def rename(self, oldpath: PathLike, newpath: PathLike) -> None:
        (old_fs, old), (new_fs, new) = _system(oldpath), _system(newpath)
        if type(old_fs) is not type(new_fs) or old_fs != new_fs:
            raise ValueError(
                f"Rename across different filesystems is not supported: {old!r} → {new!r}. "
                "Copy the file, then remove the old one."
            )
        with _telling("rename", old):
            old_fs.rename(old, new)

    def rmdir(self, path: PathLike) -> None:
        fs, url = _system(path)
        with _telling("remove", url):
            fs.rmdir(url)

    def rmdirs(self, path: PathLike) -> None:
        """Removes a folder with all that is in it."""
        fs, url = _system(path)
        with _telling("remove", url):
            fs.rm(url, recursive=True)

    def copy(self, oldpath: PathLike, newpath: PathLike) -> None:
        (old_fs, old), (new_fs, new) = _system(oldpath), _system(newpath)
        if self.isdir(new):
            new = f"{new.rstrip('/')}/{folder_and_name(old)[1]}"
        if type(old_fs) is type(new_fs) and old_fs == new_fs:
            with _telling("copy", old):
                old_fs.copy(old, new)
            return
        with self.open(old, "rb") as source, self.open(new, "wb") as target:
            for piece in chunks(source):
                target.write(piece)


def _write_beside(fs: Any, url: str, data: bytes) -> None:
    folder, name = folder_and_name(url)
    fs.makedirs(folder, exist_ok=True)
    temporary = f"{folder}/.{name}-{secrets.token_hex(8)}.tmp"
    try:
        fs.pipe_file(temporary, data)
        fs.mv(temporary, url)
    except BaseException:
        with contextlib.suppress(Exception):
            fs.rm(temporary)
        raise


def _forget_listings(fs: Any) -> None:
    """Other processes write as well: what was listed before may be out of date."""
    if hasattr(fs, "invalidate_cache"):
        fs.invalidate_cache()


def _system(path: PathLike) -> tuple[Any, str]:
    """The file system of fsspec for a URL, and the URL.

    Raises:
        ImportError: fsspec, or what it needs for the scheme, is not installed.
        ValueError: fsspec does not know the scheme.
    """
    url = resolve_path(path)
    try:
        core = importlib.import_module("fsspec.core")
    except ImportError as e:
        raise _needs("fsspec", "storage", url) from e
    try:
        fs, _ = core.url_to_fs(url)
    except ImportError as e:
        scheme = url.partition("://")[0].rpartition("::")[2]
        raise _needs(f"a package for {scheme!r}", _EXTRAS.get(scheme, "storage"), url, e) from e
    return fs, url


def _needs(what: str, extra: str, url: str, said: object = None) -> ImportError:
    detail = f" ({said})" if said else ""
    return ImportError(
        f"The path {url!r} needs {what}, which is not installed{detail}: pip install 'polygraft[{extra}]'."
    )


@contextlib.contextmanager
def _telling(doing: str, url: str) -> Generator[None]:
    """Errors of a store's own kinds become `StorageError`s that name the URL; those of the system stay."""
    try:
        yield
    except (OSError, ImportError, NotImplementedError, ValueError) as e:
        if url not in str(e):
            e.add_note(f"While trying to {doing} {url!r}.")
        raise
    except Exception as e:
        raise StorageError(f"Cannot {doing} {url!r}: {type(e).__name__}: {e}") from e
