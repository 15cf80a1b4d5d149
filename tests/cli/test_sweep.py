"""What the sweep found: rows, columns, the best; and its picture."""

from pathlib import Path

import pytest

from polygraft.cli.sweep import Sweep

SWEEP = Sweep(("first", "second"), {(8, 16): 0.5, (8, 32): 0.9, (4, 16): 0.9, (4, 32): 0.1})


def test_rows_and_columns_are_sorted_sizes() -> None:
    assert (SWEEP.rows, SWEEP.columns) == ([4, 8], [16, 32])


def test_best_is_first_of_equals() -> None:
    assert SWEEP.best == (8, 32)


def test_picture_is_a_png(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from polygraft.cli.picture import save_picture

    save_picture(SWEEP, tmp_path / "accuracy.png")
    assert (tmp_path / "accuracy.png").read_bytes().startswith(b"\x89PNG")
