"""The command line: one clear line and an exit code for each expected problem."""

from pathlib import Path

import pytest

import polygraft as pg
from polygraft.cli import command, main


def test_no_command_prints_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "demo" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"polygraft {pg.__version__}\n"


@pytest.mark.parametrize("options", [["--fast"], ["--seed", "-1"], ["--seed", "x"]])
def test_bad_options_are_wrong_usage(options: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["demo", *options])
    assert stop.value.code == 2


def test_missing_packages_are_named_with_the_call_that_installs_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    installed = {"keras", "jax"}
    monkeypatch.setattr(command, "_is_installed", installed.__contains__)
    assert main(["demo", "--output", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        "polygraft: the demo needs scikit-learn, rich, matplotlib: pip install 'polygraft[demo]'\n"
    )
    assert not (tmp_path / "out").exists()


def test_output_below_a_file_is_refused_before_any_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "_is_installed", lambda module: True)
    (tmp_path / "file").write_text("mine")
    folder = tmp_path / "file" / "out"
    assert main(["demo", "--output", str(folder)]) == 1
    assert capsys.readouterr().err == (
        f"polygraft: cannot write to {folder}: Not a directory. Choose another with --output.\n"
    )
    assert (tmp_path / "file").read_text() == "mine"
