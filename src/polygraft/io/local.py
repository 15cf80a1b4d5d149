"""Files of this machine, and the one way in which they are replaced: beside, flushed, renamed."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import Any

from polygraft.io.file_system import FileSystem, PathLike, WrappedFile, resolve_path

_NEW_FILE_MODE = 0o664


class StdFile(WrappedFile):
    """A file of this machine."""

    def fileno(self) -> int:
        """The system's number of the open file."""
        return self._io.fileno()

    def write(self, content: Any) -> None:
        written = self._io.write(content)
        while written < len(content):  # an unbuffered file may take a part
            content = content[written:]
            written = self._io.write(content)


class StdFileSystem(FileSystem):
    """The file system of this machine, as `os` and `shutil` show it. `file://` URLs are its paths, too."""

    def open(self, path: PathLike, mode: str = "r", **kwargs: Any) -> StdFile:
        if "b" not in mode:
            kwargs.setdefault("encoding", "utf-8")
        return StdFile(open(local_path(path), mode, **kwargs))

    def chmod(self, path: PathLike, mode: int) -> None:
        os.chmod(local_path(path), mode)

    def exists(self, path: PathLike) -> bool:
        return os.path.exists(local_path(path))

    def glob(self, pattern: PathLike) -> list[str]:
        return glob.glob(local_path(pattern))

    def listdir(self, path: PathLike) -> list[str]:
        return os.listdir(local_path(path))

    def isdir(self, path: PathLike) -> bool:
        return os.path.isdir(local_path(path))

    def getctime(self, path: PathLike) -> float:
        return os.path.getctime(local_path(path))

    def getmtime(self, path: PathLike) -> float:
        return os.path.getmtime(local_path(path))

    def mkdir(self, path: PathLike, mode: int = 0o777) -> None:
        os.mkdir(local_path(path), mode)

    def mkdirs(self, path: PathLike, mode: int = 0o777, exist_ok: bool = True) -> None:
        folder = local_path(path)
        if folder:  # a bare file name stands in a folder without a name, which exists
            os.makedirs(folder, mode, exist_ok)

    def rm(self, path: PathLike) -> None:
        os.remove(local_path(path))

    def rename(self, oldpath: PathLike, newpath: PathLike) -> None:
        os.replace(local_path(oldpath), local_path(newpath))

    def rmdir(self, path: PathLike) -> None:
        os.rmdir(local_path(path))

    def rmdirs(self, path: PathLike) -> None:
        os.removedirs(local_path(path))

    def copy(self, oldpath: PathLike, newpath: PathLike) -> None:
        shutil.copy(local_path(oldpath), local_path(newpath))

    def replace(self, path: PathLike, data: bytes, perms: int | None = None) -> None:
        """Makes `data` the whole content of a file in one step; missing folders are made.

        The data goes to a temporary file in the same folder, is flushed to the disk, and then takes the place of
        the old file. If anything fails, the old file is as it was and the temporary file is gone. A new file gets
        mode 0664, less the process's umask; an old one keeps its mode, unless `perms` says otherwise. The target of a
        symbolic link is replaced, not the link. What is not a regular file (a pipe, `/dev/stdout`) is written to
        directly.

        Raises:
            OSError: The file cannot be written; `filename` is `path`.
        """
        target = local_path(path)
        real = os.path.realpath(target)
        try:
            mode = _mode_of(real)
            if mode is not None and not stat.S_ISREG(mode):
                if stat.S_ISDIR(mode):
                    raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
                Path(real).write_bytes(data)
                return
            folder = os.path.dirname(real)
            _make_folder(folder)
            old = None if mode is None else stat.S_IMODE(mode)
            _replace(real, folder, data, old if perms is None else perms)
        except OSError as e:
            e.filename = target
            del (
                e.filename2
            )  # the temporary file's name, of which nobody has heard; None would be printed
            raise


def local_path(path: PathLike) -> str:
    """A path of this machine: without the scheme, where it is a `file://` URL."""
    text = resolve_path(path)
    for scheme in ("file://", "local://"):
        if text.startswith(scheme):
            return text[len(scheme) :]
    return text


def _mode_of(path: str) -> int | None:
    try:
        return os.stat(path).st_mode
    except FileNotFoundError:
        return None


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except FileExistsError:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), folder) from None


def _replace(real: str, folder: str, data: bytes, mode: int | None) -> None:
    # Hidden, and short whatever the length of the name: file systems allow 255 bytes.
    temporary = os.path.join(folder, f".polygraft-{os.getpid()}-{secrets.token_hex(8)}.tmp")
    done = False
    try:
        descriptor = os.open(
            temporary,
            os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0),
            _NEW_FILE_MODE,
        )
        with open(descriptor, "wb") as f:
            f.write(data)
            f.flush()
            if mode is not None and hasattr(os, "fchmod"):
                os.fchmod(f.fileno(), mode)
            os.fsync(f.fileno())
        os.replace(temporary, real)
        done = True
    finally:
        if not done:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
    _sync_folder(folder)


def _sync_folder(folder: str) -> None:
    """Makes the new name durable; not all systems can, and then it is as durable as they make it."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
