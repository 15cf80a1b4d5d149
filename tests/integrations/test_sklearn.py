"""scikit-learn: corners of what `set_params` and assignments do to the symbols."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

sklearn = pytest.importorskip("sklearn")
import numpy as np  # noqa: E402
from sklearn.base import BaseEstimator, TransformerMixin, clone  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import FeatureUnion, Pipeline  # noqa: E402
from sklearn.preprocessing import MinMaxScaler, StandardScaler  # noqa: E402

import polygraft as pg  # noqa: E402
from polygraft.symbolic.edits import transaction  # noqa: E402

pytestmark = pytest.mark.frameworks

Pipe, Union, Logistic, Scaler, MinMax = map(
    pg.symbolize, (Pipeline, FeatureUnion, LogisticRegression, StandardScaler, MinMaxScaler)
)
X = np.random.RandomState(0).randn(30, 3)
Y = (X[:, 0] > 0).astype(int)


def pipeline() -> Any:
    return Pipe([("scale", Scaler()), ("model", Logistic(C=2.0))])


def c_of(pipe: Any) -> Any:
    return pg.query(pipe, r".*\.C")


def test_the_same_values_set_again_give_no_argument_that_was_not_given():
    model = Logistic(C=2.0)
    model.set_params(**model.get_params())
    assert pg.to_json(model) == {"_type": "sklearn.linear_model.LogisticRegression", "C": 2.0}


def test_an_equal_but_other_estimator_takes_the_place():
    pipe = pipeline()
    other = Logistic(C=2.0)
    pipe.set_params(model=other)
    assert pg.args(pipe).steps[1][1] is other and other.sym_path == "steps[1][1]"
    other.C = 4.0
    assert c_of(pipe) == {"steps[1][1].C": 4.0}


def test_a_failed_set_params_leaves_objects_and_symbols():
    pipe = pipeline().fit(X, Y)
    scaler, coefficients = pipe["scale"], pipe["model"].coef_
    with pytest.raises(ValueError, match="nonsense"):
        pipe.set_params(scale=MinMax(), model__C=5.0, nonsense=1)
    assert pipe["scale"] is scaler and pg.args(pipe).steps[0][1] is scaler
    assert pipe["model"].coef_ is coefficients and pipe["model"].C == 2.0
    assert c_of(pipe) == {"steps[1][1].C": 2.0}


def test_a_constraint_refuses_and_nothing_is_set():
    class Shrinker(TransformerMixin, BaseEstimator):
        def __init__(self, factor=0.5):
            self.factor = factor

    shrinker = pg.symbolize(Shrinker, [("factor", pg.typing.Float(max_value=1.0))])(0.25)
    for change in (
        lambda: shrinker.set_params(factor=2.0),
        lambda: setattr(shrinker, "factor", 2.0),
    ):
        with pytest.raises(ValueError, match=r"out of range.*factor"):
            change()
        assert shrinker.factor == 0.25 and pg.args(shrinker).factor == 0.25


def test_placeholders_are_refused_with_the_call_that_works():
    pipe = pipeline()
    with pytest.raises(ValueError, match=r"pg.patch\(x, \{'steps\[1\]\[1\].C'"):
        pipe.set_params(model__C=pg.floatv(0.1, 1.0))
    assert pipe["model"].C == 2.0 and c_of(pipe) == {"steps[1][1].C": 2.0}


def test_a_sealed_estimator_keeps_its_parameters():
    model = Logistic(C=2.0).seal()
    with pytest.raises(pg.WritePermissionError, match="C"):
        model.set_params(C=3.0)
    assert model.C == 2.0
    assert model.fit(X, Y).coef_.shape == (1, 3)


def test_attributes_that_are_no_parameters_are_not_recorded():
    model = Logistic(C=2.0)
    model.note = "mine"
    assert set(pg.to_json(model)) == {"_type", "C"} and model.note == "mine"


def test_symbolic_lists_become_plain_ones():
    pipe = pipeline()
    pipe.set_params(steps=pg.List([("model", Logistic(C=3.0).clone())]))
    assert type(pipe.steps) is list and c_of(pipe) == {"steps[0][1].C": 3.0}
    assert pipe.fit(X, Y)["model"].C == 3.0


def test_steps_changed_in_place_are_recorded_when_the_pipeline_is_fitted():
    pipe = pipeline()
    pipe.steps[0] = ("scale", MinMax())
    assert type(pg.args(pipe).steps[0][1]) is Scaler
    pipe.fit(X, Y)
    assert type(pg.args(pipe).steps[0][1]) is MinMax and type(pg.clone(pipe)["scale"]) is MinMax


def test_set_params_reaches_the_copies_that_a_parallel_fit_has_put_in():
    union = Union([("a", Scaler()), ("b", MinMax())], n_jobs=2).fit(X)
    union.set_params(a__with_mean=False)
    assert pg.query(union, ".*with_mean") == {"transformer_list[0][1].with_mean": False}
    assert pg.args(union).transformer_list[0][1] is union.transformer_list[0][1]


def test_a_cached_fit_leaves_symbols_that_follow(tmp_path):
    pipe = Pipe([("scale", Scaler()), ("model", Logistic())], memory=str(tmp_path)).fit(X, Y)
    pipe.set_params(scale__with_mean=False, model__C=3.0)
    assert pg.query(pipe, ".*with_mean") == {"steps[0][1].with_mean": False}
    assert not pg.clone(pipe)["scale"].with_mean and c_of(pipe) == {"steps[1][1].C": 3.0}


def test_nodes_around_are_told_and_wrapped_ones_keep_their_state():
    class Experiment(pg.Object):
        estimator: Any

        def _on_bound(self):
            super()._on_bound()
            self.__dict__["seen"] = c_of(self.estimator)

    experiment = Experiment(pipeline().fit(X, Y))
    coefficients = experiment.estimator["model"].coef_
    experiment.estimator.set_params(model__C=6.0)
    assert experiment.seen == {"steps[1][1].C": 6.0}
    assert experiment.estimator["model"].coef_ is coefficients


def test_the_mirror_is_part_of_an_open_transaction():
    pipe = pipeline().fit(X, Y)
    coefficients = pipe["model"].coef_

    with pytest.raises(RuntimeError, match="too late"), transaction():
        pipe.set_params(model__C=9.0)
        raise RuntimeError("too late")
    assert pipe["model"].C == 2.0 and c_of(pipe) == {"steps[1][1].C": 2.0}
    assert pipe["model"].coef_ is coefficients


def test_plain_estimators_inside_stay_leaves_and_follow():
    pipe = Pipe([("scale", Scaler()), ("model", LogisticRegression(C=2.0))])
    pipe.set_params(model__C=5.0, scale__with_std=False)
    assert pg.args(pipe).steps[1][1] is pipe["model"] and pipe["model"].C == 5.0
    assert pg.query(pipe, ".*with_std") == {"steps[0][1].with_std": False}


def test_subclasses_and_own_setattr():
    class Own(BaseEstimator):
        def __init__(self, a=1, b=2):
            self.a, self.b = a, b

        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            self.__dict__.setdefault("log", []).append(name)

    class Sub(pg.symbolize(Own)):
        def __init__(self, a=1, b=2, c=3):
            super().__init__(a, b)
            self.c = c

    for x, names in ((pg.symbolize(Own)(5), ["a", "b", "b"]), (Sub(5), ["a", "b", "c", "b"])):
        x.set_params(b=7)
        assert x.log == names and pg.args(x).b == 7 and pg.clone(x).get_params()["b"] == 7


def test_configuration_travels_with_objects_and_stays_out_of_files():
    scaler = Scaler().set_output(transform="pandas")
    config = {"transform": "pandas"}
    assert vars(pg.realize(pg.clone(pg.clone(scaler))))["_sklearn_output_config"] == config
    for other in (copy.deepcopy(scaler), pickle.loads(pickle.dumps(scaler)), clone(scaler)):
        assert vars(other)["_sklearn_output_config"] == config
    loaded = pg.realize(pg.from_json_str(pg.to_json_str(scaler)))
    assert "_sklearn_output_config" not in vars(loaded)


def test_a_clone_does_not_share_its_configuration():
    scaler = Scaler().set_output(transform="pandas")
    other = pg.realize(pg.clone(scaler))
    other.set_output(transform="default")
    assert vars(scaler)["_sklearn_output_config"] == {"transform": "pandas"}
