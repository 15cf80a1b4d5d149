"""Presets and optional keywords."""

import threading

import pytest

from polygraft import typing as T


@T.enable_preset_args()
def f(x, y=T.PresetArgValue(default=1), *, z=T.PresetArgValue(), w=0):
    """Doc."""
    return x, y, z, w


def test_presets_fill_marked_parameters_only():
    with T.preset_args({"x": 7, "y": 2, "z": 3, "w": 4}):
        assert f(0) == (0, 2, 3, 0)
        assert f(0, 9) == (0, 9, 3, 0)
        assert f(x=0, y=8, z=6, w=5) == (0, 8, 6, 5)


def test_a_marked_parameter_without_value_is_required():
    with pytest.raises(
        ValueError, match="Argument 'z' is not present as a keyword argument from the caller"
    ):
        f(1)


def test_explicit_arguments_need_no_preset():
    assert f(1, z=3) == (1, 1, 3, 0)


def test_the_inner_scope_replaces_the_outer_one():
    with T.preset_args({"y": 2, "z": 3}):
        with T.preset_args({"z": 4}):
            assert f(0) == (0, 1, 4, 0)
        with T.preset_args({"z": 4}, inherit_preset=True):
            assert f(0) == (0, 2, 4, 0)
        assert f(0) == (0, 2, 3, 0)


def test_presets_have_names():
    @T.enable_preset_args(preset_name="other")
    def g(x=T.PresetArgValue(default=0)):
        return x

    with T.preset_args({"x": 1, "z": 1}), T.preset_args({"x": 2}, preset_name="other"):
        assert (g(), f(0)) == (2, (0, 1, 1, 0))
        with T.preset_args({}, preset_name="other", inherit_preset="global"):
            assert g() == 1
    assert g() == 0


def test_all_presets_go_to_a_function_with_keywords():
    @T.enable_preset_args(include_all_preset_kwargs=True)
    def g(x, y=T.PresetArgValue(default=0), **kwargs):
        return x, y, kwargs

    with T.preset_args({"x": 5, "a": 1}):
        assert g(0) == (0, 0, {"a": 1})
        assert g(0, a=2) == (0, 0, {"a": 2})


def test_threads_see_no_presets_of_others():
    seen = []
    with T.preset_args({"y": 2, "z": 3}):
        thread = threading.Thread(target=lambda: seen.append(f(0, z=0)))
        thread.start()
        thread.join()
    assert seen == [(0, 1, 0, 0)]


def test_functions_without_markers_stay_themselves():
    def g(x=1): ...

    assert T.enable_preset_args()(g) is g
    assert f.__doc__ == "Doc."
    assert set(T.PresetArgValue.inspect(f)) == {"y", "z"}


def test_markers():
    assert repr(T.PresetArgValue(1)) == "PresetArgValue(default=1)"
    assert str(T.PresetArgValue(1)) == "PresetArgValue(\n  default=1\n)"
    assert T.PresetArgValue(1) == T.PresetArgValue(1) != T.PresetArgValue()
    assert T.PresetArgValue(1).has_default
    assert not T.PresetArgValue().has_default


@pytest.mark.parametrize(
    ("args", "result"),
    [
        (([2], {}, ["x", "y"], {"y": T.PresetArgValue(0)}, {"z": 3}, True), ([2, 0], {"z": 3})),
        (([1, 2, 3], {}, ["x", "y"], {"y": T.PresetArgValue(0)}, {}), ([1, 2, 3], {})),
        (([1], {}, ["x", "y"], {"y": 1}, {"y": 3}, True), ([1, 1], {})),
        (([], {"y": 1}, ["x", "y"], {}, {"x": 2}), ([], {"y": 1})),
    ],
)
def test_resolved_arguments(args, result):
    assert T.PresetArgValue.resolve_args(*args) == result


def test_optional_keywords():
    def takes_a(x, a=0):
        return x + a

    def takes_all(x, **kwargs):
        return x, kwargs

    assert T.CallableWithOptionalKeywordArgs(takes_a, ["a", "b"])(1, a=1, b=2) == 2
    assert T.CallableWithOptionalKeywordArgs(takes_all, ["b"])(1, b=2) == (1, {"b": 2})
    with pytest.raises(TypeError, match="unexpected keyword argument 'c'"):
        T.CallableWithOptionalKeywordArgs(takes_a, ["b"])(1, c=2)


def test_decorator_does_nothing():
    assert T.Decorator(f) is f
