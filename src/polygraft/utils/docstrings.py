"""Docstrings taken apart: `docstr(symbol)`, `DocStr.parse(text)`. Google, reST, NumPy and Epydoc style, told by itself.

Parsing is the work of the package `docstring-parser`, imported at first use. What schemas need, when a class is made,
is read by `polygraft.typing.docs`, which is lighter.
"""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import re
import textwrap
from typing import Any


class DocStrStyle(enum.Enum):
    """The style of a docstring."""

    REST = 1
    GOOGLE = 2
    NUMPYDOC = 3
    EPYDOC = 4


@dataclasses.dataclass
class DocStrEntry:
    """A part of a docstring."""

    description: str | None


@dataclasses.dataclass
class DocStrExample(DocStrEntry):
    """An example."""


@dataclasses.dataclass
class DocStrArgument(DocStrEntry):
    """An argument.

    Attributes:
        name: Its name, with the stars of a variadic one.
        type_name: Its type, as the docstring has it.
        default: Its default, as the docstring has it.
        is_optional: Whether the docstring says that it may be left out.
    """

    name: str
    type_name: str | None = None
    default: str | None = None
    is_optional: bool | None = None


@dataclasses.dataclass
class DocStrReturns(DocStrEntry):
    """What is returned, or yielded."""

    name: str | None = None
    type_name: str | None = None
    is_yield: bool = False


@dataclasses.dataclass
class DocStrRaises(DocStrEntry):
    """An exception."""

    type_name: str | None = None


@dataclasses.dataclass
class DocStr:
    """A docstring, taken apart.

    Attributes:
        style: Its style.
        short_description: Its first paragraph.
        long_description: The other paragraphs before the sections.
        examples: The sections of examples.
        args: Name → argument.
        returns: What is returned, or yielded.
        raises: The exceptions.
        blank_after_short_description: Whether a blank line follows the first paragraph.

    Example:
        >>> text = "Adds." + chr(10) * 2 + "Args:" + chr(10) + "  x (int): A number."
        >>> doc = DocStr.parse(text)
        >>> doc.short_description, doc.args["x"].type_name, doc.args["x"].description
        ('Adds.', 'int', 'A number.')
    """

    style: DocStrStyle
    short_description: str | None
    long_description: str | None
    examples: list[DocStrExample]
    args: dict[str, DocStrArgument]
    returns: DocStrReturns | None
    raises: list[DocStrRaises]
    blank_after_short_description: bool = True

    @property
    def description(self) -> str | None:
        """The short and the long description, with the blank line between them if there was one."""
        if self.short_description is None or self.long_description is None:
            return self.short_description or self.long_description
        between = "\n\n" if self.blank_after_short_description else "\n"
        return f"{self.short_description}{between}{self.long_description}"

    def parameter(self, param: inspect.Parameter) -> DocStrArgument | None:
        """What is said of a parameter of a function; None if nothing."""
        stars = {param.VAR_POSITIONAL: "*", param.VAR_KEYWORD: "**"}.get(param.kind, "")
        return self.args.get(stars + param.name) or self.args.get(param.name)

    @classmethod
    def parse(cls, text: str, style: DocStrStyle | None = None) -> DocStr:
        """Takes a docstring apart.

        Args:
            text: The docstring.
            style: Its style; None tells it by the text.
        """
        parser: Any = importlib.import_module("docstring_parser")
        # A parser takes a section in the first line for the summary.
        without_summary = _SECTION.match(text) is not None
        parsed = parser.parse(
            f"_\n\n{textwrap.dedent(text)}" if without_summary else text, _style(parser, style)
        )
        returns = parsed.returns
        return cls(
            style=_OURS[parsed.style.name] if parsed.style is not None else DocStrStyle.REST,
            short_description=None if without_summary else parsed.short_description,
            long_description=parsed.long_description,
            examples=[DocStrExample(_dedented(e.description)) for e in parsed.examples],
            args={
                p.arg_name: DocStrArgument(
                    description=_dedented(p.description),
                    name=p.arg_name,
                    type_name=p.type_name,
                    default=p.default,
                    is_optional=p.is_optional,
                )
                for p in parsed.params
            },
            returns=returns
            and DocStrReturns(
                description=_dedented(returns.description),
                name=returns.return_name,
                type_name=returns.type_name,
                is_yield=returns.is_generator,
            ),
            raises=[
                DocStrRaises(description=_dedented(r.description), type_name=r.type_name)
                for r in parsed.raises
            ],
            blank_after_short_description=parsed.blank_after_short_description,
        )


_SECTION = re.compile(
    r"\s*(Args|Arguments|Attributes|Returns|Yields|Raises|Examples?):[ \t]*(\n|$)"
)
_OURS = {
    "REST": DocStrStyle.REST,
    "GOOGLE": DocStrStyle.GOOGLE,
    "NUMPYDOC": DocStrStyle.NUMPYDOC,
    "EPYDOC": DocStrStyle.EPYDOC,
}


def _style(parser: Any, style: DocStrStyle | None) -> Any:
    styles = parser.DocstringStyle
    return styles.AUTO if style is None else styles[style.name]


def _dedented(text: str | None) -> str | None:
    """A description whose further lines stand where the first one does."""
    if not text or "\n" not in text:
        return text
    return inspect.cleandoc(text)


def docstr(symbol: Any) -> DocStr | None:
    """The docstring of a class, function or module, taken apart; None if it has none.

    Example:
        >>> docstr(docstr).short_description
        'The docstring of a class, function or module, taken apart; None if it has none.'
    """
    text = getattr(symbol, "__doc__", None)
    return DocStr.parse(text) if text else None
