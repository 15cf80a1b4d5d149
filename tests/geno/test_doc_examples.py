"""The examples in the docstrings of the package run."""

from __future__ import annotations

import doctest
import importlib
import itertools
import pkgutil
import random

import pytest

from polygraft import geno

MODULES = [m.name for m in pkgutil.iter_modules(geno.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(f"polygraft.geno.{name}")
    names = {k: getattr(geno, k) for k in dir(geno) if not k.startswith("__")}
    result = doctest.testmod(
        module, globs={**vars(module), **names, "itertools": itertools, "random": random}
    )
    assert result.failed == 0
