"""`install_as_pyglove`: what `import pyglove` gives after it. Each test runs in a process of its own."""

import subprocess
import sys
import textwrap


def runs(code):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_modules_are_the_same_objects():
    runs(
        """
        import sys
        import polygraft
        polygraft.install_as_pyglove()
        polygraft.install_as_pyglove()
        assert sum(type(f).__name__ == "_Finder" for f in sys.meta_path) == 1
        import pyglove
        import pyglove as pg
        import pyglove.core
        import pyglove.ext
        from pyglove import core
        assert pg is pyglove is polygraft is core is pyglove.ext

        import pyglove.core.symbolic
        from pyglove.core import typing, hyper, geno, tuning, patching, io, utils, object_utils
        from pyglove.ext import evolution, scalars, early_stopping, mutfun
        assert pyglove.core.symbolic is polygraft.symbolic and hyper is polygraft.hyper
        assert utils is object_utils is polygraft.utils and io is polygraft.io
        assert scalars is polygraft.scalars
        import pyglove.ext.evolution.mutators as mutators
        assert mutators is polygraft.evolution.mutators
        from pyglove.core.hyper import OneOf, ManyOf
        from pyglove.core.symbolic.object import Object
        from pyglove.core.typing.value_specs import Int
        from pyglove.core.io.sequence import Sequence
        from pyglove import JSONConvertible, Symbolic
        assert Object is polygraft.Object and Int is polygraft.typing.Int
        assert polygraft.symbolic.__spec__.name == "polygraft.symbolic"
        assert polygraft.symbolic.__name__ == "polygraft.symbolic"

        class A(pg.Object):
            x: int
        assert pg.eq(pg.from_json_str(A(1).to_json_str()), A(1))
        import logging
        logging.basicConfig(stream=sys.stdout, format="%(message)s")
        pg.logging.warning("said %d", 1)
        """
    )


def test_absent_names_are_told_with_the_nearest():
    runs(
        """
        import polygraft
        polygraft.install_as_pyglove()
        import pyglove as pg

        def says(error, code, *words):
            try:
                exec(code)
            except error as e:
                assert all(w in str(e) for w in words), e
            else:
                raise AssertionError(code)

        says(AttributeError, "pg.symbolise", "symbolise", "Did you mean 'symbolize'?")
        says(ImportError, "from pyglove import symbolise", "'symbolise'", "Did you mean 'symbolize'?")
        says(ImportError, "from pyglove.core.hyper import OneOff", "'OneOff'", "'OneOf'")
        says(ModuleNotFoundError, "import pyglove.core.symbolik", "symbolik", "'symbolic'")
        says(ModuleNotFoundError, "import pyglove.core.coding", "no part of it")
        says(ModuleNotFoundError, "import pyglove.core.symbolic.nothing", "'nothing'")
        says(ImportError, "from pyglove import monitoring", "no part of it")
        """
    )


def test_pyglove_itself_is_not_replaced():
    runs(
        """
        import sys, types
        import polygraft
        sys.modules["pyglove"] = real = types.ModuleType("pyglove")
        before = list(sys.meta_path)
        try:
            polygraft.install_as_pyglove()
        except RuntimeError as e:
            assert "already been imported" in str(e) and "first" in str(e)
        else:
            raise AssertionError
        assert sys.modules["pyglove"] is real and sys.meta_path == before
        """
    )


def test_it_can_be_undone():
    runs(
        """
        import sys
        import polygraft
        polygraft.uninstall_as_pyglove()
        before, names = list(sys.meta_path), set(vars(polygraft))
        polygraft.install_as_pyglove()
        import pyglove.core.symbolic.dict
        polygraft.uninstall_as_pyglove()
        assert sys.meta_path == before
        assert not [n for n in sys.modules if n.startswith("pyglove")]
        assert not {"core", "logging", "ext"} & set(vars(polygraft))
        try:
            from polygraft import nothing
        except ImportError as e:
            assert "stands in" not in str(e)
        polygraft.install_as_pyglove()
        import pyglove
        assert pyglove is polygraft
        """
    )


def test_installing_loads_nothing_heavy():
    out = runs(
        """
        import sys
        import polygraft
        polygraft.install_as_pyglove()
        import pyglove
        print(*{n.partition(".")[0] for n in sys.modules})
        """
    )
    assert not {"numpy", "fsspec", "keras", "torch"} & set(out.split())
