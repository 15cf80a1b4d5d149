"""scikit-learn: estimators, and the objects made of estimators, as programs."""

from __future__ import annotations

import os
import pickle
import tempfile
from typing import Any

from tests.frameworks.behaviours.registry import behaviour

F = "scikit-learn"


def data() -> tuple[Any, Any]:
    import numpy as np

    x = np.random.RandomState(0).randn(40, 3)
    return x, (x[:, 0] + 0.5 * x[:, 1] > 0).astype(int)


def kit(pg: Any) -> tuple[Any, Any, Any]:
    """The symbolic `Pipeline`, `StandardScaler`, `LogisticRegression`."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    return pg.symbolize(Pipeline), pg.symbolize(StandardScaler), pg.symbolize(LogisticRegression)


def pipeline(pg: Any, c: float = 2.0) -> Any:
    pipe, scaler, logistic = kit(pg)
    return pipe([("scale", scaler()), ("model", logistic(C=c))])


def plain_pipeline(c: float = 2.0) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    return Pipeline([("scale", StandardScaler()), ("model", LogisticRegression(C=c))])


def is_fitted(estimator: Any) -> bool:
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(estimator)
    except NotFittedError:
        return False
    return True


# -- fitting ---------------------------------------------------------------------------------------
@behaviour(F, "a pipeline fits and predicts as the plain one does")
def fits(pg: Any) -> None:
    x, y = data()
    a, b = pipeline(pg).fit(x, y), plain_pipeline().fit(x, y)
    assert (a.predict_proba(x) == b.predict_proba(x)).all()
    assert a.get_params().keys() == b.get_params().keys()


@behaviour(F, "a clone has the same arguments and is not fitted")
def clones(pg: Any) -> None:
    x, y = data()
    pipe = pipeline(pg).fit(x, y)
    c = pipe.clone()
    assert pg.eq(c, pipe)
    assert not is_fitted(c[-1]) and is_fitted(pipe[-1])
    assert (c.fit(x, y).predict_proba(x) == pipe.predict_proba(x)).all()


@behaviour(F, "patched after fitting, is not fitted; fits again with the new arguments")
def patched(pg: Any) -> None:
    x, y = data()
    pipe = pipeline(pg).fit(x, y)
    pg.patch(pipe, {"steps[1][1].C": 0.01, "steps[0][1].with_mean": False})
    assert not is_fitted(pipe[-1]) and not is_fitted(pipe[0])
    pipe.fit(x, y)
    assert pipe["model"].C == 0.01 and pipe["scale"].mean_ is not None
    expected = plain_pipeline(0.01).set_params(scale__with_mean=False).fit(x, y)
    assert (pipe.predict_proba(x) == expected.predict_proba(x)).all()


@behaviour(F, "an edit keeps the fit of the untouched steps")
def siblings(pg: Any) -> None:
    x, y = data()
    pipe = pipeline(pg).fit(x, y)
    mean = pipe[0].mean_
    pipe.rebind({"steps[1][1].C": 5.0})
    assert pipe[0].mean_ is mean and not is_fitted(pipe[1])


@behaviour(F, "a rule and a query reach into the tuples of steps")
def rules(pg: Any) -> None:
    pipe, _, logistic = kit(pg)
    x, y = data()
    p = pipeline(pg)
    assert pg.query(p, where=lambda v: isinstance(v, logistic)).keys() == {"steps[1][1]"}
    assert pg.query(p, ".*C") == {"steps[1][1].C": 2.0}
    c = pg.patch(p.clone(), lambda k, v, parent: v * 3 if k and k.key == "C" else v)
    assert c.fit(x, y)["model"].C == 6.0 and p["model"].C == 2.0
    assert isinstance(c, pipe)


@behaviour(F, "a step is replaced by another estimator")
def replaces(pg: Any) -> None:
    from sklearn.tree import DecisionTreeClassifier

    x, y = data()
    tree = pg.symbolize(DecisionTreeClassifier)
    p = pipeline(pg).fit(x, y)
    p.rebind({"steps[1][1]": tree(max_depth=2, random_state=0)})
    assert type(p["model"]).__name__ == "DecisionTreeClassifier"
    assert p.fit(x, y)["model"].get_depth() == 2


@behaviour(F, "a search space in a step: sampled programs fit with their own values")
def searches(pg: Any) -> None:
    x, y = data()
    p = pipeline(pg)
    pg.patch(
        p, {"steps[1][1].C": pg.oneof([0.01, 1.0]), "steps[0][1].with_std": pg.oneof([True, False])}
    )
    seen: list[Any] = []
    for candidate, feedback in pg.sample(p, pg.geno.Sweeping()):
        feedback(candidate.fit(x, y).score(x, y))
        seen.append((candidate["model"].C, candidate["scale"].with_std))
    assert sorted(seen) == [(0.01, False), (0.01, True), (1.0, False), (1.0, True)]


@behaviour(F, "a range of numbers in a step is searched")
def searches_floats(pg: Any) -> None:
    x, y = data()
    p = pg.patch(pipeline(pg), {"steps[1][1].C": pg.floatv(0.1, 0.2)})
    for candidate, feedback in pg.sample(p, pg.geno.Random(seed=1), 3):
        feedback(candidate.fit(x, y).score(x, y))
        assert 0.1 <= candidate["model"].C <= 0.2


# -- set_params ------------------------------------------------------------------------------------
@behaviour(F, "set_params is mirrored into the symbols: printed, queried, cloned, diffed, saved")
def set_params_mirrored(pg: Any) -> None:
    p = pipeline(pg)
    p.set_params(model__C=7.0, scale__with_mean=False)
    assert pg.query(p, ".*C") == {"steps[1][1].C": 7.0}
    assert "C=7.0" in repr(p).replace(" ", "") and p.clone()["model"].C == 7.0
    assert pg.eq(p, p.clone()) and not pg.eq(p, pipeline(pg))
    path = os.path.join(tempfile.mkdtemp(), "pipe.json")
    pg.save(p, path)
    assert pg.load(path).get_params()["scale__with_mean"] is False


@behaviour(F, "set_params keeps the fit, as in scikit-learn")
def set_params_keeps_fit(pg: Any) -> None:
    x, y = data()
    p = pipeline(pg).fit(x, y)
    coefficients = p["model"].coef_
    assert p.set_params(model__C=7.0) is p
    assert p["model"].coef_ is coefficients and p["model"].C == 7.0
    assert pg.query(p, ".*C") == {"steps[1][1].C": 7.0}


@behaviour(F, "set_params with another estimator replaces the step, also in the symbols")
def set_params_step(pg: Any) -> None:
    from sklearn.svm import SVC

    svc = pg.symbolize(SVC)
    p = pipeline(pg)
    p.set_params(model=svc(C=3.0), model__kernel="linear")
    assert pg.query(p, where=lambda v: isinstance(v, svc)).keys() == {"steps[1][1]"}
    c = p.clone()
    assert type(c["model"]).__name__ == "SVC" and c["model"].kernel == "linear"
    p.set_params(steps=[("only", svc(C=4.0))])
    assert pg.query(p, ".*C") == {"steps[0][1].C": 4.0}


@behaviour(F, "set_params sets all parameters or none")
def set_params_atomic(pg: Any) -> None:
    p = pipeline(pg)
    try:
        p.set_params(model__C=7.0, model__nonsense=1)
        raise AssertionError("accepted")
    except ValueError as e:
        assert "nonsense" in str(e)
    assert p["model"].C == 2.0 and pg.query(p, ".*C") == {"steps[1][1].C": 2.0}


@behaviour(F, "an assigned parameter (est.C = 3) is an argument, as it is for get_params")
def assignment(pg: Any) -> None:
    model = kit(pg)[2](C=2.0)
    model.C = 3.0
    assert model.get_params()["C"] == 3.0 and model.clone().C == 3.0


@behaviour(F, "set_params after an edit, and an edit after set_params, add up")
def set_params_and_edits(pg: Any) -> None:
    p = pipeline(pg)
    p.rebind({"steps[1][1].C": 5.0})
    p.set_params(model__max_iter=50)
    p.rebind({"steps[0][1].with_std": False})
    params = p.get_params()
    assert (params["model__C"], params["model__max_iter"], params["scale__with_std"]) == (
        5.0,
        50,
        False,
    )


# -- scikit-learn's own operations -----------------------------------------------------------------
@behaviour(F, "sklearn.clone gives a symbolic program equal to the original")
def sklearn_clone(pg: Any) -> None:
    from sklearn.base import clone

    x, y = data()
    pipe = pipeline(pg).fit(x, y)
    for original in (pipe, pipe.clone()):
        c = clone(original)
        assert pg.eq(c, pipe) and not is_fitted(c[-1])
        assert pg.patch(c, {"steps[1][1].C": 9.0}).get_params()["model__C"] == 9.0


def grid(pg: Any, pipe: Any) -> None:
    from sklearn.model_selection import GridSearchCV

    x, y = data()
    values = {"model__C": [0.001, 1.0], "scale__with_mean": [True, False]}
    ours = pg.symbolize(GridSearchCV)(pipe, values, cv=2, n_jobs=2).fit(x, y)
    plain = GridSearchCV(plain_pipeline(), values, cv=2).fit(x, y)
    assert ours.best_params_ == plain.best_params_ and ours.best_score_ == plain.best_score_
    best = ours.best_estimator_
    assert (best.predict_proba(x) == plain.best_estimator_.predict_proba(x)).all()
    assert pg.query(best, ".*C") == {"steps[1][1].C": ours.best_params_["model__C"]}


@behaviour(F, "GridSearchCV with two worker processes finds what the plain one finds", slow=True)
def grid_search(pg: Any) -> None:
    grid(pg, pipeline(pg))


@behaviour(
    F, "GridSearchCV with two worker processes takes a clone that was never built", slow=True
)
def grid_search_deferred(pg: Any) -> None:
    grid(pg, pipeline(pg).clone())


@behaviour(F, "a fitted estimator comes back fitted from a worker process", slow=True)
def worker_process(pg: Any) -> None:
    from joblib import Parallel, delayed

    x, y = data()
    pipe = pipeline(pg).fit(x, y)
    (fitted,) = Parallel(n_jobs=2)([delayed(type(pipe).fit)(pipeline(pg, 0.5), x, y)])
    assert fitted["model"].coef_.shape == (1, 3)
    assert pg.query(fitted, ".*C") == {"steps[1][1].C": 0.5}
    (predicted,) = Parallel(n_jobs=2)([delayed(type(pipe).predict)(pipe, x)])
    assert (predicted == pipe.predict(x)).all()


@behaviour(F, "pickle and joblib keep the fit and the arguments")
def pickles(pg: Any) -> None:
    import joblib

    x, y = data()
    pipe = pipeline(pg).fit(x, y)
    path = os.path.join(tempfile.mkdtemp(), "pipe.joblib")
    joblib.dump(pipe, path)
    for other in (pickle.loads(pickle.dumps(pipe)), joblib.load(path)):
        assert (other.predict_proba(x) == pipe.predict_proba(x)).all() and pg.eq(other, pipe)
        assert other.rebind({"steps[1][1].C": 8.0}).fit(x, y)["model"].C == 8.0


@behaviour(F, "cross_val_score equals that of the plain pipeline")
def cross_validates(pg: Any) -> None:
    from sklearn.model_selection import cross_val_score

    x, y = data()
    expected = cross_val_score(plain_pipeline(), x, y, cv=3).tolist()
    assert cross_val_score(pipeline(pg), x, y, cv=3).tolist() == expected
    assert cross_val_score(pipeline(pg).clone(), x, y, cv=3).tolist() == expected


@behaviour(F, "make_pipeline takes symbolic estimators, and is a functor when symbolized")
def makes_pipeline(pg: Any) -> None:
    from sklearn.pipeline import make_pipeline

    x, y = data()
    _, scaler, logistic = kit(pg)
    assert make_pipeline(scaler(), logistic(C=2.0)).fit(x, y).score(x, y) > 0.8
    make = pg.symbolize(make_pipeline)
    recipe = make(scaler(), logistic(C=2.0))
    c = pg.patch(recipe.clone(), {"steps[1].C": 0.5})
    assert c().fit(x, y)[-1].C == 0.5 and recipe().fit(x, y)[-1].C == 2.0


@behaviour(F, "a ColumnTransformer inside a pipeline: patched, fitted, its columns edited")
def column_transformer(pg: Any) -> None:
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import MinMaxScaler

    pipe, scaler, logistic = kit(pg)
    columns, minmax = pg.symbolize(ColumnTransformer), pg.symbolize(MinMaxScaler)
    x, y = data()
    p = pipe(
        [
            ("columns", columns([("a", scaler(), [0, 1]), ("b", "passthrough", [2])])),
            ("model", logistic()),
        ]
    )
    p.fit(x, y)
    c = p.clone()
    c.rebind({"steps[0][1].transformers[0][1]": minmax(), "steps[0][1].transformers[0][2]": [0]})
    assert c.fit(x, y)["columns"].transform(x).shape == (40, 2)
    assert p["columns"].transform(x).shape == (40, 3)
    c.set_params(columns__a__clip=True)
    assert c.clone().get_params()["columns__a__clip"] is True


@behaviour(F, "a FeatureUnion: a transformer is replaced by set_params and by rebind")
def feature_union(pg: Any) -> None:
    from sklearn.pipeline import FeatureUnion
    from sklearn.preprocessing import MinMaxScaler

    x, _ = data()
    _, scaler, _ = kit(pg)
    union, minmax = pg.symbolize(FeatureUnion), pg.symbolize(MinMaxScaler)
    u = union([("a", scaler()), ("b", minmax())])
    assert u.fit_transform(x).shape == (40, 6)
    assert u.set_params(b="drop").clone().fit_transform(x).shape == (40, 3)
    u.rebind({"transformer_list[1][1]": scaler(with_std=False)})
    assert u.fit_transform(x).shape == (40, 6)


@behaviour(F, "a VotingClassifier and a BaggingClassifier are patched through to their estimators")
def ensembles(pg: Any) -> None:
    from sklearn.ensemble import BaggingClassifier, VotingClassifier

    x, y = data()
    logistic = kit(pg)[2]
    voting, bagging = pg.symbolize(VotingClassifier), pg.symbolize(BaggingClassifier)
    v = voting([("a", logistic(C=1.0)), ("b", logistic(C=2.0))]).fit(x, y)
    v.rebind({"estimators[0][1].C": 0.5})
    assert [e.C for e in v.fit(x, y).estimators_] == [0.5, 2.0]
    b = bagging(estimator=logistic(C=3.0), n_estimators=2, random_state=0).fit(x, y)
    b.rebind({"estimator.C": 4.0, "n_estimators": 3})
    assert [e.C for e in b.fit(x, y).estimators_] == [4.0, 4.0, 4.0]


@behaviour(F, "set_output and metadata requests outlive edits and clones")
def configuration(pg: Any) -> None:
    import sklearn

    scaler = kit(pg)[1]
    s = scaler().set_output(transform="pandas")
    with sklearn.config_context(enable_metadata_routing=True):
        s.set_fit_request(sample_weight=True)
        s.rebind({"with_mean": False})
        for e in (s, s.clone()):
            e.get_params()  # builds it
            assert vars(e)["_sklearn_output_config"] == {"transform": "pandas"}
            assert e.get_metadata_routing().fit.requests == {"sample_weight": True}


@behaviour(F, "the HTML picture shows the current parameters")
def html(pg: Any) -> None:
    p = pipeline(pg, 123.5)
    assert "123.5" in p._repr_html_()
    p.rebind({"steps[1][1].C": 321.25})
    assert "321.25" in p._repr_html_() and "123.5" not in p._repr_html_()


@behaviour(F, "a saved pipeline loads as an equal program, not fitted")
def saves(pg: Any) -> None:
    x, y = data()
    p = pipeline(pg).fit(x, y)
    path = os.path.join(tempfile.mkdtemp(), "pipe.json")
    pg.save(p, path)
    loaded = pg.load(path)
    assert pg.eq(loaded, p) and not is_fitted(loaded[-1])
    assert (loaded.fit(x, y).predict_proba(x) == p.predict_proba(x)).all()


@behaviour(
    F, "an estimator of one's own passes check_estimator as far as the plain class does", slow=True
)
def own_estimator(pg: Any) -> None:
    from sklearn.utils.estimator_checks import check_estimator

    def report(cls: Any) -> list[tuple[str, str]]:
        return [(r["check_name"], r["status"]) for r in check_estimator(cls(), on_fail=None)]

    cls = centroid_class()
    plain = report(cls)
    assert report(pg.symbolize(cls)) == plain and ("check_estimators_pickle", "passed") in plain


def centroid_class() -> Any:
    """A new class at each call: wrapping it leaves nothing behind."""
    import numpy as np
    from sklearn.base import BaseEstimator, ClassifierMixin
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data

    class Centroids(ClassifierMixin, BaseEstimator):
        def __init__(self, shrink=0.0):
            self.shrink = shrink

        def fit(self, X, y):
            X, y = validate_data(self, X, y)
            check_classification_targets(y)
            self.classes_ = np.unique(y)
            self.centers_ = np.stack([X[y == c].mean(0) for c in self.classes_]) * (1 - self.shrink)
            return self

        def predict(self, X):
            check_is_fitted(self)
            X = validate_data(self, X, reset=False)
            distances = ((X[:, None] - self.centers_) ** 2).sum(-1)
            return self.classes_[distances.argmin(1)]

    Centroids.__module__, Centroids.__qualname__ = __name__, "Centroids"
    globals()["Centroids"] = Centroids  # pickle looks for it here
    return Centroids
