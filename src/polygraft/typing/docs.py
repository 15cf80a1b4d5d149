"""What a docstring says about a function: its summary line and its arguments.

Understands Google sections (`Args:` with indented entries), NumPy sections (underlined, `x : int` over an indented
text), and the fields of reST (`:param x: ...`) and Epydoc (`@param x: ...`).
"""

from __future__ import annotations

import inspect
import re

_SECTION = re.compile(
    r"(Args|Arguments|Params|Parameters|Attributes|Keyword Args|Keyword Arguments):\s*"
)
_ANY_SECTION = re.compile(r"[A-Z][A-Za-z ]*:\s*")
_ENTRY = re.compile(r"(\*{0,2}\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")
_FIELD = re.compile(
    r"[:@](?:param|parameter|arg|argument|key|keyword)\s+(?:[^:]*\s)?(\*{0,2}\w+)\s*:\s*(.*)"
)
_OTHER_FIELD = re.compile(r"[:@]\w+(\s[^:]*)?:")
_NUMPY_SECTION = re.compile(r"(Other )?(Parameters|Params|Args|Arguments|Attributes)")
_NUMPY_ENTRY = re.compile(r"(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?")


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
    if any(_is_underline(line) for line in lines):
        return _numpy_docs(lines)
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
            _ANY_SECTION.fullmatch(line)
            or _OTHER_FIELD.match(text)
            or in_section
            or current is None
        ):
            in_section, current = False, None
        elif in_section and (entry_indent is None or indent <= entry_indent):
            entry = _ENTRY.fullmatch(text)
            entry_indent = indent
            current = out.setdefault(entry[1], [entry[2]]) if entry else None
        elif current is not None and entry_indent is not None and indent > entry_indent:
            current.append(text)
    return {name: "\n".join(parts).strip() for name, parts in out.items()}


def _is_underline(line: str) -> bool:
    return len(line) > 2 and not line.strip("-")


def _numpy_docs(lines: list[str]) -> dict[str, str]:
    """The arguments in a docstring with underlined sections."""
    out: dict[str, list[str]] = {}
    in_section = False
    current: list[list[str]] = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if _is_underline(after):
            in_section, current = _NUMPY_SECTION.fullmatch(line) is not None, []
        elif in_section and line and not line[0].isspace() and not _is_underline(line):
            entry = _NUMPY_ENTRY.fullmatch(line)
            names = re.split(r"\s*,\s*", entry[1]) if entry else []
            current = [out.setdefault(name, []) for name in names]
        elif line.strip():
            for parts in current:
                parts.append(line.strip())
    return {name: "\n".join(parts) for name, parts in out.items() if parts}
