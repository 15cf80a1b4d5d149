"""scikit-learn estimators: parameters by introspection, steps in tuples."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

sklearn = pytest.importorskip("sklearn")
import numpy as np  # noqa: E402
from sklearn.base import BaseEstimator  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import Pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from polygraft.errors import AbstractValueError  # noqa: E402
from polygraft.symbolic import PureSymbolic, clone, eq, query, rebind, registry  # noqa: E402
from polygraft.symbolic.wrapping import args, is_realized, symbolize  # noqa: E402

pytestmark = pytest.mark.frameworks

Pipe, Logistic, Scaler = map(symbolize, (Pipeline, LogisticRegression, StandardScaler))

X = np.array([[0.0, 1], [1, 0], [2, 1], [3, 0]])
Y = np.array([0, 0, 1, 1])


class Choice(PureSymbolic):
    pass


def make() -> Any:
    return Pipe([("scale", Scaler()), ("model", Logistic(C=2.0))], verbose=False)


def test_query_and_rule_reach_into_tuples():
    pipe = make()
    assert query(pipe, ".*C") == {"steps[1][1].C": 2.0}
    c = rebind(clone(pipe), lambda k, v: v * 2 if k and k.key == "C" else v)
    assert not is_realized(c)
    assert c.fit(X, Y).predict(X).tolist() == [0, 0, 1, 1]
    assert c.named_steps["model"].C == 4.0 and pipe.named_steps["model"].C == 2.0
    rebind(c, {"steps[1][1].C": 1.0})
    assert c.get_params()["model__C"] == 1.0 and not hasattr(c.named_steps["model"], "coef_")


def test_space_reaches_into_tuples():
    pipe = make()
    rebind(pipe, {"steps[1][1].C": Choice()})
    with pytest.raises(AbstractValueError, match=r"steps\[1\]\[1\].C"):
        pipe.fit(X, Y)
    rebind(pipe, {"steps[1][1].C": 3.0})
    assert pipe.fit(X, Y).named_steps["model"].C == 3.0


def test_framework_sees_plain_estimators():
    pipe, plain = (
        make(),
        Pipeline([("scale", StandardScaler()), ("model", LogisticRegression(C=2.0))]),
    )
    assert type(pipe.steps) is list and type(pipe.steps[0]) is tuple
    assert pipe.get_params().keys() == plain.get_params().keys()
    assert vars(pipe).keys() == vars(plain).keys() and set(dir(pipe)) == set(dir(plain))
    assert sklearn.base.is_classifier(clone(pipe))
    same = sklearn.base.clone(pipe)
    assert type(same) is Pipe and eq(same, pipe)
    assert type(sklearn.base.clone(clone(pipe).fit(X, Y))) is Pipe
    assert (
        issubclass(Pipe, BaseEstimator) and pipe.set_params(model__C=7).named_steps["model"].C == 7
    )


def test_fitted_state_travels():
    pipe = make().fit(X, Y)
    for other in (pickle.loads(pickle.dumps(pipe)), copy.deepcopy(pipe)):
        assert other.predict(X).tolist() == pipe.predict(X).tolist() and eq(other, pipe)
        assert args(other).steps[1][1] is other.steps[1][1]
    assert not hasattr(clone(pipe)[-1], "coef_")


def test_names_in_files_are_public():
    assert registry.name_of(Logistic) == "sklearn.linear_model.LogisticRegression"
    assert registry.class_of("sklearn.linear_model._logistic.LogisticRegression") is Logistic


def test_grid_search_over_a_wrapped_pipeline():
    from sklearn.model_selection import GridSearchCV

    search = GridSearchCV(make(), {"model__C": [0.1, 1.0]}, cv=2)
    assert search.fit(X, Y).best_estimator_.predict(X).shape == (4,)
