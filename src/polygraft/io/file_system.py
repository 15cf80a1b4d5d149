"""What a file and a file system are: `File`, `FileSystem`.

A file system says in `replace` how it puts a whole file in place. Those that can do it in one step do: a reader then
sees the old content or the new, never a part of it.
"""

from __future__ import annotations

import abc
import os
from collections.abc import Iterable
from typing import Any, TypeAlias

PathLike: TypeAlias = "str | os.PathLike[str]"


class StorageError(OSError):
    """A store that is not a local disk failed: the server does not answer, refuses, or broke off."""


def resolve_path(path: PathLike) -> str:
    """The text of a path.

    Raises:
        ValueError: It is neither a string nor an `os.PathLike` of one.

    Example:
        >>> import pathlib
        >>> resolve_path(pathlib.PurePosixPath("a") / "b")
        'a/b'
    """
    if isinstance(path, str):
        return path
    if isinstance(path, os.PathLike):  # pyright: ignore[reportUnnecessaryIsInstance]
        text = os.fspath(path)
        if isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            return text
    raise ValueError(f"Unsupported path: {path!r}.")


class File(abc.ABC):
    """An open file. Leaving it as a context manager closes it."""

    @abc.abstractmethod
    def read(self, size: int | None = None) -> Any:
        """Returns at most `size` characters or bytes; the rest of the file if None."""

    @abc.abstractmethod
    def readline(self) -> Any:
        """Returns the next line with its newline; an empty text at the end."""

    @abc.abstractmethod
    def write(self, content: Any) -> None:
        """Writes text or bytes, as the file was opened."""

    @abc.abstractmethod
    def seek(self, offset: int, whence: int = 0) -> int:
        """Moves to a position, which is returned; `whence` as in `io`."""

    @abc.abstractmethod
    def tell(self) -> int:
        """The current position."""

    @abc.abstractmethod
    def flush(self) -> None:
        """Hands what was written to the file system."""

    @abc.abstractmethod
    def close(self) -> None:
        """Flushes and closes."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class WrappedFile(File):
    """A file on top of one of Python's."""

    def __init__(self, io: Any):
        super().__init__()
        self._io = io

    def read(self, size: int | None = None) -> Any:
        return self._io.read() if size is None else self._io.read(size)

    def readline(self) -> Any:
        return self._io.readline()

    def write(self, content: Any) -> None:
        self._io.write(content)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._io.seek(offset, whence)

    def tell(self) -> int:
        return self._io.tell()

    def flush(self) -> None:
        self._io.flush()

    def close(self) -> None:
        self._io.close()


class FileSystem(abc.ABC):
    """A place that holds files under paths. Implement it and register it by `pg.io.add_file_system`."""

    @abc.abstractmethod
    def open(self, path: PathLike, mode: str = "r", **kwargs: Any) -> File:
        """Opens a file; `mode` as in Python."""

    @abc.abstractmethod
    def chmod(self, path: PathLike, mode: int) -> None:
        """Changes the permissions, where there are such."""

    @abc.abstractmethod
    def exists(self, path: PathLike) -> bool:
        """True if there is a file or folder."""

    @abc.abstractmethod
    def glob(self, pattern: PathLike) -> list[str]:
        """The paths that match."""

    @abc.abstractmethod
    def listdir(self, path: PathLike) -> list[str]:
        """The names in a folder."""

    @abc.abstractmethod
    def isdir(self, path: PathLike) -> bool:
        """True if there is a folder."""

    @abc.abstractmethod
    def getctime(self, path: PathLike) -> float:
        """When the file was made, in seconds since 1970."""

    @abc.abstractmethod
    def getmtime(self, path: PathLike) -> float:
        """When the file was changed, in seconds since 1970."""

    @abc.abstractmethod
    def mkdir(self, path: PathLike, mode: int = 0o777) -> None:
        """Makes a folder in an existing one."""

    @abc.abstractmethod
    def mkdirs(self, path: PathLike, mode: int = 0o777, exist_ok: bool = True) -> None:
        """Makes a folder and those around it."""

    @abc.abstractmethod
    def rm(self, path: PathLike) -> None:
        """Removes a file."""

    @abc.abstractmethod
    def rename(self, oldpath: PathLike, newpath: PathLike) -> None:
        """Gives a file or folder another path; a file there is replaced."""

    @abc.abstractmethod
    def rmdir(self, path: PathLike) -> None:
        """Removes an empty folder."""

    @abc.abstractmethod
    def rmdirs(self, path: PathLike) -> None:
        """Removes an empty folder, and then those around it that are empty."""

    @abc.abstractmethod
    def copy(self, oldpath: PathLike, newpath: PathLike) -> None:
        """Copies a file; into a folder under its own name."""

    def read_whole(self, path: PathLike) -> bytes:
        """The content of a file, at one moment where the file system can tell; here, by reading it."""
        with self.open(path, "rb") as f:
            return f.read()

    def replace(self, path: PathLike, data: bytes, perms: int | None = None) -> None:
        """Makes `data` the whole content of a file; folders that are missing are made.

        In one step where the file system can; here, by writing it.

        Args:
            path: A file.
            data: Its new content.
            perms: Permissions; None keeps those of the old file.
        """
        text = resolve_path(path)
        folder = os.path.dirname(text)
        if folder and not self.isdir(folder):
            self.mkdirs(folder)
        with self.open(text, "wb") as f:
            f.write(data)
        if perms is not None:
            self.chmod(text, perms)


def folder_and_name(path: str) -> tuple[str, str]:
    """A path without its last part, and that part; slashes at the end do not count."""
    folder, _, name = path.rstrip("/").rpartition("/")
    return folder, name


def chunks(file: File, size: int = 1 << 20) -> Iterable[Any]:
    """The content of a file, piece by piece."""
    while piece := file.read(size):
        yield piece
