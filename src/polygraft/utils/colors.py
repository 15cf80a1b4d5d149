"""Colours of text on a terminal, where the package `termcolor` is installed; else the text as it is."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any

_CODE = re.compile(r"\x1b\[[0-9;]*m")
_RESET = "\x1b[0m"


def colored(
    text: str,
    color: str | None = None,
    background: str | None = None,
    styles: Iterable[str] | None = None,
) -> str:
    """Returns the text with the codes of a terminal for a colour.

    Args:
        text: The text.
        color: `'red'`, `'green'`, …
        background: The colour behind it.
        styles: `'bold'`, `'underline'`, …
    """
    if not (color or background or styles):
        return text
    termcolor = _termcolor()
    if termcolor is None:
        return text
    on = f"on_{background}" if background else None
    return termcolor.colored(text, color, on, list(styles) if styles else None)


def _termcolor() -> Any:
    try:
        return importlib.import_module("termcolor")
    except ImportError:
        return None


def decolor(text: str) -> str:
    r"""Returns the text without the codes of terminals.

    Example:
        >>> decolor("\x1b[31mred\x1b[0m")
        'red'
    """
    return _CODE.sub("", text)


def colored_block(
    text: str,
    block_start: str,
    block_end: str,
    color: str | None = None,
    background: str | None = None,
    styles: Iterable[str] | None = None,
) -> str:
    """Returns the text with each block from `block_start` to `block_end` in a colour.

    After a block, the colour from before it is in force again. A block without end is left as it is.
    """
    if not (color or background or styles):
        return text
    styles = list(styles or ())
    out: list[str] = []
    position = 0
    before = ""  # the code in force outside of the blocks
    while True:
        start = text.find(block_start, position)
        end = -1 if start < 0 else text.find(block_end, start + len(block_start))
        if end < 0:
            return "".join([*out, text[position:]])
        end += len(block_end)
        outside = text[position:start]
        for code in _CODE.findall(outside):
            before = "" if code == _RESET else before + code
        block = colored(decolor(text[start:end]), color, background, styles)
        out += [outside, block, before if block.endswith(_RESET) else ""]
        position = end
