import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import polygraft as pg
from polygraft import scalars
from polygraft.scalars import STEP, Constant, StepWise
from polygraft.scalars.parts import seed_parts


@pytest.mark.parametrize(
    "make, at_3",
    [
        (lambda: STEP + 2, 5),
        (lambda: 2 + STEP, 5),
        (lambda: STEP - 2, 1),
        (lambda: 2 - STEP, -1),
        (lambda: STEP * 2, 6),
        (lambda: 2 * STEP, 6),
        (lambda: STEP / 2, 1.5),
        (lambda: 2 / STEP, 2 / 3),
        (lambda: STEP // 2, 1),
        (lambda: 2 // STEP, 0),
        (lambda: STEP % 2, 1),
        (lambda: 2 % STEP, 2),
        (lambda: STEP**2, 9.0),
        (lambda: 2**STEP, 8.0),
        (lambda: -STEP, -3),
        (lambda: abs(-STEP), 3),
        (lambda: (STEP / 2).floor(), 1),
        (lambda: (STEP / 2).ceil(), 2),
        (lambda: STEP + (lambda step: step), 6),
        (lambda: (lambda step: step) + STEP, 6),
        (lambda: scalars.sqrt(STEP + 1), 2.0),
        (lambda: scalars.exp(STEP - 3), 1.0),
        (lambda: scalars.cos(STEP - 3), 1.0),
        (lambda: scalars.sin(STEP - 3), 0.0),
        (lambda: scalars.log(STEP + 5, 2), 3.0),
    ],
)
def test_operators_and_functions(make, at_3):
    result = make()(3)
    assert result == pytest.approx(at_3)
    assert type(result) is type(at_3)


@given(st.integers(-50, 50), st.integers(1, 50), st.integers(0, 30))
def test_arithmetic_is_that_of_python(a, b, step):
    assert (STEP * a + b)(step) == step * a + b
    assert ((STEP - a) // b)(step) == (step - a) // b
    assert ((STEP + a) % b)(step) == (step + a) % b


def test_printed_forms():
    assert repr(STEP) == "_Step()"
    assert repr(STEP * 2) == "Multiplication(x=_Step(), y=2)"
    assert repr(2 // STEP) == "Floor(x=Division(x=2, y=_Step()))"
    assert repr(scalars.linear(10)) == "Addition(x=1.0, y=Multiplication(x=_Step(), y=-0.1))"
    assert repr(scalars.Uniform()) == "Uniform(seed=None, low=0.0, high=1.0)"
    assert repr(scalars.Triangular()) == "Triangular(seed=None, low=0.0, high=1.0, mode=None)"
    assert str(STEP * 2) == "Multiplication(\n  x = _Step(),\n  y = 2\n)"


def test_scalars_are_values():
    schedule = scalars.cosine_decay(10) + scalars.Uniform(seed=1) + StepWise([(2, 1), (3, STEP)])
    assert pg.eq(pg.clone(schedule), schedule)
    assert pg.eq(pg.from_json_str(pg.to_json_str(schedule)), schedule)


def test_make_scalar():
    scalar = scalars.make_scalar(lambda step: step)
    assert scalar(10) == 10 and scalar(step=3) == 3
    assert scalars.make_scalar(scalar) is scalar
    assert repr(scalars.make_scalar(1)) == "Constant(value=1)"
    assert scalars.scalar_value(STEP, 4) == 4 and scalars.scalar_value(7, 4) == 7
    assert (
        repr(scalars.scalar_spec(pg.typing.Int()))
        == "Union([Int(), Callable(args=[Int()], returns=Int())])"
    )


def at(schedule, steps):
    return [round(schedule(step), 4) for step in range(steps)]


def test_schedules():
    assert at(scalars.linear(4), 6) == [1.0, 0.75, 0.5, 0.25, 0.0, -0.25]
    assert at(scalars.cosine_decay(4), 5) == [1.0, 0.8536, 0.5, 0.1464, 0.0]
    assert at(scalars.exponential_decay(0.5, 2), 5) == [1.0, 1.0, 0.5, 0.5, 0.25]
    assert at(scalars.exponential_decay(0.25, 2, staircase=False), 3) == [1.0, 0.5, 0.25]
    assert at(scalars.exponential_decay(Constant(0.5), 2), 3) == [1.0, 1.0, 0.5]
    assert at(scalars.exponential_decay(lambda step: 0.5, 2), 3) == [1.0, 1.0, 0.5]
    assert at(scalars.cyclic(4), 5) == [1.0, 0.5, 0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    "scalar, values",
    [
        (scalars.Uniform(seed=1), [0.13436424411240122, 0.8474337369372327]),
        (scalars.Uniform(1, 10, seed=1), [3, 10]),
        (scalars.Triangular(0.0, 1.0, 0.9, seed=1), [0.34774677525630787]),
        (scalars.Triangular(10, 20, seed=1), [12, 17]),
        (scalars.Gaussian(1.0, 0.2, seed=1), [1.2576369506310927]),
        (scalars.Normal(1.0, 0.2, seed=1), [1.1214911715287412]),
        (scalars.LogNormal(1.0, 0.2, seed=1), [3.0694278358084994]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_seeded_draws_are_the_published_ones(scalar, values):
    scalar = pg.clone(scalar)
    drawn = [scalar(step) for step in range(len(values))]
    assert drawn == values and [type(d) for d in drawn] == [type(v) for v in values]


def test_unseeded_draws_follow_the_random_module():
    noise = scalars.Uniform()
    random.seed(3)
    first = noise(0)
    random.seed(3)
    assert noise(0) == first == random.Random(3).uniform(0.0, 1.0)


def test_an_algorithm_seeds_the_parts_that_have_no_seed():
    noise = scalars.Uniform() + scalars.Uniform() * scalars.Uniform(seed=1)
    seed_parts(noise, 5)
    first = [noise(0) for _ in range(3)]
    seed_parts(noise, 5)
    assert [noise(0) for _ in range(3)] == first
    seed_parts(noise, 6)
    assert [noise(0) for _ in range(3)] != first
    seed_parts(noise, 6)
    assert noise.y.y(0) == 0.13436424411240122  # its own seed stands


def test_phases():
    assert at(StepWise([(2, 1), (3, STEP)]), 8) == [1, 1, 0, 1, 2, 2, 2, 2]
    proportions = StepWise([(0.2, 1), (0.2, STEP), (0.3, STEP**2)], total_steps=8)
    assert at(proportions, 10) == [1, 1, 0, 1, 0, 1, 4, 4, 4, 4]


def test_the_phase_follows_from_the_step_alone():
    schedule = StepWise([(2, 1), (0, 9), (3, STEP)])
    assert [schedule(step) for step in (7, 3, 0, 4, 4, 2)] == [2, 1, 1, 2, 2, 0]
    assert StepWise([(0, 1), (0, 2)])(5) == 2


@pytest.mark.parametrize(
    "make, error, message",
    [
        (
            lambda: StepWise([(0.2, 1)]),
            ValueError,
            "`total_steps` must be specified when float is used as the value for phase length. "
            "Encountered: (0.2, 1).",
        ),
        (
            lambda: StepWise([(1, 1)], total_steps=3),
            ValueError,
            "The phase length should be a float as a proportion of the entire schedule when "
            "`total_steps` is specified. Encountered: (1, 1).",
        ),
        (
            lambda: StepWise([(0.0, 1)], total_steps=3),
            ValueError,
            "The sum of all proportions must be greater than 0. Encountered: [(0.0, 1)]",
        ),
        (
            lambda: StepWise([]),
            ValueError,
            "Length of list [] is less than min size (1). (path=phases)",
        ),
        (
            lambda: scalars.Uniform(2, 1),
            ValueError,
            "`low` must be less or equal than `high`. Encountered: low=2, high=1.",
        ),
        (
            lambda: scalars.log(1),
            ValueError,
            "Value 1 is out of range (min=2, max=None). (path=x)",
        ),
        (lambda: scalars.log(STEP)(0), ValueError, "math domain error"),
        (lambda: STEP + None, ValueError, "Value cannot be None. (Path='y', "),
        (
            lambda: STEP + "a",
            TypeError,
            "'a' does not match any candidate of Union([Union([Int(), Float()]), "
            "Callable(args=[Int()], returns=Union([Int(), Float()]))]).",
        ),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value)


def test_own_scalars():
    class Double(scalars.UnaryOp):
        def operate(self, x):
            return x * 2

    class Largest(scalars.BinaryOp):
        def operate(self, x, y):
            return max(x, y)

    class Coin(scalars.RandomScalar):
        def next_value(self):
            return self._random.choice([0, 1])

    assert Double(STEP)(3) == 6
    assert Largest(STEP, 2)(1) == 2
    assert [Coin(seed=1)(0) for _ in range(2)] == [0, 0]
    with pytest.raises(TypeError, match="abstract"):
        scalars.Scalar()


def test_names_in_files():
    assert '"polygraft.scalars.Addition"' in pg.to_json_str(STEP + 1)
    text = '{"_type": "pyglove.ext.scalars.randoms.Uniform", "seed": 1, "low": 0.0, "high": 1.0}'
    assert pg.from_json_str(text) == scalars.Uniform(seed=1)
