"""`ObjectFactory`: bases of all kinds, patches, parameters; it starts anew each time."""

import json
from typing import Any

import pytest

import polygraft as pg
from polygraft.patching import from_maybe_serialized


class Part(pg.Object):
    x: int = 1
    y: Any = None


class OtherPart(pg.Object):
    z: int = 1


def test_a_base_is_an_instance_a_function_or_a_file(tmp_path):
    file = str(tmp_path / "part.json")
    pg.save(Part(3), file)
    for base in (Part(3), lambda: Part(3), file):
        made = pg.ObjectFactory(Part, base, [{"y": 1}, lambda k, v: v + 1 if v == 1 else v])()
        assert pg.eq(made, Part(3, 2))
    assert pg.ObjectFactory(int, lambda: 5)() == 5


def test_each_call_starts_from_the_base():
    base = Part(1)
    factory = pg.ObjectFactory(Part, base, lambda k, v: v + 1 if k and k.key == "x" else v)
    one, two = factory(), factory()
    assert pg.eq(one, Part(2)) and pg.eq(two, Part(2)) and one is not two and base.x == 1


@pytest.mark.parametrize(
    "params",
    [{"y": {"q": {"r": 2}}}, {"y.q.r": 2}, {"y": {"q.r": 2}}, {"y.q": {"r": 2}}],
    ids=str,
)
def test_parameters_are_nested_or_dotted(params, tmp_path):
    def base():
        return Part(y=pg.Dict(q=pg.Dict(r=1, s=3), l=[1, 2]))

    file = tmp_path / "params.json"
    file.write_text(json.dumps(params))
    for given in (params, json.dumps(params), str(file)):
        assert pg.eq(
            pg.ObjectFactory(Part, base, params_override=given)(),
            Part(y=pg.Dict(q=pg.Dict(r=2, s=3), l=[1, 2])),
        )
    made = pg.ObjectFactory(Part, base, params_override={"y": {"l": [5], "q": {}}})()
    assert pg.eq(made.y, {"q": {}, "l": [5, 2]})


@pytest.mark.parametrize("base", [OtherPart(), 5, "no_such_file.json"], ids=str)
def test_a_base_that_is_none_is_refused(base):
    with pytest.raises((TypeError, FileNotFoundError)) as e:
        pg.ObjectFactory(Part, base)()
    if not isinstance(base, str):
        assert "is neither an instance of" in str(e.value)


def test_a_file_of_another_class_is_refused(tmp_path):
    file = str(tmp_path / "other.json")
    pg.save(OtherPart(), file)
    with pytest.raises(TypeError, match=r"other\.json' is neither an instance of .*Part"):
        pg.ObjectFactory(Part, file)()


def test_parameters_must_be_a_dict_and_fit():
    with pytest.raises(TypeError, match="Loaded value 5 is not an instance of <class 'dict'>"):
        pg.ObjectFactory(Part, Part(), params_override="5")()
    with pytest.raises(TypeError, match="path=x"):
        pg.ObjectFactory(Part, Part(), params_override={"x": "a"})()


def test_a_factory_is_a_value():
    factory = pg.ObjectFactory(Part, Part(2), {"x": 3})
    assert repr(factory).endswith(
        "base_value=Part(x=2, y=None), patches={x=3}, params_override=None)"
    )
    again = pg.from_json(pg.to_json(factory), trusted=[__name__.partition(".")[0]])
    assert pg.eq(again, factory) and pg.eq(again(), Part(3))
    assert pg.eq(factory(patches={"y": 1}, override_args=True), Part(2, 1))


def test_from_maybe_serialized(tmp_path):
    file = str(tmp_path / "part.json")
    pg.save(Part(8), file)
    assert pg.eq(from_maybe_serialized(file, Part), Part(8))
    assert from_maybe_serialized('{"a": 1}', dict) == {"a": 1}
    assert from_maybe_serialized(5) == 5
    with pytest.raises(TypeError, match="Loaded value 5 is not an instance of <class 'dict'>"):
        from_maybe_serialized("5", dict)
