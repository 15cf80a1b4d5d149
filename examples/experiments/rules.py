"""Rules for programs that they have never seen.

They know names that people give to arguments (`units`, `out_channels`, `dropout_rate`) and types of frameworks
(`BatchNorm2d`, `Optimizer`), and nothing of the programs beside this file. Each is a patcher: a rule with a name
and typed arguments, as in `pg.patch(program, "scale_widths?factor=2.0", inner=True)`.
"""

import importlib
import sys

import polygraft as pg

#: What the sizes of a layer are called: of what comes in, of what goes out, of what stays inside.
INPUTS = {"in_channels", "in_features", "input_size"}
OUTPUTS = {"filters", "units", "features", "out_channels", "out_features"}
INSIDE = {
    *("hidden_layer_sizes", "hidden_size", "d_model", "embed_dim", "embedding_dim", "output_dim"),
    *("num_features", "num_channels", "normalized_shape"),
}
LEARNING_RATES = {"learning_rate", "learning_rate_init", "lr"}
DROPOUT_RATES = {"dropout", "dropout_rate", "rate", "p"}
RECTIFIERS = {"ReLU", "LeakyReLU", "relu", "leaky_relu"}


@pg.patcher([("factor", pg.typing.Float(min_value=0.0))])
def scale_widths(program, factor):
    """Multiplies every width but the two that the data decide: what goes in, and the classes that come out."""
    names = INPUTS | OUTPUTS | INSIDE
    widths = pg.query(
        program,
        custom_selector=lambda k, v: bool(k) and k.key in names and bool(sizes(v)),
        inner=True,
    )
    order = [(path, pg.KeyPath.parse(path).key) for path in widths]
    data = next((path for path, name in order[:1] if name in INPUTS), None)
    classes = next((path for path, name in reversed(order) if name in OUTPUTS), None)
    edits = {}
    for path, width in widths.items():
        scaled = [max(1, round(size * factor)) for size in sizes(width)]
        if path == classes:
            scaled[-1] = sizes(width)[-1]
        if path != data and scaled != sizes(width):
            edits[path] = scaled[0] if isinstance(width, int) else type(width)(scaled)
    return edits


@pg.patcher()
def smooth_activations(program):
    """GELU wherever there is a ReLU: as a layer, as a function, by name. (scikit-learn has none: tanh there.)"""

    def rule(k, v, p):
        if k and k.key == "activation" and isinstance(v, str) and v in RECTIFIERS:
            return "tanh" if framework(p) == "sklearn" else "gelu"
        if type_name(v) in RECTIFIERS and framework(v) == "torch":
            return make("torch.nn", "GELU")
        if type_name(v) in RECTIFIERS and framework(v) == "keras":
            return make("keras.layers", "Activation", "gelu")
        if is_function(v, "jax", RECTIFIERS):
            return sys.modules["jax"].nn.gelu
        return v

    return rule


#: What takes the place of a normalisation, made from its arguments.
OTHER = {
    ("torch", "BatchNorm2d"): lambda a: make("torch.nn", "GroupNorm", 1, a.num_features),
    ("torch", "LayerNorm"): lambda a: make("torch.nn", "RMSNorm", a.normalized_shape),
    ("keras", "BatchNormalization"): lambda a: make("keras.layers", "GroupNormalization", 1),
    ("sklearn", "StandardScaler"): lambda a: make("sklearn.preprocessing", "RobustScaler"),
}


@pg.patcher()
def other_normalisation(program):
    """Another normalisation in place of the one that is used."""

    def rule(k, v):
        if (framework(v), type_name(v)) in OTHER:
            return OTHER[framework(v), type_name(v)](pg.args(v))
        if isinstance(v, type) and (v.__module__, v.__name__) == LINEN_NORM:
            return sys.modules["flax"].linen.RMSNorm
        return v

    return rule


LINEN_NORM = ("flax.linen.normalization", "LayerNorm")


@pg.patcher()
def normalise(program):
    """A normalisation after every convolution, in programs without any; or after every dense layer but the last."""

    def named(part):
        return pg.query(program, where=lambda v: part in type_name(v), inner=True)

    if named("Norm") or named("Scaler"):
        return {}
    layers = named("Conv") or dict(list(named("Dense").items())[:-1])
    return {path: normalised(layer) for path, layer in layers.items()}


def normalised(layer):
    layer = pg.clone(layer)
    if framework(layer) == "torch":
        return make(
            "torch.nn",
            "Sequential",
            layer,
            make("torch.nn", "GroupNorm", 1, pg.args(layer).out_channels),
        )
    return make("keras", "Sequential", [layer, make("keras.layers", "LayerNormalization")])


@pg.patcher([("rate", pg.typing.Float(min_value=0.0, max_value=1.0))])
def dropout(program, rate):
    """Sets the rate of every dropout."""
    return lambda k, v: rate if k and k.key in DROPOUT_RATES and isinstance(v, float) else v


@pg.patcher([("rate", pg.typing.Float(min_value=0.0))])
def learning_rate(program, rate):
    """Sets every learning rate."""
    return lambda k, v: rate if k and k.key in LEARNING_RATES and isinstance(v, float) else v


@pg.patcher()
def adamw(program):
    """AdamW in place of any other optimizer, at the same learning rate. (scikit-learn has only Adam.)"""

    def rule(k, v, p):
        if k and k.key == "solver" and framework(p) == "sklearn":
            return "adam"
        if is_optimizer(v, "keras"):
            return make("keras.optimizers", "AdamW", pg.args(v).learning_rate)
        if is_optimizer(v, "torch"):
            return sys.modules["torch"].optim.AdamW
        if is_function(v, "optax", {"sgd", "adam", "rmsprop"}):
            return sys.modules["optax"].adamw
        return v

    return rule


# --- what the rules ask of a value; none of it constructs one -------------------------------------------------


def type_name(v):
    return v.__class__.__name__


def framework(v):
    """The package of a value's class."""
    return v.__class__.__module__.partition(".")[0]


def sizes(v):
    """The numbers in a width: an integer, or several."""
    given = list(v) if isinstance(v, (list, tuple)) else [v]
    return given if all(type(size) is int for size in given) else []


def is_function(v, package, names):
    if isinstance(v, (pg.Symbolic, type)) or not callable(v):
        return False
    home = getattr(v, "__module__", None) or ""
    return home.partition(".")[0] == package and getattr(v, "__name__", "") in names


def is_optimizer(v, package):
    """True for an optimizer of Keras; for PyTorch, whose optimizers wait for parameters, for a class of them."""
    if package not in sys.modules:
        return False
    if package == "keras":
        return isinstance(v, sys.modules["keras"].optimizers.Optimizer)
    return isinstance(v, type) and issubclass(v, sys.modules["torch"].optim.Optimizer)


def make(module, name, *args, **kwargs):
    """A symbolic instance of a framework's class."""
    return pg.symbolize(getattr(importlib.import_module(module), name))(*args, **kwargs)
