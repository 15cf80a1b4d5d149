"""Runs all examples; writes their pictures, and what they print, into the pages of `docs/examples`.

python examples/search/pages.py            # about half a minute
python examples/search/pages.py onemax     # one
"""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: Page in `docs/examples` → program.
PROGRAMS = {
    "onemax": "onemax.py",
    "salesman": "salesman.py",
    "symbolic_regression": "symbolic_regression.py",
    "two_objectives": "two_objectives.py",
    "neat_parity": "neat_parity.py",
    "cells": "cells/search.py",
    "flows": "flows/compare.py",
}
OUTPUT = re.compile(
    r"(?<=<!-- what it prints -->\n```text\n).*?(?=^```$)", re.MULTILINE | re.DOTALL
)


def page_of(name):
    return ROOT / "docs" / "examples" / f"{name}.md"


def output_of(name, *args):
    """What the program prints."""
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, HERE / PROGRAMS[name], *args],
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{PROGRAMS[name]} failed:\n{done.stderr}")
    return done.stdout


def main():
    for name in sys.argv[1:] or PROGRAMS:
        page = page_of(name)
        text, count = OUTPUT.subn(
            output_of(name, "--picture").replace("\\", r"\\"), page.read_text("utf-8")
        )
        assert count == 1, f"{page} has no place for what {name} prints"
        page.write_text(text, "utf-8")
        print(f"docs/examples/{name}.md")


if __name__ == "__main__":
    main()
