"""Files that live in this process: `/mem/...`. Folders are dicts; a file is an object with bytes in it."""

from __future__ import annotations

import dataclasses
import errno
import fnmatch
import io
import os
import threading
import time
from typing import Any

from polygraft.io.file_system import (
    FileSystem,
    PathLike,
    WrappedFile,
    folder_and_name,
    resolve_path,
)


@dataclasses.dataclass(slots=True, eq=False)
class _Data:
    """A file."""

    content: bytearray = dataclasses.field(default_factory=bytearray)
    ctime: float = dataclasses.field(default_factory=time.time)
    mtime: float = dataclasses.field(default_factory=time.time)


class _Folder(dict[str, "Any"]):
    """A folder: name → `_Data` or `_Folder`, in the order in which they were made."""


class _Raw(io.RawIOBase):
    """The bytes of a file, from a position of its own."""

    def __init__(self, data: _Data, readable: bool, writable: bool, appending: bool):
        super().__init__()
        self._data, self._position = data, len(data.content) if appending else 0
        self._readable, self._writable, self._appending = readable, writable, appending

    def readable(self) -> bool:
        return self._readable

    def writable(self) -> bool:
        return self._writable

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._position, len(self._data.content))[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: Any) -> int:
        piece = bytes(self._data.content[self._position : self._position + len(buffer)])
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def write(self, buffer: Any) -> int:
        piece, content = bytes(buffer), self._data.content
        if self._appending:
            self._position = len(content)
        if self._position > len(content):
            content.extend(bytes(self._position - len(content)))
        content[self._position : self._position + len(piece)] = piece
        self._position += len(piece)
        self._data.mtime = time.time()
        return len(piece)

    def truncate(self, size: int | None = None) -> int:
        size = self._position if size is None else size
        del self._data.content[size:]
        self._data.content.extend(bytes(size - len(self._data.content)))
        return size


class MemoryFile(WrappedFile):
    """A file in memory. Closing it flushes it and goes back to its beginning."""

    def close(self) -> None:
        self._io.flush()
        self._io.seek(0)


def _opened(data: _Data, mode: str) -> Any:
    both = "+" in mode
    reading = both or "r" in mode
    writing = both or any(c in mode for c in "wax")
    raw = _Raw(data, reading, writing, "a" in mode)
    binary: Any
    if reading and writing:
        binary = io.BufferedRandom(raw)
    else:
        binary = io.BufferedReader(raw) if reading else io.BufferedWriter(raw)
    return binary if "b" in mode else io.TextIOWrapper(binary, encoding="utf-8", newline="")


class MemoryFileSystem(FileSystem):
    """A file system in the memory of this process.

    Args:
        prefix: What its paths begin with.

    Example:
        >>> import polygraft as pg
        >>> pg.io.writefile("/mem/example.txt", "hello")
        >>> pg.io.readfile("/mem/example.txt")
        'hello'
    """

    def __init__(self, prefix: str = "/mem/"):
        super().__init__()
        self._prefix = prefix
        self._root = _Folder()
        self._lock = threading.RLock()

    # -- places ----------------------------------------------------------------------------------------------------
    def _parts(self, path: PathLike) -> list[str]:
        text = resolve_path(path)
        if text + "/" == self._prefix:
            text = ""
        return [p for p in text.removeprefix(self._prefix).split("/") if p]

    def _find(self, path: PathLike) -> Any:
        """The file or folder at a path, or None."""
        place: Any = self._root
        for part in self._parts(path):
            if not isinstance(place, _Folder):
                return None
            place = place.get(part)
        return place

    def _existing(self, path: PathLike) -> Any:
        place = self._find(path)
        if place is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), resolve_path(path))
        return place

    def _file(self, path: PathLike) -> _Data:
        place = self._existing(path)
        if isinstance(place, _Folder):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), resolve_path(path))
        return place

    def _parent(self, path: PathLike) -> tuple[_Folder, str]:
        """The folder that holds, or would hold, what is at a path, and the name there."""
        parts = self._parts(path)
        if not parts:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), resolve_path(path))
        place: Any = self._root
        for part in parts[:-1]:
            place = place.get(part)
            if place is None:
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), resolve_path(path))
            if not isinstance(place, _Folder):
                raise NotADirectoryError(
                    errno.ENOTDIR, os.strerror(errno.ENOTDIR), resolve_path(path)
                )
        return place, parts[-1]

    # -- files -----------------------------------------------------------------------------------------------------
    def open(self, path: PathLike, mode: str = "r", **kwargs: Any) -> MemoryFile:
        with self._lock:
            if "r" in mode:
                return MemoryFile(_opened(self._file(path), mode))
            folder, name = self._parent(path)
            data = folder.get(name)
            if isinstance(data, _Folder):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), resolve_path(path))
            if data is not None and "x" in mode:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), resolve_path(path))
            if data is None:
                data = folder[name] = _Data()
            elif "w" in mode:
                # A content of its own: whoever is reading the old one goes on reading it.
                data.content, data.mtime = bytearray(), time.time()
            return MemoryFile(_opened(data, mode))

    def replace(self, path: PathLike, data: bytes, perms: int | None = None) -> None:
        with self._lock:
            folder = self._parts(path)[:-1]
            self.mkdirs(self._prefix + "/".join(folder))
            parent, name = self._parent(path)
            old = parent.get(name)
            if isinstance(old, _Folder):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), resolve_path(path))
            new = _Data(bytearray(data))
            if old is not None:
                new.ctime = old.ctime
            parent[name] = new

    def chmod(self, path: PathLike, mode: int) -> None:
        self._existing(path)

    def exists(self, path: PathLike) -> bool:
        return self._find(path) is not None

    def isdir(self, path: PathLike) -> bool:
        return isinstance(self._find(path), _Folder)

    def getctime(self, path: PathLike) -> float:
        return self._file(path).ctime

    def getmtime(self, path: PathLike) -> float:
        return self._file(path).mtime

    def rm(self, path: PathLike) -> None:
        with self._lock:
            self._file(path)
            folder, name = self._parent(path)
            del folder[name]

    def copy(self, oldpath: PathLike, newpath: PathLike) -> None:
        with self._lock:
            content = bytes(self._file(oldpath).content)
            if self.isdir(newpath):
                newpath = f"{resolve_path(newpath).rstrip('/')}/{self._parts(oldpath)[-1]}"
            self._parent(newpath)  # it exists: nothing is made on the way
            self.replace(newpath, content)

    def rename(self, oldpath: PathLike, newpath: PathLike) -> None:
        old, new = resolve_path(oldpath), resolve_path(newpath)
        with self._lock:
            source, target = self._existing(old), self._find(new)
            from_parts, to_parts = self._parts(old), self._parts(new)
            if from_parts == to_parts:
                return
            if isinstance(source, _Folder):
                if target is not None and not isinstance(target, _Folder):
                    raise NotADirectoryError(
                        f"Cannot rename directory {old!r} to non-directory {new!r}"
                    )
                if to_parts[: len(from_parts)] == from_parts:
                    raise OSError(
                        f"Cannot move directory {old!r} to a subdirectory of itself {new!r}"
                    )
                if target:
                    raise OSError(f"Directory not empty: {new!r}")
            elif isinstance(target, _Folder):
                raise IsADirectoryError(f"Cannot rename non-directory {old!r} to directory {new!r}")
            to_folder, to_name = self._parent(new)
            from_folder, from_name = self._parent(old)
            del from_folder[from_name]
            to_folder[to_name] = source

    # -- folders ---------------------------------------------------------------------------------------------------
    def listdir(self, path: PathLike) -> list[str]:
        place = self._existing(path)
        if not isinstance(place, _Folder):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), resolve_path(path))
        return list(place)

    def glob(self, pattern: PathLike) -> list[str]:
        """The paths that match; `*` matches slashes too."""
        text = resolve_path(pattern)
        found: list[str] = []

        def look(folder: _Folder, path: str) -> None:
            for name, place in list(folder.items()):
                if fnmatch.fnmatchcase(path + name, text):
                    found.append(path + name)
                if isinstance(place, _Folder):
                    look(place, f"{path}{name}/")

        look(self._root, self._prefix)
        return found

    def mkdir(self, path: PathLike, mode: int = 0o777) -> None:
        with self._lock:
            if self.exists(path):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), resolve_path(path))
            folder, name = self._parent(path)
            folder[name] = _Folder()

    def mkdirs(self, path: PathLike, mode: int = 0o777, exist_ok: bool = True) -> None:
        with self._lock:
            place: Any = self._root
            made = False
            for part in self._parts(path):
                if part not in place:
                    place[part], made = _Folder(), True
                place = place[part]
                if not isinstance(place, _Folder):
                    raise NotADirectoryError(
                        errno.ENOTDIR, os.strerror(errno.ENOTDIR), resolve_path(path)
                    )
            if not made and not exist_ok:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), resolve_path(path))

    def rmdir(self, path: PathLike) -> None:
        with self._lock:
            place = self._existing(path)
            if not isinstance(place, _Folder):
                raise NotADirectoryError(
                    errno.ENOTDIR, os.strerror(errno.ENOTDIR), resolve_path(path)
                )
            if place:
                raise OSError(f"Directory not empty: {resolve_path(path)!r}")
            folder, name = self._parent(path)
            del folder[name]

    def rmdirs(self, path: PathLike) -> None:
        with self._lock:
            self.rmdir(path)
            around = resolve_path(path)
            while self._parts(around := folder_and_name(around)[0]):
                if self._find(around):
                    return
                self.rmdir(around)
