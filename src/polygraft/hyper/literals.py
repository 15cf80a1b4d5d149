"""How candidates are shown in specs and reports: numbers as they are, all else as a short text."""

from __future__ import annotations

import re
from typing import Any

from polygraft.formatting import format

#: Longest text of a candidate, in characters; longer ones are cut.
MAX_LENGTH = 120
# `<function f at 0x7f…>`: an address would make equal spaces differ between two runs.
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def literal_value(candidate: Any) -> int | float | str:
    """Returns what stands for a candidate.

    Example:
        >>> [literal_value(c) for c in (1, "a", None)]
        [1, "'a'", 'None']
    """
    if isinstance(candidate, (int, float)):
        return candidate
    try:
        text = format(
            candidate,
            compact=True,
            strip_object_id=True,
            hide_default_values=True,
            hide_missing_values=True,
        )
    except RecursionError:  # Too deep to be printed; most of the text would be cut anyway.
        text = f"{type(candidate).__name__}(...)"
    if not isinstance(candidate, str):
        text = _ADDRESS.sub("", text)
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 3] + "..."
