"""Every public class of the frameworks: symbolized; where a few guessed arguments suffice, constructed and cloned."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import polygraft as pg
from polygraft.symbolic.wrapping import is_realized

pytestmark = pytest.mark.frameworks

#: Arguments that most classes accept, by name of the parameter.
GUESSES: dict[str, Any] = {
    "units": 3, "filters": 2, "kernel_size": 2, "rate": 0.5, "pool_size": 2, "n": 2, "size": 2,
    "in_features": 2, "out_features": 3, "in_channels": 2, "out_channels": 2, "num_features": 2,
    "features": 3, "in_size": 2, "output_size": 2, "input_size": 2, "hidden_size": 3, "d_model": 4, "nhead": 2,
    "embed_dim": 4, "num_heads": 2, "num_embeddings": 5, "embedding_dim": 2, "input_dim": 5, "output_dim": 2,
    "num_groups": 1, "num_channels": 2, "normalized_shape": 2, "padding": 1, "stddev": 0.1, "dim": 0,
    "key_dim": 2, "value": 1.0, "factor": 0.5, "height": 4, "width": 4, "num_bins": 2, "upscale_factor": 2,
    "downscale_factor": 2, "target_shape": (2, 2), "dims": (1,), "lower": 0.1, "axes": 1, "num_classes": 3,
    "in1_features": 2, "in2_features": 2, "unflattened_size": (1, 2), "lambd": 0.1, "threshold": 0.1,
    "num_tokens": 4, "max_length": 4, "mask_value": 0.0, "l1": 0.1, "strides": 2, "window_shape": (2,),
    "in_axis": 0, "cutoffs": [2], "n_classes": 5, "head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 2,
    "hidden_dim": 2, "capacity": 2, "max_tokens": 4, "rank": 1, "in_dim": 2, "group_size": 1, "num_groups_": 1,
}  # fmt: skip


def public(module: Any, base: type) -> list[type]:
    found = {v: None for v in vars(module).values() if isinstance(v, type) and issubclass(v, base)}
    return [c for c in found if c is not base]


def guess(cls: type, more: dict[str, Any]) -> dict[str, Any] | None:
    """Arguments for the required parameters; None if one of them is not known."""
    own_init = cls.__init__ is not object.__init__  # its metaclass may hide what it takes
    signature = inspect.signature(functools.partial(cls.__init__, None) if own_init else cls)
    parameters = signature.parameters.values()
    known = GUESSES | more
    given: dict[str, Any] = {}
    for p in parameters:
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) or p.default is not p.empty:
            continue
        if p.name not in known:
            return None
        value = known[p.name]
        given[p.name] = value() if callable(value) else value
    return given


def check(classes: Iterable[type], least: int, **more: Callable[[], Any]) -> None:
    """Symbolizes all; at least `least` of them are then constructed, cloned and built, as the plain class can be."""
    made, wrong = 0, []
    for cls in classes:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wrapper = pg.symbolize(cls)
            given = guess(cls, more)
            if given is None:
                continue
            try:
                plain: Any = cls(**given)
            except Exception:
                continue  # wants other values, or a package that is not here
            try:
                x = wrapper(**given)
                y = pg.clone(x)
                assert type(x) is wrapper
                assert not is_realized(y)
                assert pg.eq(x, y)
                pg.realize(y)
                assert type(y) is wrapper
                assert isinstance(y, cls)
                if hasattr(plain, "__dict__"):
                    assert vars(x).keys() == vars(y).keys() == vars(plain).keys()
                made += 1
            except Exception as e:
                wrong.append(f"{cls.__name__}: {type(e).__name__}: {e}")
    assert not wrong, "\n".join(wrong)
    assert made >= least, made


def test_torch_modules() -> None:
    torch = pytest.importorskip("torch")
    check(
        public(torch.nn, torch.nn.Module),
        148,
        encoder_layer=lambda: torch.nn.TransformerEncoderLayer(4, 2, 4),
        decoder_layer=lambda: torch.nn.TransformerDecoderLayer(4, 2, 4),
        num_layers=lambda: 1,
        module=lambda: torch.nn.Linear(2, 2),
        output_ratio=lambda: 0.5,
    )


def test_torch_optimizers_and_schedulers() -> None:
    torch = pytest.importorskip("torch")
    parameters: Callable[[], Any] = lambda: [torch.nn.Parameter(torch.zeros(2, 2))]  # noqa: E731
    for cls in public(torch.optim, torch.optim.Optimizer):
        assert isinstance(pg.symbolize(cls)(parameters()), cls)
    schedulers = torch.optim.lr_scheduler
    for cls in public(schedulers, schedulers.LRScheduler):
        assert issubclass(pg.symbolize(cls), cls)


def test_keras_layers() -> None:
    keras = pytest.importorskip("keras")
    check(
        public(keras.layers, keras.layers.Layer),
        120,
        layer=lambda: keras.layers.Dense(2),
        cell=lambda: keras.layers.LSTMCell(2),
        function=lambda: abs,
        equation=lambda: "ab,bc->ac",
        output_shape=lambda: (2,),
    )


@pytest.mark.parametrize(
    ("name", "base", "least"),
    [
        ("optimizers", "Optimizer", 9),
        ("losses", "Loss", 18),
        ("metrics", "Metric", 30),
        ("initializers", "Initializer", 14),
        ("regularizers", "Regularizer", 3),
        ("constraints", "Constraint", 3),
        ("callbacks", "Callback", 8),
    ],
)
def test_other_classes_of_keras(name: str, base: str, least: int) -> None:
    keras = pytest.importorskip("keras")
    module = getattr(keras, name)
    check(public(module, getattr(module, base)), least, filepath=lambda: "x.keras")


def test_sklearn_estimators() -> None:
    pytest.importorskip("sklearn")
    from sklearn.linear_model import Ridge
    from sklearn.utils import all_estimators

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classes = [cls for _, cls in all_estimators()]
    check(
        classes,
        200,
        estimator=Ridge,
        estimators=lambda: [("a", Ridge())],
        base_estimator=Ridge,
        steps=lambda: [("a", Ridge())],
        transformers=lambda: [],
        transformer_list=lambda: [],
        param_grid=lambda: {"alpha": [1]},
        param_distributions=lambda: {"alpha": [1]},
        dictionary=lambda: [[1.0]],
    )


def test_linen_modules() -> None:
    linen = pytest.importorskip("flax.linen")
    check(
        public(linen, linen.Module),
        30,
        layers=lambda: [linen.Dense(2)],
        cell=lambda: linen.LSTMCell(2),
        forward_rnn=lambda: linen.RNN(linen.LSTMCell(2)),
        backward_rnn=lambda: linen.RNN(linen.LSTMCell(2)),
        shape=lambda: (2,),
        layer_instance=lambda: linen.Dense(2),
    )


def test_nnx_modules() -> None:
    nnx = pytest.importorskip("flax.nnx")
    check(
        public(nnx, nnx.Module),
        22,
        rngs=lambda: nnx.Rngs(0),
        cell=lambda: nnx.LSTMCell(2, 2, rngs=nnx.Rngs(0)),
        forward_rnn=lambda: nnx.RNN(nnx.LSTMCell(2, 2, rngs=nnx.Rngs(0))),
        backward_rnn=lambda: nnx.RNN(nnx.LSTMCell(2, 2, rngs=nnx.Rngs(0))),
        layer_instance=lambda: nnx.Linear(2, 2, rngs=nnx.Rngs(0)),
        einsum_str=lambda: "ab,bc->ac",
        kernel_shape=lambda: (2, 2),
        lora_rank=lambda: 1,
    )
