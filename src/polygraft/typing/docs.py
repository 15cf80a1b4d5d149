"""What a docstring says about a function: its summary line and its arguments.

Understands the two most common layouts: Google sections (`Args:` with indented entries) and reST fields
(`:param x: ...`).
"""

from __future__ import annotations

import inspect
import re

_SECTION = re.compile(
    r"(Args|Arguments|Params|Parameters|Attributes|Keyword Args|Keyword Arguments):\s*"
)
_ANY_SECTION = re.compile(r"[A-Z][A-Za-z ]*:\s*")
_ENTRY = re.compile(r"(\*{0,2}\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")
_FIELD = re.compile(r":(?:param|parameter|arg|argument)\s+(?:[^:]*\s)?(\*{0,2}\w+)\s*:\s*(.*)")


def summary(doc: str | None) -> str | None:
    """Returns the first line of a docstring, or None."""
    if not doc:
        return None
    lines = inspect.cleandoc(doc).splitlines()
    if not lines or not lines[0] or _SECTION.fullmatch(lines[0]) or _FIELD.match(lines[0]):
        return None
    return lines[0].strip()


def argument_docs(doc: str | None) -> dict[str, str]:
    """Returns argument name (variadic ones with their stars) → description.

    Example:
        >>> argument_docs("Doc." + chr(10) * 2 + "Args:" + chr(10) + "  x: The first.")
        {'x': 'The first.'}
    """
    if not doc:
        return {}
    lines = inspect.cleandoc(doc).splitlines()
    out: dict[str, list[str]] = {}
    in_section = False
    entry_indent: int | None = None
    current: list[str] | None = None
    for line in lines:
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        field = _FIELD.match(text)
        if field:
            current = out.setdefault(field[1], [field[2]])
            in_section, entry_indent = False, indent
        elif indent == 0 and _SECTION.fullmatch(line):
            in_section, entry_indent, current = True, None, None
        elif not text:
            continue
        elif indent == 0 and (
            _ANY_SECTION.fullmatch(line) or text.startswith(":") or in_section or current is None
        ):
            in_section, current = False, None
        elif in_section and (entry_indent is None or indent <= entry_indent):
            entry = _ENTRY.fullmatch(text)
            entry_indent = indent
            current = out.setdefault(entry[1], [entry[2]]) if entry else None
        elif current is not None and entry_indent is not None and indent > entry_indent:
            current.append(text)
    return {name: "\n".join(parts).strip() for name, parts in out.items()}
