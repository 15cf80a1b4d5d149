import operator

import pytest

import polygraft as pg
from polygraft.mutfun import (
    Add,
    Assign,
    BinaryOperator,
    Code,
    Equals,
    Function,
    FunctionCall,
    Instruction,
    Negate,
    NotEquals,
    Operator,
    UnaryOperator,
    Var,
    base,
    evaluate,
    python_repr,
)
from polygraft.mutfun.functions import CALLS_BEFORE_COMPILING

x, y, a, b, c = map(Var, "xyabc")


def example():
    return Function(
        "f",
        [Assign("a", x + 1), Assign("b", x * 2), Assign("c", a - b), Assign("a", 5), c + a],
        ["x"],
    )


def test_texts_of_expressions():
    assert [
        str(code)
        for code in [
            x + (y + 1), x + y * 2, (x - y) - 1, x - (y - 1), (x + 1) * 2, x**2 * -y, x ** (2**y), x / 2**-y,
            -(x + y), -(x**2), x > (x < y), Equals(x, a / b), NotEquals(x, a + 1), (-x) ** 2, (-1) ** x,
            Equals(x, 1) < 2, FunctionCall("f", [1, x + 1]), Add("s", 1), Add(Assign("y", 1), 2),
        ]
    ] == [
        "x + (y + 1)", "x + y * 2", "(x - y) - 1", "x - (y - 1)", "(x + 1) * 2", "x ** 2 * -y", "x ** (2 ** y)",
        "x / 2 ** -y", "-(x + y)", "-(x ** 2)", "x > (x < y)", "x == a / b", "x != (a + 1)", "(-x) ** 2", "(-1) ** x",
        "(x == 1) < 2", "f(1, x + 1)", "s + 1", "(y = 1) + 2",
    ]  # fmt: skip


def test_texts_of_lines():
    program = Function(
        "f",
        [
            Function("g", [Assign("a", x + 1), a], ["x"]),
            base.If(b > 2, [Assign("x", 1)], [base.While(x < 3, [Assign("x", x + 1)])]),
            Assign("y", Assign("x", "abc")),
            y * x,
        ],
        ["x", "b"],
    )
    assert str(program) == (
        "def f(x, b):\n"
        "  def g(x):\n"
        "    a = x + 1\n"
        "    return a\n"
        "  if b > 2:\n"
        "    x = 1\n"
        "  else:\n"
        "    while x < 3:\n"
        "      x = x + 1\n"
        "  y = x = abc\n"
        "  return y * x"
    )
    assert str(Function("f", [])) == "def f():\n  pass"
    assert python_repr(base.If(x, []), 1) == "  if x:\n    pass"
    assert base.indent("a\nb", 1) == "  a\n  b" and python_repr(3, 1) == "  3"
    assert program.body[0].format(root_indent=1) == "def g(x):\n    a = x + 1\n    return a"


def test_texts_within_other_values():
    value = pg.Dict(a=x + 1, f=[Function("f", [x])])
    assert str(value) == ("{\n  a = x + 1,\n  f = [\n    0 : def f():\n      return x\n  ]\n}")
    assert repr(value) == (
        "{a=Add(x=Var(name='x'), y=1), f=[0: Function(name='f', body=[0: Var(name='x')], args=[])]}"
    )
    assert (x + 1).format(verbose=True).startswith("Add(\n  x = Var(\n")
    assert (x + 1).format() == "x + 1" == f"{x + 1}"


def test_operators():
    assert pg.eq(1 + x, Add(1, x)) and pg.eq(-x, Negate(x)) and pg.eq(x > 1, x > 1)
    for wrong in (
        lambda: x >= 1,
        lambda: x <= 1,
        lambda: Assign("x", 1) + 1,
        lambda: 1 + example(),
    ):
        with pytest.raises(TypeError):
            wrong()
    assert x != Var("x") and (x == x) is True  # by identity


def test_code_is_compared_by_identity():
    code = x + 1
    assert code == code and code != x + 1 and pg.eq(code, x + 1) and len({code, x + 1}) == 2


def test_a_function_runs():
    f = example()
    assert f(3) == 3
    assert Function("g", [])() is None
    assert Function("g", [Assign("y", 3)])() == 3
    context = {}
    assert f.evaluate(context) is f and context == {"f": f}
    with pytest.raises(
        ValueError, match=r"Expected 1 arguments \(\['x'\]\) but received 2 \(\(1, 2\)\)."
    ):
        f(1, 2)
    with pytest.raises(KeyError, match="'q'"):
        Function("g", [Var("q")])()
    g = Function("g", [x + y], ["x"])
    assert g(1, context={"x": 7, "y": 2}) == 3  # arguments win


def test_calls():
    plus = Function("plus", [a + b], ["a", "b"])
    assert Function("f", [plus, FunctionCall("plus", [x, x * 2])], ["x"])(2) == 6
    assert Function("f", [Assign("a", 5), plus, FunctionCall("plus", [1, 2])])() == 3
    # The function sees the variables of its caller, and has its own.
    sees = Function("g", [Assign("y", 1), x + y])
    assert (
        Function("f", [Assign("y", 7), sees, FunctionCall("g"), FunctionCall("g") + y], ["x"])(3)
        == 11
    )
    for body, message in [
        ([FunctionCall("h", [1])], "Undefined function 'h'."),
        ([Assign("h", 1), FunctionCall("h")], "'h' is not a Function object."),
        (
            [Function("h", [a], ["a"]), FunctionCall("h", [1, 2])],
            r"Arguments mismatch for function 'h'. Expected: \['a'\], Actual: \[1, 2\].",
        ),
    ]:
        with pytest.raises(ValueError, match=message):
            Function("f", body)()


def test_branches_and_loops():
    context = {"x": 2}
    assert base.If(x > 1, [Assign("y", 1)], [Assign("y", 2)]).evaluate(context) is None
    assert base.While(x < 9, [Assign("x", x * 2)]).evaluate(context) is None
    assert context == {"x": 16, "y": 1}
    assert evaluate(3, context) == 3 and evaluate(x, context) == 16
    fibonacci = Function(
        "fibonacci",
        [
            Assign("a", 0),
            Assign("b", 1),
            base.While(
                x > 0, [Assign("c", a + b), Assign("a", b), Assign("b", c), Assign("x", x - 1)]
            ),
            a,
        ],
        ["x"],
    )
    assert [fibonacci(n) for n in range(20)][-3:] == [1597, 2584, 4181]


def test_where_code_stands():
    f = Function("f", [Assign("a", x + 1), base.If(a > 1, [Assign("b", a)]), a * 2], ["x"])
    inner = f.body[1].true_branch[0].value
    assert inner.parent_code() is f.body[1].true_branch[0]
    assert inner.parent_func() is f and inner.parent_instruction() is f.body[1]
    assert inner.line() is f.body[1] and inner.line_number() == 1
    assert [*inner.preceding_lines()] == [f.body[0]] == [*inner.preceding_lines_reversed()]
    assert [*inner.succeeding_lines()] == [f.body[2]]
    assert [*f.body[2].preceding_lines_reversed()] == [f.body[1], f.body[0]]
    alone = x + 1
    assert (
        alone.parent_func() is None and alone.line() is alone and [*alone.preceding_lines()] == []
    )
    with pytest.raises(ValueError, match="no function contains x"):
        x.line_number()
    nested = Function("g", [x, Function("h", [x + 1, y])])
    assert nested.body[1].body[1].line_number() == 1 and nested.body[1].line_number() == 1


def test_where_names_come_from():
    f = example()
    lines = list(f.body)
    assert lines[4].input_defs(transitive=False) == [lines[2], lines[3]]
    assert lines[4].input_defs() == lines[:4]
    assert lines[0].output_refs(transitive=False) == [lines[2].value.x]
    assert lines[0].output_refs() == [lines[2].value.x, lines[4].x]
    assert lines[0].output_vars(True) == {"a", "c"} and lines[0].output_vars() == {"a"}
    assert lines[3].seen_vars() == {"f", "x", "a", "b", "c"}
    assert lines[4].input_vars() == {"a", "c"} and lines[4].input_vars(True) == {"a", "b", "c", "x"}
    assert f.input_vars() == set() and FunctionCall("h", [x]).input_vars() == {"h", "x"}
    with pytest.raises(ValueError, match="Undefined variable 'x' found in function 'g' line#0"):
        Function("g", [x + 1]).body[0].input_defs()
    with pytest.raises(ValueError, match="no function contains x"):
        x.input_defs()


def test_a_branch_replaces_a_value_perhaps():
    f = Function("f", [Assign("c", 0), base.If(x > 1, [Assign("c", 1)]), Assign("a", 2), c], ["x"])
    assert [str(d) for d in f.body[3].input_defs()] == ["c = 0", "c = 1"]
    both = Function(
        "f", [Assign("c", 0), base.If(x > 1, [Assign("c", 1)], [Assign("c", 2)]), c], ["x"]
    )
    assert [str(d) for d in both.body[2].input_defs()] == ["c = 1", "c = 2"]
    f.prune()
    assert len(f.body) == 3 and f(0) == 0 and f(2) == 1


def test_names_are_checked():
    with pytest.raises(ValueError, match=r"Undefined variables \{'q', 'r'\} found at 'body\[1\]'."):
        Function("f", [Assign("a", x), Var("q") + Var("r")], ["x"]).compile()
    with pytest.raises(ValueError, match=r"Undefined variables \{'q'\} found at ''."):
        Var("q").compile()
    example().compile()
    # What the same line defines before is known.
    Function("f", [base.If(x > 1, [Assign("y", 1), Assign("z", y)])], ["x"]).compile()
    # A function may find the names of its caller.
    Function("f", [Function("g", [y]), Assign("y", 1), FunctionCall("g")]).compile()


def test_prune_keeps_what_a_called_function_finds_at_its_caller():
    f = Function("f", [Assign("y", 1), Assign("a", 2), Function("g", [y]), FunctionCall("g")])
    f.prune()
    assert [type(line).__name__ for line in f.body] == ["Assign", "Function", "FunctionCall"]
    assert f() == 1
    empty = Function("f", [])
    empty.prune()
    assert not empty.body


def test_users_operators():
    class Square(UnaryOperator):
        ORDER = 7
        OPERATOR_STR = "square"
        OPERATOR_FN = lambda cls, value: value * value  # noqa: E731

    class Largest(BinaryOperator):
        ORDER = 3
        OPERATOR_STR = "max"
        OPERATOR_FN = lambda cls, left, right: max(left, right)  # noqa: E731

    class Minus(BinaryOperator):
        ORDER = 3
        OPERATOR_STR = "+"  # a name is no meaning
        OPERATOR_FN = operator.sub

    class Odd(Add):
        def evaluate(self, context):
            return 1000 + super().evaluate(context)

    code = Largest(Square(x), Minus(y, 1))
    assert str(code) == "square(x) max (y + 1)"
    f = Function("f", [code], ["x", "y"])
    odd = Function("f", [Odd(x, y)], ["x", "y"])
    for _ in range(CALLS_BEFORE_COMPILING + 3):
        assert f(2, 9) == 8 and f(3, 9) == 9 and odd(1, 2) == 1003
    assert callable(f._program) and odd._program is None
    with pytest.raises(TypeError, match="abstract"):
        Operator()


def test_types_can_be_selected():
    names = {cls.__name__ for cls in Instruction.select_types()}
    assert {"BinaryOperator", "SymbolReference", "Var", "If", "Add"} <= names
    assert not names & {"Instruction", "Assign", "Function", "Operator"}
    assert set(Instruction.select_types(lambda cls: issubclass(cls, FunctionCall))) == {
        FunctionCall
    }


def test_an_edit_of_a_compiled_program_takes_effect():
    f = example()
    for _ in range(CALLS_BEFORE_COMPILING + 1):
        assert f(3) == 3
    assert callable(f._program)
    f.rebind({"body[3].value": 6})
    assert f(3) == 4
    for _ in range(CALLS_BEFORE_COMPILING + 1):
        assert f(3) == 4
    f.body.append(c * 100)
    assert f(3) == -200
    inner = Function("g", [x + 1], ["x"])
    outer = Function("f", [inner, FunctionCall("g", [y])], ["y"])
    for _ in range(CALLS_BEFORE_COMPILING * 3):
        assert outer(1) == 2
    assert callable(outer._program) and callable(outer.body[0]._program)
    outer.body[0].rebind({"body[0].y": 2})
    assert outer(1) == 3
    assert pg.clone(outer, deep=True)._program == 0


def test_an_edit_without_hooks_takes_effect():
    f = Function("f", [x + 1], ["x"])
    for _ in range(CALLS_BEFORE_COMPILING + 1):
        f(1)
    with pg.notify_on_change(False):
        f.rebind({"body[0].y": 5})
    assert f(1) == 6


def test_code_that_is_only_referred_to_is_evaluated():
    code, values = x * 2, [pg.Ref(y)]
    f = Function("f", [Add(pg.Ref(code), 1)], ["x"])
    g = Function("g", [pg.Ref(code)], ["x"])
    h = Function("h", [Function("g", [x], ["x"]), FunctionCall("g", values)], ["y"])
    for _ in range(CALLS_BEFORE_COMPILING + 2):
        assert f(3) == 7 and g(3) == 6 and h(4) == 4
    code.rebind(y=10)
    assert f(3) == 31 and g(3) == 30


def test_what_python_cannot_parse_is_evaluated():
    deep = x
    for _ in range(150):
        deep = deep + 1
    f = Function("f", [deep], ["x"])
    strange = Function("f", [Assign("not a name", x), Var("not a name")], ["x"])
    twice = Function("f", [x], ["x", "x"])
    huge = Function("f", [x * 10**5000], ["x"])
    for _ in range(CALLS_BEFORE_COMPILING + 2):
        assert f(1) == 151 and strange(4) == 4 and twice(1, 2) == 2 and huge(2) == 2 * 10**5000
    assert f._program is None and callable(strange._program) and twice._program is None


def test_files_of_pyglove_load():
    text = (
        '{"_type": "pyglove.ext.mutfun.base.Function", "name": "f", "args": ["x"], "body": [{"_type": '
        '"pyglove.ext.mutfun.basic_ops.Add", "x": {"_type": "pyglove.ext.mutfun.base.Var", "name": "x"}, "y": 1}]}'
    )
    f = pg.from_json_str(text)
    assert pg.eq(f, Function("f", [x + 1], ["x"])) and f(1) == 2
    assert '"polygraft.mutfun.Function"' in pg.to_json_str(f)
    assert '"polygraft.mutfun.base.If"' in pg.to_json_str(base.If(x, []))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Var(1), "Expect <class 'str'> but encountered <class 'int'>: 1"),
        (lambda: Function("f", [1]), "Expect .*Code'> but encountered <class 'int'>: 1"),
        (lambda: Function("f", [x], [1]), "Expect <class 'str'> but encountered <class 'int'>: 1"),
    ],
)
def test_bad_code_is_refused(make, message):
    with pytest.raises(TypeError, match=message):
        make()


def test_own_kinds_of_code():
    class Noise(Instruction):
        def evaluate(self, context):
            return 4

        def python_repr(self, block_indent=0):
            return "noise"

    class Unless(base.ControlFlow):
        condition: object
        body: list[Code]

        def evaluate(self, context):
            if not evaluate(self.condition, context):
                for code in self.body:
                    code.evaluate(context)

        def python_repr(self, block_indent=0):
            return "unless"

    f = Function("f", [Assign("a", 1), Unless(x > 1, [Assign("a", Noise() + 1)]), a], ["x"])
    for _ in range(CALLS_BEFORE_COMPILING + 2):
        assert f(0) == 5 and f(2) == 1
    assert len(f.body[2].input_defs()) == 2
    assert Noise in Instruction.select_types()
