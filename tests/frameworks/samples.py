"""Behaviours that end in every way there is: what the test of the runner runs."""

import os
import time
from typing import Any

from tests.frameworks.behaviours.registry import behaviour


@behaviour("any class", "works")
def works(pg: Any) -> None:
    class A:
        def __init__(self, x: int):
            self.x = x

    assert pg.symbolize(A)(1).clone().x == 1


@behaviour("any class", "stated")
def stated(pg: Any) -> str:
    return "This cannot be."


@behaviour("any class", "fails")
def fails(pg: Any) -> None:
    raise ValueError(f"in {os.path.abspath(__file__)} at {object()}\nsecond line")


@behaviour("any class", "assertion fails")
def assertion_fails(pg: Any) -> None:
    one = 1
    assert one + one == 3


@behaviour("any class", "recurses")
def recurses(pg: Any) -> None:
    recurses(pg)


@behaviour("any class", "crashes")
def crashes(pg: Any) -> None:
    os.abort()


@behaviour("any class", "hangs")
def hangs(pg: Any) -> None:
    while True:
        time.sleep(1)


@behaviour("any class", "has no peer", peer=False)
def no_peer(pg: Any) -> None:
    print("what is printed is no answer")
