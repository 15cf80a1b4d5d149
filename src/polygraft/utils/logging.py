"""`pyglove.logging` for programs that log through it: functions over one of Python's loggers."""

from __future__ import annotations

import logging
from typing import Any

_logger: list[logging.Logger] = [logging.getLogger("polygraft")]


def get_logger() -> logging.Logger:
    """The logger in use."""
    return _logger[0]


def set_logger(logger: logging.Logger) -> None:
    """Sets the logger in use."""
    _logger[0] = logger


def debug(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message for developers."""
    _logger[0].debug(msg, *args, **kwargs)


def info(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a message."""
    _logger[0].info(msg, *args, **kwargs)


def warning(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs a warning."""
    _logger[0].warning(msg, *args, **kwargs)


def error(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs an error."""
    _logger[0].error(msg, *args, **kwargs)


def critical(msg: str, *args: Any, **kwargs: Any) -> None:
    """Logs an error that ends the program."""
    _logger[0].critical(msg, *args, **kwargs)
