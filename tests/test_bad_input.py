"""Bad input through the public interface: a clear error each, with its path, and nothing half done."""

from __future__ import annotations

import re

import pytest

import polygraft as pg


class _Layer:
    def __init__(self, width, act="relu", *, rate=0.1):
        self.width = width


class _Model:
    def __init__(self, layers, name=None):
        self.layers = list(layers)


class _Experiment:
    def __init__(self, model, lr=0.1):
        self.model, self.lr = model, lr


Layer = pg.symbolize(
    _Layer,
    [("width", pg.typing.Int(min_value=1)), ("rate", pg.typing.Float(min_value=0, max_value=1))],
)
Model = pg.symbolize(_Model)
Experiment = pg.symbolize(_Experiment, [("lr", pg.typing.Float(min_value=0))])


class Point(pg.Object):
    x: pg.typing.Int(min_value=1)  # type: ignore[valid-type]
    label: str = "a"


@pg.patcher([("factor", pg.typing.Float(min_value=0))])
def bad_input_scale(target, factor):
    def rule(k, v, p):
        return int(v * factor) if isinstance(p, Layer) and k.key == "width" else v

    return rule


def experiment():
    return Experiment(Model([Layer(4), Layer(8, "gelu")]), 0.5)


CALLS = [
    (
        lambda: Layer("x"),
        TypeError,
        "Expect <class 'int'> but encountered <class 'str'>: x. (path=width)",
    ),
    (
        lambda: Point("x"),
        TypeError,
        "Expect <class 'int'> but encountered <class 'str'>: x. (path=x)",
    ),
    (lambda: Layer(0), ValueError, "Value 0 is out of range (min=1, max=None). (path=width)"),
    (lambda: Point(0), ValueError, "Value 0 is out of range (min=1, max=None). (path=x)"),
    (lambda: Layer(1, rate=2), ValueError, "Value 2.0 is out of range (min=0, max=1). (path=rate)"),
    (lambda: Layer(), TypeError, "missing 1 required positional argument: 'width'"),
    (lambda: Point(), TypeError, "Point.__init__() missing 1 required argument: 'x'."),
    (
        lambda: Layer(1, widht=3),
        TypeError,
        "unexpected keyword argument 'widht'. Did you mean 'width'?",
    ),
    (
        lambda: Point(1, lable=3),
        TypeError,
        "got unexpected keyword argument: 'lable'. Did you mean 'label'?",
    ),
    (lambda: Layer(1, 2, 3), TypeError, "positional arguments but"),
    (
        lambda: pg.from_json({"_type": "no.such.Class"}),
        TypeError,
        "Type name 'no.such.Class' is not registered",
    ),
]


@pytest.mark.parametrize(("call", "error", "text"), CALLS)
def test_construction(call, error, text):
    with pytest.raises(error) as e:
        call()
    assert text in str(e.value)


def _raises(k, v):
    if k == "model.layers[1].act":
        raise ZeroDivisionError("mine")
    return v


def _invalid_halfway(k, v):
    return {"model.layers[0].width": 9, "model.layers[1].width": 0}.get(str(k), v)


PATCHES = [
    (
        "bad_input_scal?2",
        KeyError,
        "Patcher 'bad_input_scal' is not registered. Did you mean 'bad_input_scale'?",
    ),
    ("1bad", ValueError, "'1bad' is not a valid Patcher name."),
    ("bad_input_scale?a-b=1", ValueError, "Invalid argument specification: a-b=1."),
    (
        "bad_input_scale?factor=1&2",
        ValueError,
        "Positional argument should be provided before keyword",
    ),
    ("bad_input_scale?1&2", KeyError, "Too many positional arguments are provided."),
    ("bad_input_scale?g=1", KeyError, "Unexpected argument 'g'."),
    ("bad_input_scale?factor=abc", ValueError, "Cannot convert 'abc' to float."),
    ("bad_input_scale?factor=-1", ValueError, "Value -1.0 is out of range (min=0, max=None)."),
    ("bad_input_scale", TypeError, "missing 1 required positional argument: 'factor'"),
    (5, TypeError, "Patching rule 5 should be a dict of path to values"),
    ({"modle.layers": 1}, KeyError, "Path modle.layers does not exist: key 'modle' is absent"),
    ({"modle": 1}, KeyError, "Did you mean 'model'?"),
    ({"model.layers[7].width": 1}, KeyError, "key 7 is absent"),
    (_raises, ZeroDivisionError, "mine"),
    (
        _invalid_halfway,
        ValueError,
        "Value 0 is out of range (min=1, max=None). (path=model.layers[1].width)",
    ),
    ("bad_input_scale?0.1", ValueError, "(path=model.layers[0].width)"),
    ([{"lr": 0.7, "model.name": "n"}, {"lr": -1.0}], ValueError, "(path=lr)"),
    ([{"model.layers[0]": pg.MISSING_VALUE}, {"lr": "x"}], TypeError, "(path=lr)"),
]


@pytest.mark.parametrize(("rule", "error", "text"), PATCHES)
def test_patches_change_nothing(rule, error, text):
    exp, before = experiment(), experiment()
    layer = exp.model.layers[0]
    with pytest.raises(error) as e:
        pg.patch(exp, rule)
    assert text in str(e.value)
    assert pg.eq(exp, before) and exp.model.layers[0] is layer
    assert exp.model.layers[0].sym_path == "model.layers[0]"


def test_a_rule_that_raises_keeps_the_users_exception_and_names_the_place():
    with pytest.raises(ZeroDivisionError, match="mine") as e:
        pg.patch(experiment(), _raises)
    assert "model.layers[1].act" in "\n".join(e.value.__notes__)


def test_failing_patch_keeps_runtime_state():
    exp = experiment()
    state = vars(exp.model)
    exp.model.extra = "trained"
    with pytest.raises(ValueError):
        pg.patch(exp, [{"model.layers[0].width": 9}, {"lr": -1.0}])
    assert exp.model.extra == "trained" and vars(exp.model) == state


@pytest.mark.parametrize("path", ["model", "model.layers[0].act"])
def test_cycles_are_refused(path):
    exp = experiment()
    with pytest.raises(pg.CycleError, match=re.escape(f"(path={path})")):
        pg.patch(exp, {path: exp})
    assert pg.eq(exp, experiment())


def test_sealed_objects_are_not_changed():
    exp = experiment().seal()
    for rule in ({"lr": 0.7}, {"model.layers[0].width": 2}, "bad_input_scale?2"):
        with pytest.raises(pg.WritePermissionError, match="sealed"):
            pg.patch(exp, rule)
    assert pg.eq(exp, experiment())


FILES = [
    (b'{"_type": "', pg.MalformedFileError, "truncated"),
    (b"hello", pg.MalformedFileError, "not JSON"),
    (b"\xff\xfe\x00", pg.MalformedFileError, "not UTF-8"),
    (b"[" * 100_000 + b"]" * 100_000, pg.NestingError, "nested too deeply"),
    (b'{"a":' * 5000 + b"1" + b"}" * 5000, pg.NestingError, "nested too deeply"),
    (b"1" + b"0" * 5000, pg.MalformedFileError, "number"),
    (
        b'{"_type": "os.system", "command": "x"}',
        pg.UnknownTypeError,
        "'os.system' is not registered",
    ),
    (b'{"_type": "function", "name": "os.system"}', pg.DeserializationError, "os.system"),
]


@pytest.mark.parametrize(("content", "error", "text"), FILES)
def test_files(tmp_path, content, error, text):
    file = tmp_path / "x.json"
    file.write_bytes(content)
    with pytest.raises(error) as e:
        pg.load(str(file))
    assert text in str(e.value) and "x.json" in str(e.value)


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=re.escape("none.json")):
        pg.load(str(tmp_path / "none.json"))


def test_file_of_another_type(tmp_path):
    file = str(tmp_path / "x.json")
    pg.save(experiment(), file)
    with pytest.raises(TypeError, match="Value is not of type"):
        Layer.load(file)


def test_saving_below_a_file_leaves_it_intact(tmp_path):
    file = tmp_path / "x.json"
    pg.save(experiment(), str(file))
    before = file.read_bytes()
    with pytest.raises(OSError):
        pg.save(experiment(), str(file / "y.json"))
    assert file.read_bytes() == before


def test_what_cannot_be_saved_leaves_the_old_file(tmp_path):
    file = tmp_path / "x.json"
    pg.save(experiment(), str(file))
    before = file.read_bytes()
    with pytest.raises(ValueError, match=re.escape("(path=model)")):
        pg.save(Experiment(object()), str(file))
    assert file.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["x.json"]


def test_abstract_programs_refuse_to_run():
    exp = pg.patch(experiment(), {"model.layers[0].width": pg.oneof([1, 2])})
    with pytest.raises(pg.AbstractValueError, match=re.escape("model.layers[0].width")):
        exp.lr
    assert not isinstance(exp, Model) and repr(exp)  # seeing it is no use of it


def test_cloning_and_patching_construct_nothing():
    built = []

    class Heavy:
        def __init__(self, width=1):
            built.append(width)

    Heavy = pg.symbolize(Heavy)
    exp = Experiment(Model([Heavy(1), Heavy(2)]))
    built.clear()
    copy = pg.patch(exp.clone(), [{"model.layers[0].width": 5, "lr": 0.2}, "bad_input_scale?2"])
    (
        repr(copy),
        pg.diff(exp, copy),
        copy.to_json_str(),
        pg.query(copy, where=lambda v: isinstance(v, Heavy)),
    )
    assert built == []
    assert copy.lr == 0.2 and sorted(built) == [2, 5]
