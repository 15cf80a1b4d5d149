"""Where saved programs are: reading text, and writing it as a whole, to the files of `polygraft.io`.

File systems load with the first file: most programs that use JSON never open one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polygraft.io.file_system import PathLike


def read_text(path: PathLike) -> str:
    """The text of a file (UTF-8).

    Raises:
        OSError: It cannot be read.
        UnicodeDecodeError: It is not text.
    """
    from polygraft.io.registry import file_system_of

    return file_system_of(path).read_whole(path).decode("utf-8-sig")


def write_text_atomic(path: PathLike, text: str) -> None:
    """Writes a file in one step, where its file system can (disks and object stores do); missing folders are made.

    Raises:
        OSError: The file cannot be written; it is as it was.
    """
    from polygraft.io.registry import file_system_of

    file_system_of(path).replace(path, text.encode("utf-8"))
