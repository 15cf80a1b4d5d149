"""The `polygraft` command. Nothing else in the library imports this package."""

from polygraft.cli.command import main as main
