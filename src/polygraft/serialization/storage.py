"""Files: reading text, and writing it so that a file holds either its old or its new content, whatever happens.

The one place of this package that touches a file system; other stores than the local one come in here.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path
from typing import TypeAlias

PathLike: TypeAlias = "str | os.PathLike[str]"
_NEW_FILE_MODE = 0o664


def read_text(path: PathLike) -> str:
    """The text of a file (UTF-8).

    Raises:
        OSError: It cannot be read.
        UnicodeDecodeError: It is not text.
    """
    return Path(path).read_text(encoding="utf-8-sig")


def write_text_atomic(path: PathLike, text: str) -> None:
    """Writes a file in one step; missing folders are made.

    The text goes to a temporary file in the same folder, is flushed to the disk, and then takes the place of
    the old file. If anything fails, the old file is as it was and the temporary file is gone. A new file gets
    mode 0664, less the process's umask; an old one keeps its mode. The target of a symbolic link is replaced,
    not the link. What is not a regular file (a pipe, `/dev/stdout`) is written to directly.

    Raises:
        OSError: The file cannot be written; `filename` is `path`.
    """
    target = os.fspath(path)
    if not isinstance(target, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ValueError(f"Unsupported path: {path!r}.")
    real = os.path.realpath(target)
    data = text.encode("utf-8")
    try:
        mode = _mode_of(real)
        if mode is not None and not stat.S_ISREG(mode):
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
            Path(real).write_bytes(data)
            return
        folder = os.path.dirname(real)
        _make_folder(folder)
        _replace(real, folder, data, None if mode is None else stat.S_IMODE(mode))
    except OSError as e:
        e.filename = target
        del (
            e.filename2
        )  # the temporary file's name, of which nobody has heard; None would be printed
        raise


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
