"""Which file system a path belongs to, and the functions over all of them: `open`, `readfile`, `writefile`, `listdir`…

Prefixes that were registered come first, longest first; then a URL goes to fsspec, and anything else is local.
"""

from __future__ import annotations

import os
import re
from typing import Any

from polygraft.io.file_system import (
    File,
    FileSystem,
    PathLike,
    chunks,
    folder_and_name,
    resolve_path,
)
from polygraft.io.local import StdFileSystem
from polygraft.io.memory import MemoryFileSystem
from polygraft.io.remote import FsspecFileSystem

#: A scheme of two letters or more (`C://` is a folder), or a chain of them (`simplecache::s3://`).
_URL = re.compile(r"[A-Za-z][\w+.-]+(::|://)")

_local = StdFileSystem()
_remote = FsspecFileSystem()
_systems: list[tuple[str, FileSystem]] = []


def add_file_system(prefix: str, fs: FileSystem) -> None:
    """Lets a file system have all paths that begin with a prefix.

    Of several prefixes that fit a path, the longest counts; of the same one, the last that was added.

    Example:
        >>> import polygraft as pg
        >>> pg.io.add_file_system("/scratch-of-docs/", pg.io.MemoryFileSystem("/scratch-of-docs/"))
        >>> pg.io.writefile("/scratch-of-docs/a.txt", "hello")
        >>> pg.io.listdir("/scratch-of-docs/")
        ['a.txt']
    """
    kept = [entry for entry in _systems if entry[0] != prefix]
    _systems[:] = sorted([*kept, (prefix, fs)], key=lambda entry: entry[0], reverse=True)


def file_system_of(path: PathLike) -> FileSystem:
    """The file system that a path belongs to.

    Raises:
        ValueError: It is no path.
    """
    text = resolve_path(path)
    for prefix, fs in _systems:
        if text.startswith(prefix) or text + "/" == prefix:
            return fs
    return _remote if _URL.match(text) else _local


for _prefix, _fs in (
    ("/mem/", MemoryFileSystem("/mem/")),
    ("file://", _local),
    ("local://", _local),
):
    add_file_system(_prefix, _fs)


# -- files -------------------------------------------------------------------------------------------------------------
def open(path: PathLike, mode: str = "r", **kwargs: Any) -> File:
    """Opens a file, wherever it is.

    Args:
        path: A path or URL.
        mode: As for Python's `open`.
        **kwargs: For the file system.
    """
    return file_system_of(path).open(path, mode, **kwargs)


def readfile(path: PathLike, mode: str = "r", nonexist_ok: bool = False, **kwargs: Any) -> Any:
    """The content of a file: text, or bytes with mode `'rb'`; None if there is none and `nonexist_ok`."""
    fs = file_system_of(path)
    try:
        if mode == "rb" and not kwargs:
            return fs.read_whole(path)
        with fs.open(path, mode, **kwargs) as f:
            return f.read()
    except FileNotFoundError:
        if nonexist_ok:
            return None
        raise


def writefile(
    path: PathLike, content: Any, *, mode: str = "w", perms: int | None = 0o664, **kwargs: Any
) -> None:
    """Writes a file: a reader finds the old content or the new one, where the file system can do that.

    Args:
        path: A path or URL.
        content: Text, or bytes with mode `'wb'`.
        mode: As for Python's `open`; `'a'` appends.
        perms: The permissions of the file, where there are such; None leaves them.
        **kwargs: For the file system's `open`; then the file is written piece by piece.

    Example:
        >>> writefile("notes.txt", "hello")
        >>> readfile("notes.txt")
        'hello'
    """
    fs = file_system_of(path)
    if mode in ("w", "wb", "wt") and not kwargs:
        data = content if "b" in mode else content.encode()
        folder = folder_and_name(resolve_path(path))[0]
        if fs is _local and folder and not fs.isdir(folder):
            raise FileNotFoundError(2, os.strerror(2), resolve_path(path))  # as `open` says
        fs.replace(path, data, perms)
        return
    with fs.open(path, mode, **kwargs) as f:
        f.write(content)
    if perms is not None:
        fs.chmod(path, perms)


def chmod(path: PathLike, mode: int) -> None:
    """Changes the permissions of a file, where there are such."""
    file_system_of(path).chmod(path, mode)


def rm(path: PathLike) -> None:
    """Removes a file."""
    file_system_of(path).rm(path)


def rename(oldpath: PathLike, newpath: PathLike) -> None:
    """Gives a file another path in its file system; a file there is replaced.

    Raises:
        ValueError: The paths belong to different file systems.
    """
    fs = file_system_of(oldpath)
    if file_system_of(newpath) is not fs:
        raise ValueError(
            f"Rename across different filesystems is not supported: {oldpath!r} → {newpath!r}. "
            "Copy the file, then remove the old one."
        )
    fs.rename(oldpath, newpath)


def copy(oldpath: PathLike, newpath: PathLike) -> None:
    """Copies a file, also from one file system to another; into a folder, under its own name.

    Example:
        >>> writefile("notes.txt", "hello")
        >>> copy("notes.txt", "/mem/copied.txt")
        >>> readfile("/mem/copied.txt")
        'hello'
    """
    source, target = file_system_of(oldpath), file_system_of(newpath)
    if source is target:
        source.copy(oldpath, newpath)
        return
    new = resolve_path(newpath)
    if target.isdir(new):
        new = f"{new.rstrip('/')}/{folder_and_name(resolve_path(oldpath))[1]}"
    with source.open(oldpath, "rb") as f, target.open(new, "wb") as g:
        for piece in chunks(f):
            g.write(piece)


def path_exists(path: PathLike) -> bool:
    """True if there is a file or folder."""
    return file_system_of(path).exists(path)


def getctime(path: PathLike) -> float:
    """When a file was made, in seconds since 1970."""
    return file_system_of(path).getctime(path)


def getmtime(path: PathLike) -> float:
    """When a file was changed, in seconds since 1970."""
    return file_system_of(path).getmtime(path)


# -- folders -----------------------------------------------------------------------------------------------------------
def glob(pattern: PathLike) -> list[str]:
    """The paths that match a pattern."""
    return file_system_of(pattern).glob(pattern)


def listdir(path: PathLike, fullpath: bool = False) -> list[str]:
    """The names in a folder; their paths with `fullpath`."""
    names = file_system_of(path).listdir(path)
    return [os.path.join(resolve_path(path), name) for name in names] if fullpath else names


def isdir(path: PathLike) -> bool:
    """True if there is a folder."""
    return file_system_of(path).isdir(path)


def mkdir(path: PathLike, mode: int = 0o777) -> None:
    """Makes a folder in an existing one."""
    file_system_of(path).mkdir(path, mode)


def mkdirs(path: PathLike, mode: int = 0o777, exist_ok: bool = True) -> None:
    """Makes a folder and those around it."""
    file_system_of(path).mkdirs(path, mode, exist_ok)


def rmdir(path: PathLike) -> None:
    """Removes an empty folder."""
    file_system_of(path).rmdir(path)


def rmdirs(path: PathLike) -> None:
    """Removes an empty folder, and then those around it that are empty (of a URL: with all in it)."""
    file_system_of(path).rmdirs(path)
