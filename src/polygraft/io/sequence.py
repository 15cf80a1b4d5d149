"""Files of records: `open_sequence`, and what stands behind it: `Sequence`, `SequenceIO`, sequences in memory.

Which `SequenceIO` a path belongs to is told by its extension. Records are text or bytes; a serializer makes them.
"""

from __future__ import annotations

import abc
import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from polygraft.io.file_system import PathLike, resolve_path
from polygraft.io.registry import file_system_of

Serializer: TypeAlias = "Callable[[Any], str | bytes]"
Deserializer: TypeAlias = "Callable[[Any], Any]"
#: The extension of a path, also before a shard count (`a.mem@12`) or number (`a.mem-00000-of-00010`).
_EXTENSION = re.compile(r"\.([A-Za-z0-9_]+)(?:@\w+|-\d+-of-\d+)?$")


class Sequence(abc.ABC):
    """An open file of records. Leaving it as a context manager closes it.

    Args:
        serializer: Record → text or bytes.
        deserializer: Text or bytes → record.
    """

    def __init__(
        self,
        serializer: Serializer | None = None,
        deserializer: Deserializer | None = None,
    ):
        super().__init__()
        self._serializer, self._deserializer = serializer, deserializer

    def add(self, record: Any) -> None:
        """Adds a record.

        Raises:
            ValueError: It is neither text nor bytes, and no serializer made it so.
        """
        if self._serializer is not None:
            record = self._serializer(record)
        if not isinstance(record, str | bytes):
            raise ValueError(
                f"Cannot write record with type {type(record)!r}. Did you forget to pass a serializer?"
            )
        self._add(record)

    def __iter__(self) -> Iterator[Any]:
        for record in self._iter():
            yield record if self._deserializer is None else self._deserializer(record)

    @abc.abstractmethod
    def _add(self, record: str | bytes) -> None:
        """Adds what the serializer made."""

    @abc.abstractmethod
    def _iter(self) -> Iterator[str | bytes]:
        """The records as they were added."""

    @abc.abstractmethod
    def __len__(self) -> int:
        """The number of records."""

    @abc.abstractmethod
    def flush(self) -> None:
        """Hands what was added to the file system."""

    @abc.abstractmethod
    def close(self) -> None:
        """Flushes and closes."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class SequenceIO(abc.ABC):
    """A format of files of records. Register it by `pg.io.add_sequence_io`."""

    @abc.abstractmethod
    def open(
        self,
        path: PathLike,
        mode: str,
        *,
        perms: int | None = 0o664,
        serializer: Serializer | None = None,
        deserializer: Deserializer | None = None,
        **kwargs: Any,
    ) -> Sequence:
        """Opens a file; `mode` is `'r'`, `'w'` or `'a'`."""


class MemorySequence(Sequence):
    """Records in the memory of this process."""

    def __init__(
        self,
        path: str,
        mode: str,
        records: list[str | bytes],
        serializer: Serializer | None = None,
        deserializer: Deserializer | None = None,
    ):
        super().__init__(serializer, deserializer)
        self._path, self._mode, self._records, self._closed = path, mode, records, False

    def _add(self, record: str | bytes) -> None:
        if self._mode not in ("w", "a"):
            raise ValueError(
                f"Cannot write record {record!r} to memory sequence {self._path!r} with mode {self._mode!r}."
            )
        if self._closed:
            raise ValueError(
                f"Cannot write record {record!r} to a closed writer for {self._path!r}."
            )
        self._records.append(record)

    def _iter(self) -> Iterator[str | bytes]:
        if self._mode != "r":
            raise ValueError(
                f"Cannot read memory sequence {self._path!r} with mode {self._mode!r}."
            )
        if self._closed:
            raise ValueError(f"Cannot iterate over a closed sequence reader {self._path!r}.")
        yield from self._records

    def __len__(self) -> int:
        return len(self._records)

    def flush(self) -> None:
        """Does nothing: records are there as soon as they are added."""

    def close(self) -> None:
        self._closed = True


class MemorySequenceIO(SequenceIO):
    """Sequences that live in this process, by path: `.mem`."""

    def __init__(self) -> None:
        super().__init__()
        self._sequences: dict[str, list[str | bytes]] = {}
        self._lock = threading.Lock()

    def open(
        self,
        path: PathLike,
        mode: str,
        *,
        perms: int | None = 0o664,
        serializer: Serializer | None = None,
        deserializer: Deserializer | None = None,
        **kwargs: Any,
    ) -> MemorySequence:
        name = resolve_path(path)
        with self._lock:
            if mode == "r" and name not in self._sequences:
                raise FileNotFoundError(2, os.strerror(2), name)
            if mode == "w":
                self._sequences[name] = []
            records = self._sequences.setdefault(name, [])
        return MemorySequence(name, mode, records, serializer, deserializer)


_formats: dict[str, SequenceIO] = {"mem": MemorySequenceIO()}
_default: list[SequenceIO] = []


def add_sequence_io(extension: str, sequence_io: SequenceIO) -> None:
    """Lets a format have all paths with an extension (`'mem'`, or with its dot)."""
    _formats[extension.lstrip(".")] = sequence_io


def set_default(sequence_io: SequenceIO) -> None:
    """Sets the format of all other paths."""
    _default[:] = [sequence_io]


def open_sequence(
    path: PathLike,
    mode: str = "r",
    *,
    perms: int | None = 0o664,
    serializer: Serializer | None = None,
    deserializer: Deserializer | None = None,
    make_dirs_if_not_exist: bool = True,
    **kwargs: Any,
) -> Sequence:
    """Opens a file of records.

    Args:
        path: A path or URL; its extension tells the format: lines, unless one was registered for it.
        mode: `'r'`, `'w'`, or `'a'` to append.
        perms: The permissions of a file that was written, where there are such; None leaves them.
        serializer: Record → text or bytes.
        deserializer: Text or bytes → record.
        make_dirs_if_not_exist: Whether missing folders are made when writing.
        **kwargs: For the format.

    Example:
        >>> import polygraft as pg
        >>> with pg.io.open_sequence("numbers.txt", "w", serializer=str) as f:
        ...     f.add(1)
        ...     f.add(2)
        >>> with pg.io.open_sequence("numbers.txt", deserializer=int) as f:
        ...     list(f)
        [1, 2]
    """
    text = resolve_path(path)
    extension = _EXTENSION.search(text)
    chosen = _formats.get(extension[1]) if extension else None
    if chosen is None:
        chosen = _default[0]
        folder = os.path.dirname(text)
        if make_dirs_if_not_exist and mode != "r" and folder and "://" not in text:
            file_system_of(text).mkdirs(folder)
    return chosen.open(
        text, mode, perms=perms, serializer=serializer, deserializer=deserializer, **kwargs
    )
