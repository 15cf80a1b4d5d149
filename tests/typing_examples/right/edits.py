"""Edits, dry runs and merges: what comes out has the type that one expects."""

from typing import assert_type

import polygraft as pg


class Net(pg.Object):
    units: int
    rate: float = 0.1


base = Net(8)
ours = pg.patch(pg.clone(base), {"units": 16})
assert_type(ours, Net)

edits = pg.edits(base, ours)
assert_type(edits, pg.Edits)
assert_type(edits[0], pg.Edit)
assert_type(pg.patch(pg.clone(base), edits), Net)
assert_type(pg.patch(base, {"units": 32}, dry_run=True), pg.Edits)
by_hand = pg.Edits({"units": 3, "rate": pg.MISSING_VALUE})
assert [edit.op for edit in by_hand] == ["set", "remove"]


def lower(conflict: pg.MergeConflict) -> object:
    return min(conflict.ours, conflict.theirs)


merged = pg.merge(base, ours, Net(12, rate=0.2), on_conflict=lower)
assert_type(merged, Net)
assert (merged.units, merged.rate) == (12, 0.2)

try:
    pg.merge(base, ours, Net(12))
except pg.MergeConflictError as e:
    assert [str(conflict.path) for conflict in e.conflicts] == ["units"]
