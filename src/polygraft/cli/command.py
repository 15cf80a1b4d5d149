"""The command line: parsing, what is missing on this machine, and exit codes.

Exit codes: 0 done, 1 a problem on this machine, 2 wrong usage or something not installed.
Expected problems are one line on standard error, never a stack trace. The work itself is in
`demo.py`, imported only after the check that what it needs is installed.
"""

import argparse
import importlib.util
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import polygraft as pg

DEMO_NEEDS = {
    "keras": "keras",
    "sklearn": "scikit-learn",
    "rich": "rich",
    "matplotlib": "matplotlib",
}
"""The modules that the demo imports, and the packages that bring them."""

BACKENDS = {"jax": "jax", "tensorflow": "tensorflow", "torch": "torch"}
"""Keras's backends by their name in `KERAS_BACKEND`, and the modules they need."""


class Problem(Exception):
    """An expected problem: its message is all that the user has to see."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the `polygraft` command and return its exit code.

    Args:
        argv: The arguments after the command's name; those of the process if None.
    """
    parser = _parser()
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 0
    try:
        return _demo(args)
    except Problem as problem:
        print(f"polygraft: {problem}", file=sys.stderr)
        return problem.code
    except KeyboardInterrupt:
        print("\npolygraft: stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="polygraft", description="Machine-learning programs that can be changed by rules."
    )
    parser.add_argument("--version", action="version", version=f"polygraft {pg.__version__}")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="")
    demo = commands.add_parser(
        "demo",
        help="see an image classifier printed, changed, searched, saved and loaded",
        description="Print an image classifier, change it by rules, search for good filter sizes, "
        "save the best program, load it and train it. Takes up to three minutes on two cores.",
    )
    demo.add_argument("--quick", action="store_true", help="fewer images: under one minute")
    demo.add_argument(
        "--output",
        type=Path,
        default=Path("demo-output"),
        metavar="DIR",
        help="folder for the picture and the program (default: %(default)s)",
    )
    demo.add_argument(
        "--seed", type=_seed, default=1, help="seed of every training (default: %(default)s)"
    )
    return parser


def _seed(text: str) -> int:
    """Parse a seed; NumPy's range, which Keras shares."""
    if text.isdecimal() and int(text) < 2**32:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 2**32 - 1")


def _demo(args: argparse.Namespace) -> int:
    _require_packages()
    _require_writable(args.output)
    from polygraft.cli import demo

    try:
        demo.run(output=args.output, seed=args.seed, quick=args.quick)
    except OSError as error:  # A full disk, a folder removed in between…
        raise Problem(str(error), code=1) from error
    return 0


def _require_packages() -> None:
    """Check for the demo's packages, without the seconds that importing them takes."""
    backend = os.environ.setdefault("KERAS_BACKEND", "jax")
    needs = DEMO_NEEDS | ({BACKENDS[backend]: backend} if backend in BACKENDS else {})
    missing = [package for module, package in needs.items() if not _is_installed(module)]
    if missing:
        raise Problem(f"the demo needs {', '.join(missing)}: pip install 'polygraft[demo]'", code=2)


def _is_installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _require_writable(folder: Path) -> None:
    """Make the output folder, and try it before minutes are spent on what goes there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        raise Problem(
            f"cannot write to {folder}: {reason}. Choose another with --output.", 1
        ) from error
