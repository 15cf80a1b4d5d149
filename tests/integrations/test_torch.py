"""PyTorch beyond the behaviours of `tests/frameworks`: corners of the adapter."""

from __future__ import annotations

import collections
import copy
import gc
import pickle
import weakref

import pytest

import polygraft as pg

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from polygraft.integrations.torch import steps  # noqa: E402
from polygraft.symbolic.wrapping import is_realized  # noqa: E402

pytestmark = pytest.mark.frameworks

Linear, Sequential, ReLU, Tanh, LazyLinear = map(
    pg.symbolize, (nn.Linear, nn.Sequential, nn.ReLU, nn.Tanh, nn.LazyLinear)
)
X = torch.ones(4, 2)


def net():
    return Sequential(Linear(2, 4), ReLU(), Linear(4, 1))


def step(optimizer, model):
    model(X).sum().backward()
    optimizer.step()


def sgd(*models):
    return torch.optim.SGD([p for m in models for p in m.parameters()], lr=0.1)


# -- containers ------------------------------------------------------------------------------------
def test_placeholders_in_the_ordered_dict_of_a_sequential():
    model = Sequential(
        collections.OrderedDict(a=Linear(2, 4), act=pg.oneof([ReLU(), Tanh()]), b=Linear(4, 1))
    )
    assert not is_realized(model)
    found = [type(m.act) for m in pg.iter(model)]
    assert [issubclass(f, c) for f, c in zip(found, (nn.ReLU, nn.Tanh), strict=True)] == [True] * 2


def test_sequential_of_an_ordered_dict_is_saved_compared_and_reordered():
    model = Sequential(collections.OrderedDict(a=Linear(2, 4), b=Linear(4, 1)))
    other = pg.from_json_str(pg.to_json_str(model))
    assert pg.eq(other, model) and list(other.state_dict()) == list(model.state_dict())
    pg.patch(other, {"args[0].b": Linear(4, 3)})
    assert other(X).shape == (4, 3) and str(pg.diff(model, other)).count("out_features") == 1


def test_subclass_of_sequential_with_its_own_constructor_is_left_alone():
    @pg.symbolize
    class Stack(nn.Sequential):
        def __init__(self, width, depth=2):
            super().__init__(*(nn.Linear(width, width) for _ in range(depth)))

    assert list(pg.clone(Stack(2)).state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]


def test_an_ordered_dict_stays_one_for_classes_that_ask():
    @pg.symbolize
    class Net(nn.Module):
        def __init__(self, layers):
            super().__init__()
            assert type(layers) is collections.OrderedDict
            self.layers = nn.Sequential(layers)

    model = Net(collections.OrderedDict(a=Linear(2, 3)))
    other = pg.realize(pg.clone(model))
    assert list(other.state_dict()) == ["layers.a.weight", "layers.a.bias"]
    assert other.layers.a is not model.layers.a


# -- modules whose class changes -------------------------------------------------------------------
def test_a_lazy_layer_that_has_become_another_is_still_the_program_that_was_written():
    model = Sequential(LazyLinear(3))
    model(X)
    assert type(model[0]) is Linear
    assert repr(model).startswith("Sequential(args=[0: LazyLinear(out_features=3")
    assert pg.to_json(model)["args"][-1]["_type"].endswith("LazyLinear")
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert type(other[0]) is Linear and pg.eq(other, model)
    assert isinstance(pg.clone(model)[0], nn.LazyLinear)


def test_parametrized_modules_print_and_save_as_what_was_called():
    model = Sequential(Linear(2, 3))
    nn.utils.parametrizations.weight_norm(model[0])
    assert type(model[0]).__module__ == "torch.nn.utils.parametrize"
    assert "ParametrizedLinear" not in repr(model)
    assert pg.eq(pg.from_json(pg.to_json(model)), model)
    shared = copy.deepcopy([model[0], model[0]])
    assert shared[0] is shared[1] and pg.args(shared[0]).out_features == 3


def test_files_name_layers_by_their_public_path():
    assert pg.to_json(Linear(1, 2)) == {
        "_type": "torch.nn.Linear",
        "in_features": 1,
        "out_features": 2,
    }
    old = {"_type": "torch.nn.modules.linear.Linear", "in_features": 1, "out_features": 2}
    assert pg.eq(pg.from_json(old), Linear(1, 2))


# -- optimizers and edited models ------------------------------------------------------------------
def test_an_optimizer_of_the_old_parameters_is_refused_and_a_new_one_works():
    model = net()
    old = sgd(model)
    step(old, model)
    pg.patch(model, {"args[0].bias": False})
    model(X).sum().backward()
    with pytest.raises(RuntimeError, match=r"SGD holds 2 parameters \(of shape \(4, 2\), \(4,\)\)"):
        old.step()
    step(sgd(model), model)


def test_an_optimizer_is_refused_after_several_edits_and_when_a_layer_was_exchanged():
    model = net()
    old = sgd(model)
    for _ in range(2):
        pg.patch(model, {"args[0]": Linear(2, 4)})
        model(X).sum().backward()
    with pytest.raises(RuntimeError, match="has taken from 'Sequential'"):
        old.step()


def test_an_optimizer_that_trained_all_of_a_model_is_told_of_new_layers():
    model = net()
    old = sgd(model)
    model.rebind({"args[2]": pg.Insertion(Linear(4, 4))})
    model(X).sum().backward()
    with pytest.raises(RuntimeError, match="lacks 2 parameters"):
        old.step()
    old.add_param_group({"params": list(model[2].parameters())})
    step(old, model)


def test_optimizers_of_untouched_parts_go_on():
    model, other = net(), net()
    head, all_of_other = torch.optim.SGD(model[2].parameters(), lr=0.1), sgd(other)
    pg.patch(model, {"args[1]": Tanh()})
    before = model[2].weight.detach().clone()
    step(head, model)
    step(all_of_other, other)
    assert not torch.equal(model[2].weight, before)


def test_an_edit_without_parameters_leaves_the_optimizer_alone():
    model = net()
    optimizer = sgd(model)
    pg.patch(model, {"args[1]": Tanh()})
    for _ in range(3):
        step(optimizer, model)


def test_a_failed_edit_leaves_optimizers_alone():
    model = net()
    optimizer = sgd(model)

    def fail(k, v):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        pg.patch(model, [{"args[0].out_features": 8}, fail])
    step(optimizer, model)


def test_plain_modules_given_as_arguments_survive_an_edit_and_train_on():
    layer = nn.Linear(2, 4)
    model = Sequential(layer, ReLU())
    optimizer = sgd(model)
    pg.patch(model, {"args[1]": Tanh()})
    before = layer.weight.detach().clone()
    step(optimizer, model)
    assert not torch.equal(layer.weight, before)


def test_layers_built_inside_a_constructor_are_seen():
    @pg.symbolize
    class Net(nn.Module):
        def __init__(self, width, act):
            super().__init__()
            self.layer, self.act = nn.Linear(2, width), act

        def forward(self, x):
            return self.act(self.layer(x))

    model = Net(3, ReLU())
    old = sgd(model)
    pg.patch(model, {"act": Tanh()})
    model(X).sum().backward()
    with pytest.raises(RuntimeError, match="Make a new optimizer"):
        old.step()


def test_old_weights_are_not_kept_alive_and_steps_remember_what_they_have_checked():
    model = net()
    weight = weakref.ref(model[0].weight)
    pg.patch(model, {"args[0].out_features": 4, "args[0].bias": False})
    gc.collect()
    assert weight() is None
    optimizer = sgd(model)
    step(optimizer, model)
    assert steps._checked[optimizer] == steps._edits
    known = len(steps._edited)
    del model, optimizer
    gc.collect()
    assert len(steps._edited) < known


# -- symbolized optimizers -------------------------------------------------------------------------
def test_a_generator_of_parameters_is_recorded_as_what_it_gave():
    model = net()
    SGD = pg.symbolize(torch.optim.SGD)
    optimizer = SGD(model.parameters(), lr=0.1)
    assert list(pg.args(optimizer).params) == list(model.parameters())
    assert len(pg.clone(optimizer).param_groups[0]["params"]) == 4
    groups = SGD(({"params": [p], "lr": 0.5} for p in model.parameters()), lr=0.1)
    again = groups.clone().rebind(momentum=0.9)
    assert [g["lr"] for g in again.param_groups] == [0.5] * 4


def test_functors_of_schedulers_and_loaders():
    Chain = pg.functor(torch.optim.lr_scheduler.SequentialLR)
    Step = pg.functor(torch.optim.lr_scheduler.StepLR)
    optimizer = sgd(net())
    parts = [Step(step_size=1)(optimizer), Step(step_size=2)(optimizer)]
    schedule = Chain(milestones=[2])(optimizer, parts)
    assert schedule._milestones == [2] and type(schedule._milestones) is list
    Loader = pg.functor(torch.utils.data.DataLoader)
    assert [len(b) for b in Loader(batch_size=2)([1, 2, 3])] == [2, 1]


# -- the same code runs ----------------------------------------------------------------------------
def test_a_symbolized_model_runs_the_code_of_the_plain_one():
    plain = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    for model in (net(), pg.clone(net()), pg.patch(pg.clone(net()), {"args[1].inplace": False})):
        assert type(model).forward is nn.Sequential.forward
        assert type(model[0]).__call__ is nn.Module.__call__
        assert type(model[0]).__getattribute__ is object.__getattribute__
        ours, theirs = (torch.jit.trace(m, X).inlined_graph for m in (model, plain))
        assert [n.kind() for n in ours.nodes()] == [n.kind() for n in theirs.nodes()]


def test_a_deferred_dataset_reaches_a_worker_deferred():
    @pg.symbolize
    class Data(torch.utils.data.Dataset):
        def __init__(self, n):
            self.n = n

        def __getitem__(self, i):
            return i * self.n

    data = pg.clone(Data(3))
    loader = torch.utils.data.DataLoader(
        data, batch_sampler=[[0, 1], [2]], num_workers=2, multiprocessing_context="fork"
    )
    assert [b.tolist() for b in loader] == [[0, 3], [6]]
    assert not is_realized(data)


# -- keep_weights ----------------------------------------------------------------------------------
class Backbone(nn.Module):
    """Made partly inside its constructor, partly of an argument."""

    def __init__(self, head, width=4):
        super().__init__()
        self.body, self.norm = nn.Linear(2, width), nn.BatchNorm1d(width)
        self.scale = nn.Parameter(torch.ones(1))
        self.head = head

    def forward(self, x):
        return self.head(self.norm(self.body(x)) * self.scale)


def trained_backbone():
    model = pg.symbolize(Backbone)(Sequential(Linear(4, 4), Linear(4, 1)))
    with torch.no_grad():
        for p in model.parameters():
            p.uniform_()
    model(torch.rand(4, 2))
    return model, {k: v.clone() for k, v in model.state_dict().items()}


def test_by_default_what_a_rebuilt_module_made_itself_is_fresh():
    model, before = trained_backbone()
    pg.patch(model, {"head.args[1].out_features": 3})
    after = model.state_dict()
    kept = {k for k in before if torch.equal(before[k], after[k]) and k.endswith("weight")}
    assert kept == {"head.0.weight"}


def test_keep_weights_carries_over_what_still_fits_and_reports_it():
    model, before = trained_backbone()
    pg.patch(
        model, [{"head.args[1].out_features": 3}, {"head.args[1].bias": False}], keep_weights=True
    )
    after = model.state_dict()
    kept = {
        k for k in after if after[k].shape == before[k].shape and torch.equal(before[k], after[k])
    }
    assert kept == set(before) - {"head.1.weight", "head.1.bias"}
    assert pg.kept_weights(model) == pg.KeptWeights(("", "head.args[0]"), ("head.args[1]",))


def test_keep_weights_of_a_module_whose_own_size_changed():
    model, before = trained_backbone()
    pg.patch(model, {"width": 6, "head.args[0].in_features": 6}, keep_weights=True)
    assert model.body.weight.shape == (6, 2) and torch.equal(model.scale, before["scale"])
    assert torch.equal(model.head[1].weight, before["head.1.weight"])
    assert model(X).shape == (4, 1)


def test_kept_weights_of_a_failed_patch_are_forgotten():
    model, before = trained_backbone()

    def fail(k, v):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        pg.patch(model, [{"head.args[1].out_features": 3}, fail], keep_weights=True)
    assert torch.equal(model.state_dict()["body.weight"], before["body.weight"])
    assert pg.kept_weights(model).kept == ()
    pg.patch(model, {"head.args[1].out_features": 3})
    assert not torch.equal(model.body.weight, before["body.weight"])


def test_clone_and_rule_on_a_large_module_with_layers_inside_allocate_nothing():
    class Large(nn.Module):
        def __init__(self, width: int = 20_000):
            super().__init__()
            self.a = nn.Linear(width, width)

    with torch.device("meta"):
        net = pg.symbolize(Large, inner=nn)()
    other = pg.patch(
        pg.clone(net), lambda k, v: v * 2 if k and k.key == "out_features" else v, inner=True
    )
    assert repr(other) == "Large(width=20000, @a={out_features=40000})"
    assert pg.query(other, ".*out_features", inner=True) == {"@a.out_features": 40_000}
