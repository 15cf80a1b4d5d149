"""What an editor shows while one types a call: asked of pyright's language server, as an editor does."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("pyright") is None, reason="pyright is not installed"
    ),
]
SOURCES = Path(__file__).parents[1] / "src"

PROGRAM = '''
import polygraft as pg

class Point(pg.Object):
    """A place."""
    x: int
    y: int = 0

class Named(Point, kw_only=True):
    name: str

@pg.functor
def power(base: float, exponent: int = 2) -> float:
    """Base to the exponent."""
    return base**exponent

@pg.symbolize([("units", pg.typing.Int(min_value=1))])
class Dense:
    def __init__(self, units: int, activation: str = "relu") -> None:
        """A layer."""

def plain(a: int) -> str: ...

class Plain:
    def __init__(self, size: int, *, name: str = "") -> None: ...

Wrapped = pg.wrap(Plain)

@pg.patcher([("factor", pg.typing.Float(min_value=0.0))])
def scale(model: object, factor: float) -> pg.patching.Rule:
    return {"rate": factor}

point = Point(1)
'''


class Editor:
    """The part of an editor that talks to a language server."""

    def __init__(self, folder: Path):
        self._server = subprocess.Popen(
            [sys.executable, "-m", "pyright.langserver", "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._id = 0
        self._uri = (folder / "program.py").as_uri()
        self._version = 0
        workspace = {"uri": folder.as_uri(), "name": "program"}
        capabilities = {"workspace": {"workspaceFolders": True}}
        self.ask(
            "initialize",
            {"workspaceFolders": [workspace], "capabilities": capabilities, "processId": None},
        )
        self._send({"method": "initialized", "params": {}})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._server.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        size = 0
        while header := self._server.stdout.readline().strip():
            if header.lower().startswith(b"content-length:"):
                size = int(header.split(b":")[1])
        return json.loads(self._server.stdout.read(size))

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self._id += 1
        self._send({"id": self._id, "method": method, "params": params})
        while True:
            answer = self._receive()
            if "method" in answer:
                if "id" in answer:  # the server asks for its settings
                    count = len(answer["params"].get("items", [])) if answer["params"] else 0
                    self._send({"id": answer["id"], "result": [None] * count or None})
            elif answer.get("id") == self._id:
                return answer.get("result")

    def at_end_of(self, text: str, method: str, back: int = 0) -> Any:
        """What the server says of the last character of a program."""
        self._version += 1
        document = {"uri": self._uri, "languageId": "python", "version": self._version}
        if self._version == 1:
            self._send(
                {
                    "method": "textDocument/didOpen",
                    "params": {"textDocument": {**document, "text": text}},
                }
            )
        else:
            changes = {"textDocument": document, "contentChanges": [{"text": text}]}
            self._send({"method": "textDocument/didChange", "params": changes})
        lines = text.split("\n")
        position = {"line": len(lines) - 1, "character": len(lines[-1]) - back}
        return self.ask(method, {"textDocument": {"uri": self._uri}, "position": position})

    def signatures(self, call: str) -> list[str]:
        """The signatures that are shown at the open bracket of a call."""
        answer = self.at_end_of(PROGRAM + call, "textDocument/signatureHelp")
        return [s["label"] for s in answer["signatures"]]

    def hover(self, name: str) -> str:
        """What is shown when the mouse rests on a name."""
        answer = self.at_end_of(PROGRAM + name, "textDocument/hover", back=1)
        contents = answer["contents"]
        return contents["value"] if isinstance(contents, dict) else str(contents)

    def completions(self, text: str) -> set[str]:
        """The names that are offered after a dot."""
        answer = self.at_end_of(PROGRAM + text, "textDocument/completion")
        return {item["label"] for item in answer["items"]}

    def close(self) -> None:
        self.ask("shutdown", {})
        self._send({"method": "exit"})
        self._server.communicate(timeout=30)


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor")
    config = {"extraPaths": [str(SOURCES)], "typeCheckingMode": "basic"}
    (folder / "pyrightconfig.json").write_text(json.dumps(config))
    (folder / "program.py").write_text(PROGRAM)
    editor = Editor(folder)
    yield editor
    editor.close()


@pytest.mark.parametrize(
    ("call", "shown"),
    [
        ("Point(", "(x: int, y: int = 0) -> Point"),
        ("Named(", "(x: int, y: int = 0, *, name: str) -> Named"),
        ("power(", "(base: float, exponent: int = 2) -> Functor[float]"),
        ("Dense(", "(units: int, activation: str = \"relu\") -> Dense"),
        ("Wrapped(", "(size: int, *, name: str = \"\") -> Plain"),
        ("pg.symbolize(Plain)(", "(size: int, *, name: str = \"\") -> Plain"),
        ("pg.functor(plain)(", "(a: int) -> Functor[str]"),
        ("scale(", "(target: Any = None, /, factor: float) -> Patcher"),
    ],
)  # fmt: skip
def test_editor_shows_arguments(editor, call, shown):
    assert shown in editor.signatures(call)[0]


def test_editor_knows_what_is_inside(editor):
    assert {"x", "y", "rebind", "clone"} <= editor.completions("point.")
    assert "A place." in editor.hover("Point")
    assert "(variable) point: Point" in editor.hover("point")
    assert "x: int" in editor.hover("point.x")


def test_editor_offers_the_public_names(editor):
    names = editor.completions("pg.")
    assert {"Object", "patch", "oneof", "symbolize", "typing", "DNA"} <= names
