"""Whom a reader believes: which names in a file may lead to code.

A file is data. Without trust a name in it leads to a class that this process has registered, to a plain
builtin type, or nowhere: nothing is imported because a file says so. `Trust` is the one place that decides.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TypeAlias

#: What the `trusted` argument of reading functions may be.
Trusted: TypeAlias = bool | str | Iterable[str]


@dataclasses.dataclass(frozen=True, slots=True)
class Trust:
    """The modules whose symbols a file may name.

    Attributes:
        everything: Any importable symbol, pickles and marshalled code included.
        prefixes: Packages or modules; each stands for itself and what is below it.
    """

    everything: bool = False
    prefixes: tuple[str, ...] = ()

    @staticmethod
    def of(trusted: Trusted) -> Trust:
        """The `Trust` that a `trusted` argument means.

        Raises:
            TypeError: `trusted` is neither a bool nor names of modules.
        """
        if trusted is False:
            return NOBODY
        if trusted is True:
            return EVERYBODY
        names = (trusted,) if isinstance(trusted, str) else tuple(trusted)  # type: ignore[arg-type]
        for name in names:
            if not isinstance(name, str) or not name:  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(
                    f"`trusted` should be True, False or names of modules, as in trusted=['my_pkg']. "
                    f"Encountered: {trusted!r}."
                )
        return Trust(prefixes=names)

    def allows(self, module: str | None) -> bool:
        """True if symbols of `module` may be named."""
        if self.everything:
            return True
        if not module:
            return False
        return any(module == p or module.startswith(p + ".") for p in self.prefixes)


NOBODY = Trust()
EVERYBODY = Trust(everything=True)
