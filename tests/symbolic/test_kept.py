"""`keep_weights=True`: what the core saves for an adapter, gives back, and reports."""

from __future__ import annotations

import pytest

import polygraft as pg
from polygraft.symbolic.wrapping import adapters, kept


class Part:
    """A framework's layer, for once without a framework: `weight` is what it has learned."""

    def __init__(self, size=1):
        self.size = size
        self.weight = 0


class Net(Part):
    def __init__(self, parts):
        super().__init__()
        self.parts = parts


class PartAdapter(adapters.Adapter):
    def tied(self, x):
        return x.parts if isinstance(x, Net) else ()

    def learned(self, x):
        return x.weight

    def built(self, x):
        weight = kept.saved(x)
        if weight is not None:
            x.weight = weight
            kept.tell_kept(x)

    def holds_weights(self, x):
        return not isinstance(x, Net)


adapters.provide(Part, PartAdapter())
P, N = pg.symbolize(Part), pg.symbolize(Net)


@pytest.fixture
def net():
    net = N([P(1), P(2), P(3)])
    for i, part in enumerate(net.parts):
        part.weight = 10 + i
    return net


def test_untouched_parts_keep_theirs(net):
    pg.patch(net, {"parts[1].size": 20}, keep_weights=True)
    assert pg.kept_weights(net) == pg.KeptWeights(("parts[0]", "parts[2]"), ("parts[1]",))
    assert [part.weight for part in net.parts] == [10, 0, 12]


def test_by_default_all_parts_are_fresh(net):
    pg.patch(net, {"parts[1].size": 20})
    assert [part.weight for part in net.parts] == [0, 0, 0]
    assert pg.kept_weights(net).kept == ()


def test_a_part_edited_by_a_later_rule_is_fresh(net):
    pg.patch(net, [{"parts[1].size": 20}, {"parts[0].size": 30}], keep_weights=True)
    assert [part.weight for part in net.parts] == [0, 0, 12]
    pg.patch(net, {"parts[2].size": 4})
    assert pg.kept_weights(net).kept == ()


def test_a_failed_patch_leaves_state_and_report(net):
    pg.patch(net, {"parts[1].size": 20}, keep_weights=True)
    before = pg.kept_weights(net)

    def fail(k, v):
        raise RuntimeError("no")

    for keep in (True, False):
        with pytest.raises(RuntimeError):
            pg.patch(net, [{"parts[0].size": 5}, fail], keep_weights=keep)
        assert [part.weight for part in net.parts] == [10, 0, 12]
        assert pg.kept_weights(net) == before
