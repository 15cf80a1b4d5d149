"""Files with one JSON value per line: `open_jsonl`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from polygraft.serialization.decode import from_json_str
from polygraft.serialization.encode import to_json_str

if TYPE_CHECKING:
    from polygraft.io.file_system import PathLike
    from polygraft.io.sequence import Sequence

_OF_SEQUENCES = ("perms", "make_dirs_if_not_exist")


def open_jsonl(path: PathLike, mode: str = "r", **kwargs: Any) -> Sequence:
    """Opens a file with one value per line, in JSON: a log of results, a set of examples.

    Each value is written as a whole. If a writer was stopped on the way, readers leave out the incomplete last line,
    with a warning, and the next one who appends cuts it off.

    Args:
        path: A path or URL.
        mode: `'r'`, `'w'`, or `'a'` to append.
        **kwargs: `perms` and `make_dirs_if_not_exist` as for `pg.io.open_sequence`; others for `to_json_str` when
            writing, for `from_json_str` when reading (`trusted`, …).

    Raises:
        DeserializationError: While iterating: a line does not hold a value. A note says which.

    Example:
        >>> import polygraft as pg
        >>> with pg.open_jsonl("results.jsonl", "w") as f:
        ...     f.add(pg.Dict(trial=1, rewards=(0.5, 0.1)))
        ...     f.add("done")
        >>> with pg.open_jsonl("results.jsonl") as f:
        ...     list(f)
        [{trial=1, rewards=(0.5, 0.1)}, 'done']
    """
    from polygraft.io.sequence import open_sequence

    if mode not in ("r", "w", "a"):
        raise ValueError(f"`mode` should be 'r', 'w' or 'a'. Encountered: {mode!r}.")
    for_sequence = {k: kwargs.pop(k) for k in _OF_SEQUENCES if k in kwargs}
    writing: dict[str, Any] = {} if mode == "r" else kwargs
    reading: dict[str, Any] = kwargs if mode == "r" else {"convert_unknown": True}

    def write(value: Any) -> str:
        return to_json_str(value, **writing)

    def read(text: str) -> Any:
        return from_json_str(text, **reading)

    return open_sequence(path, mode, serializer=write, deserializer=read, **for_sequence)
