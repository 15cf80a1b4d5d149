"""polygraft: machine-learning programs as trees that can be seen, changed, searched and exchanged."""

__version__ = "0.1.0"
