"""Files that PyGlove 0.4.5 has written: specs, genotypes, programs with placeholders."""

import json
import pathlib

import pytest

import polygraft as pg

#: One a line: {"file": what PyGlove wrote, "text": how the value printed there}. Made by `differential/worker.py`.
RECORDED = (pathlib.Path(__file__).parent / "pyglove-0.4.5.jsonl").read_text().splitlines()


@pytest.mark.parametrize("i", range(len(RECORDED)))
def test_loads_and_prints_as_there(i):
    line = json.loads(RECORDED[i])
    value = pg.from_json(line["file"])
    assert str(value) == line["text"]
    assert pg.eq(pg.from_json_str(pg.to_json_str(value)), value)


def test_all_kinds_are_among_them():
    types = "".join(RECORDED)
    for name in ("Template", "Choices", "Float", "base.DNA"):
        assert f'geno.{name}"' in types
    for name in ("OneOf", "ManyOf", "Float"):
        assert f'hyper.{name}"' in types
