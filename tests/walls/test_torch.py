"""PyTorch modules."""

from __future__ import annotations

import copy
import io
import pickle

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

from polygraft.symbolic import clone, eq, query, rebind  # noqa: E402
from polygraft.symbolic.wrapping import args, is_realized, realize, symbolize  # noqa: E402

pytestmark = pytest.mark.frameworks

Linear, Sequential, Embedding, ReLU, Dropout = map(
    symbolize, (nn.Linear, nn.Sequential, nn.Embedding, nn.ReLU, nn.Dropout)
)


@symbolize
class Encoder(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding

    def forward(self, ids):
        return self.embedding(ids)


@symbolize
class Decoder(nn.Module):
    def __init__(self, embedding, bias=True):
        super().__init__()
        self.embedding = embedding
        self.bias = nn.Parameter(torch.zeros(embedding.num_embeddings)) if bias else None

    def forward(self, x):
        y = x @ self.embedding.weight.T
        return y if self.bias is None else y + self.bias


@symbolize
class Autoencoder(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, ids):
        return self.decoder(self.encoder(ids))


def tied():
    embedding = Embedding(10, 4)
    return Autoencoder(Encoder(embedding), Decoder(embedding))


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def embeddings(model):
    return list(query(model, where=lambda v: isinstance(v, nn.Embedding)).values())


def test_tied_layer_is_one_object_after_clone_edit_and_pickle():
    model = tied()
    assert parameters(model) == 50
    for other in (
        clone(model),
        pickle.loads(pickle.dumps(model)),
        copy.deepcopy(model),
        clone(clone(model)),
    ):
        a, b = embeddings(other)
        assert a is b and a is not embeddings(model)[0]
        assert parameters(other) == 50
        assert other.encoder.embedding is other.decoder.embedding
        rebind(other, {"encoder.embedding.embedding_dim": 8})
        assert parameters(other) == 90
        assert other.encoder.embedding is other.decoder.embedding
        assert other(torch.arange(3)).shape == (3, 10)


def test_tied_layer_is_one_object_after_save_and_load(tmp_path):
    serialization = pytest.importorskip("polygraft.serialization")
    model = tied()
    path = tmp_path / "model.json"
    serialization.save(model, str(path))
    other = serialization.load(str(path))
    assert eq(other, model) and not is_realized(other)
    a, b = embeddings(other)
    assert a is b and parameters(other) == 50


def test_copies_keep_weights_and_clones_do_not():
    model = tied()
    weight = model.encoder.embedding.weight
    assert torch.equal(copy.deepcopy(model).encoder.embedding.weight, weight)
    assert torch.equal(pickle.loads(pickle.dumps(model)).decoder.embedding.weight, weight)
    assert not torch.equal(clone(model).encoder.embedding.weight, weight)


def test_state_dict_and_names_are_those_of_plain_modules():
    plain = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    model = Sequential(Linear(2, 3), ReLU(), Linear(3, 1))
    assert list(model.state_dict()) == list(plain.state_dict())
    assert list(clone(model).state_dict()) == list(plain.state_dict())
    assert vars(model).keys() == vars(plain).keys()
    assert set(dir(model)) == set(dir(plain))
    model.load_state_dict(plain.state_dict())
    x = torch.ones(1, 2)
    assert torch.equal(model(x), plain(x))
    buffer = io.BytesIO()
    torch.save(model, buffer)
    buffer.seek(0)
    loaded = torch.load(buffer, weights_only=False)
    assert torch.equal(loaded(x), plain(x)) and eq(loaded, model)
    assert str(args(model)["args"][0]) == str(Linear(2, 3))


def test_edited_model_trains_and_untouched_layers_keep_their_weights():
    model = Sequential(Linear(2, 3), Dropout(0.5), Linear(3, 1))
    first = model[0].weight
    rebind(model, {"args[1].p": 0.1})
    assert not is_realized(model)
    assert model[0].weight is first and model[1].p == 0.1
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    before = first.detach().clone()
    model(torch.ones(4, 2)).sum().backward()
    optimizer.step()
    assert not torch.equal(first, before)
    rebind(model, {"args[2].out_features": 5})
    assert model(torch.ones(4, 2)).shape == (4, 5)


def test_clone_of_a_large_model_allocates_nothing():
    with torch.device("meta"):
        model = Sequential(Linear(100_000, 100_000))
    c = rebind(clone(model), {"args[0].out_features": 200_000})
    assert not is_realized(c) and not is_realized(args(c)["args"][0])


def test_parametrized_module_is_rebuilt_as_itself():
    model = Linear(2, 3)
    torch.nn.utils.parametrizations.weight_norm(model)
    assert type(model).__name__ == "ParametrizedLinear"
    assert args(model).in_features == 2 and repr(clone(model)).startswith("Linear(")
    rebind(model, out_features=4)
    assert type(realize(model)) is Linear and model.weight.shape == (4, 2)


def test_hooks_training_mode_and_apply():
    model = clone(Sequential(Linear(2, 3), ReLU()))
    calls = []
    model.register_forward_hook(lambda *a: calls.append(1))
    model(torch.ones(1, 2))
    assert calls == [1]
    assert (
        not model.eval().training and len(model) == 2 and [type(m) for m in model] == [Linear, ReLU]
    )
    assert model.apply(lambda m: None) is model
    assert sum(1 for _ in model.modules()) == 3


def test_compiled_scripts_and_lists():
    layers = symbolize(nn.ModuleList)([Linear(1, 1), Linear(1, 2)])
    c = clone(layers)
    assert len(c) == 2 and c[1].out_features == 2
    d = symbolize(nn.ModuleDict)({"a": Linear(1, 1)})
    assert clone(d)["a"].in_features == 1
