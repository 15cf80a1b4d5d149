"""Files with one record per line, which a writer that is stopped at any moment leaves readable.

On a local disk each record goes out with its newline in one write, so that all records but the last are whole whatever
happens, and several writers may append. A last line without its newline is torn, if its JSON ends too early: readers
leave it out and say so, and whoever appends next cuts it off.
"""

from __future__ import annotations

import io
import json
import os
import warnings
from collections.abc import Iterator
from typing import Any

from polygraft.errors import MalformedFileError
from polygraft.io.file_system import File, FileSystem, PathLike, resolve_path
from polygraft.io.local import StdFile, StdFileSystem, local_path
from polygraft.io.registry import file_system_of
from polygraft.io.sequence import Deserializer, Sequence, SequenceIO, Serializer, set_default

#: What a deserializer raises for a text that was cut off.
_CUT_OFF = (MalformedFileError, json.JSONDecodeError)


try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class NoLengthError(NotImplementedError, TypeError):
    """The number of records is not known; `list(sequence)` asks for it and goes on without."""


class LineSequence(Sequence):
    """A file with one record per line."""

    def __init__(
        self,
        file: File,
        path: str,
        mode: str,
        perms: int | None = 0o664,
        serializer: Serializer | None = None,
        deserializer: Deserializer | None = None,
        in_line: bool = False,
    ):
        super().__init__(serializer, deserializer)
        self._file, self._path, self._mode, self._perms = file, path, mode, perms
        self._closed = False
        #: Whether the file ends within a line.
        self._in_line = in_line

    def _add(self, record: str | bytes) -> None:
        if self._mode == "r":
            raise io.UnsupportedOperation("not writable")
        data = record.encode() if isinstance(record, str) else record
        line = (b"\n" if self._in_line else b"") + data.rstrip(b"\n") + b"\n"
        self._in_line = True  # if writing it fails on the way
        self._file.write(line)
        self._in_line = False
        self._file.flush()

    def _iter(self) -> Iterator[str]:
        for line in self._lines():
            yield line.removesuffix("\n")

    def _lines(self) -> Iterator[str]:
        if self._mode != "r":
            raise io.UnsupportedOperation("not readable")
        while line := self._file.readline():
            yield line.decode()

    def __iter__(self) -> Iterator[Any]:
        read = self._deserializer
        for number, line in enumerate(self._lines(), 1):
            text = line.removesuffix("\n").removesuffix("\r")
            if read is None:
                yield text
                continue
            try:
                record = read(text)
            except Exception as e:
                if text == line and isinstance(e, _CUT_OFF):
                    _warn_torn(self._path, "is left out")
                    return
                e.add_note(f"While reading line {number} of the file {self._path!r}.")
                raise
            yield record

    def __len__(self) -> int:
        raise NoLengthError(
            "__len__ is not supported for LineSequence. Use `len(list(iter(sequence)))` instead."
        )

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._file.close()
        if self._mode != "r" and self._perms is not None:
            file_system_of(self._path).chmod(self._path, self._perms)


class LineSequenceIO(SequenceIO):
    """Files with one record per line, in any file system."""

    def open(
        self,
        path: PathLike,
        mode: str,
        *,
        perms: int | None = 0o664,
        serializer: Serializer | None = None,
        deserializer: Deserializer | None = None,
        **kwargs: Any,
    ) -> LineSequence:
        text = resolve_path(path)
        fs = file_system_of(text)
        if mode != "r" and isinstance(fs, StdFileSystem):
            kwargs["buffering"] = 0  # each record is one write of the system
        file = fs.open(text, mode + "b", **kwargs)
        alone = mode != "r" and _locked_alone(file)
        in_line = mode == "a" and alone and _mend(fs, text, deserializer)
        if alone and isinstance(file, StdFile):
            _lock(file, together=True)
        return LineSequence(file, text, mode, perms, serializer, deserializer, in_line)


def _locked_alone(file: File) -> bool:
    """Locks a file for its writers. True if this is the only one, so that what looks torn is not being written now."""
    if not isinstance(file, StdFile):
        return True
    try:
        return _lock(file, together=False)
    except BlockingIOError:  # another writer is at work, or mends the file
        _lock(file, together=True)
        return False


def _lock(file: StdFile, together: bool) -> bool:
    """Locks a file until it is closed or its process ends. True, unless another process has it."""
    if fcntl is not None:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH if together else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a file system without locks
            pass
    return True


def _warn_torn(path: str, what: str) -> None:
    warnings.warn(
        f"The last record of {path!r} is incomplete, since a writer was stopped; it {what}.",
        RuntimeWarning,
        stacklevel=4,
    )


def _mend(fs: FileSystem, path: str, read: Deserializer | None) -> bool:
    """Cuts off a last line that is torn. True if the file ends within a line that is to be kept."""
    if not fs.exists(path):
        return False
    with fs.open(path, "rb") as f:
        size = f.seek(0, 2)
        tail = _last_line(f, size)
    if not tail:
        return False
    if read is None:
        return True
    try:
        read(tail.decode(errors="replace"))
    except _CUT_OFF:
        _warn_torn(path, "is cut off")
    except Exception:  # whole, but not to be read here
        return True
    else:
        return True
    if isinstance(fs, StdFileSystem):
        os.truncate(local_path(path), size - len(tail))
    else:
        with fs.open(path, "rb") as f:
            whole = f.read(size - len(tail))
        fs.replace(path, whole)
    return False


def _last_line(f: File, size: int, block: int = 1 << 16) -> bytes:
    """What stands after the last newline of a file."""
    tail = b""
    while size > 0:
        start = max(0, size - block)
        f.seek(start)
        _, newline, rest = f.read(size - start).rpartition(b"\n")
        tail = rest + tail
        if newline:
            return tail
        size = start
    return tail


set_default(LineSequenceIO())
