"""Answers questions about spaces, genotypes and programs with placeholders, in polygraft or in PyGlove.

Run as a program (`python worker.py pyglove`), it reads requests `[kind, expression]` from its input and answers each
with one line: a dict from the names of the questions of that kind to texts. It imports nothing but the library asked.
"""

# ruff: noqa: E501

import builtins
import importlib
import itertools
import json
import random
import re
import sys

KEYS = ("id", "name_or_id", "dna_spec")
VALUES = ("value", "dna", "choice", "literal", "choice_and_literal")
MULTI = ("subchoice", "parent", "both")


def next_word(dna):
    return None if dna is not None and dna.value == "v" else DNA("u" if dna is None else "v")


def random_word(r, previous_dna=None):
    return DNA(r.choice("uvw") + ("" if previous_dna is None else "+"))


def names(library):
    """What the expressions may refer to."""
    global DNA, PG
    PG = pg = importlib.import_module(library)
    DNA = pg.DNA

    class Pair(pg.Object):
        left: pg.typing.Any()
        right: pg.typing.Any(None)

    class Layer(pg.Object):
        units: int
        rate: float = 0.5
        tags: list[str] = []

    class Word(pg.hyper.CustomHyper):
        def custom_decode(self, dna):
            return "<" + dna.value + ">"

        def custom_encode(self, value):
            if not isinstance(value, str):
                raise ValueError("No word.")
            return DNA(value[1:-1])

        def next_dna(self, dna=None):
            return next_word(dna)

        def random_dna(self, random_generator, previous_dna=None):
            return random_word(random_generator, previous_dna)

    return {
        "DNA": DNA, "G": pg.geno, "H": pg.hyper, "Layer": Layer, "Pair": Pair, "Word": Word, "next_word": next_word,
        "pg": pg, "random": random, "random_word": random_word, "inf": float("inf"),
    }  # fmt: skip


# -- questions -------------------------------------------------------------------------------------
def drawn(spec, seed, **kwargs):
    return spec.random_dna(random.Random(seed), **kwargs)


def several(spec, count=4):
    r = random.Random(7)
    return [spec.random_dna(r) for _ in range(count)]


def keys_of(d):
    return [str(getattr(k, "id", k)) for k in d]


def shown_dict(d):
    return {str(getattr(k, "id", k)): v for k, v in d.items()}


def lookups(dna):
    keys = [*map(str, dna.decision_ids), *dna.named_decisions]
    return {k: told(lambda k=k: dna[k]) for k in keys}


def forms(dna, spec):
    """Whether all dict forms can be read back."""
    found = {}
    for key, value, multi in itertools.product(KEYS, VALUES, MULTI):
        for inactive in (False, True):
            d = dna.to_dict(key, value, multi, inactive)
            again = DNA.from_dict(d, spec, use_ints_as_literals=value == "literal")
            found[key, value, multi, inactive] = again == dna
    return sorted(k for k, v in found.items() if not v)


def structure(spec):
    out = []
    for p in spec.decision_points:
        parent, choice = p.parent_spec, p.parent_choice
        out.append(
            (str(p.id), p.name, p.is_categorical, p.is_subchoice, p.is_numerical, p.is_custom_decision_point, len(p),
             parent is not None and str(parent.id), choice is not None and str(choice.id))
        )  # fmt: skip
    return out


SPECS = {
    "str": str,
    "repr": repr,
    "object": lambda s: s.format(compact=False, verbose=False),
    "verbose": lambda s: re.sub("# .*", "#", s.format(compact=False, verbose=True)),
    "size": lambda s: s.space_size,
    "len": len,
    "ids": lambda s: [str(i) for i in s.decision_ids],
    "structure": structure,
    "named": lambda s: {k: repr(v) for k, v in s.named_decision_points.items()},
    "first": lambda s: s.first_dna(),
    "all": lambda s: list(itertools.islice(s.iter_dna(), 40)),
    "draws": several,
    "draw from previous": lambda s: drawn(s, 5, previous_dna=drawn(s, 3)),
    "unbound": lambda s: drawn(s, 1, attach_spec=False).spec,
    "json": lambda s: json.dumps(s.to_json()),
    "from json": lambda s: str(PG.from_json(s.to_json())),
    "clone": lambda s: str(s.clone()),
}  # fmt: skip

GENOTYPES = {
    "numbers": lambda s, d: d.to_numbers(),
    "nested": lambda s, d: d.to_numbers(flatten=False),
    "text": lambda s, d: (str(d), repr(d), d.format(compact=False, list_wrap_threshold=20)),
    "object": lambda s, d: d.format(verbose=False),
    "as dict": lambda s, d: d.format(as_dict=True),
    "in a container": lambda s, d: str(PG.Dict(d=d)) + repr(PG.Dict(d=d)),
    "json": lambda s, d: (json.dumps(d.to_json()), json.dumps(d.to_json(compact=False)), d.to_json(type_info=False)),
    "literal": lambda s, d: d.literal_value,
    "named": lambda s, d: d.named_decisions,
    "lookups": lambda s, d: lookups(d),
    "next": lambda s, d: list(itertools.islice(d.iter_dna(), 5)),
    "unreadable forms": lambda s, d: forms(d, s),
    "from numbers": lambda s, d: DNA.from_numbers(d.to_numbers(), s),
    "tree": lambda s, d: [(c.value, c.is_leaf, str(c.spec.id), len(c.children)) for c in d.children],
    "from fn": lambda s, d: DNA.from_fn(s, lambda p: drawn(p, 3) if not p.is_categorical else [0, 1, 2][: p.num_choices]),
    "multi": lambda s, d: (d.is_multi_choice_container, d.is_subchoice),
    **{
        f"dict {key} {value} {multi} {inactive}": (
            lambda s, d, o=(key, value, multi, inactive): shown_dict(d.to_dict(*o))
        )
        for key, value, multi, inactive in itertools.product(KEYS, VALUES, MULTI, (False, True))
    },
}  # fmt: skip

#: A genotype that may not fit.
WRONG = {
    "text": lambda s, d: repr(d),
    "binding": lambda s, d: d.clone().use_spec(s),
    "validation": lambda s, d: s.validate(d),
    "next": lambda s, d: s.next_dna(d),
    "numbers": lambda s, d: DNA.from_numbers(d.to_numbers(), s),
}

PROGRAMS = {
    "spec": lambda v: str(PG.dna_spec(v)),
    "constant": lambda v: PG.template(v).is_constant,
    "paths": lambda v: [str(p) for p, _ in PG.template(v).hyper_primitives],
    "repr": repr,
    "template": lambda v: repr(PG.template(v)),
    "decoded": lambda v: decoded(v),
    "encoded": lambda v: encoded(v),
    "sweep": lambda v: list(itertools.islice(PG.iter(v), 20)),
    "random": lambda v: list(PG.random_sample(v, 5, seed=3)),
    "json": lambda v: repr(PG.from_json(v.to_json())),
    "where": lambda v: str(PG.dna_spec(v, where=lambda p: p.hints != "h")),
    "where decoded": lambda v: list(PG.random_sample(v, 3, seed=3, where=lambda p: p.hints != "h")),
    "deterministic": lambda v: PG.is_deterministic(v),
    "abstract": lambda v: PG.is_abstract(v),
}  # fmt: skip

#: A program and a genotype that may not fit, and a value that may not be in the space.
MISFITS = {
    "decoding": lambda v, d, o: PG.template(v).decode(d),
    "encoding": lambda v, d, o: PG.template(v).encode(o),
    "trying": lambda v, d, o: PG.template(v).try_encode(o),
}

RUNS = {
    "spec": lambda pg, f: str(pg.hyper.trace(f).dna_spec),
    "found": lambda pg, f: repr(pg.hyper.trace(f).hyper_dict),
    "runs": lambda pg, f: run(pg, f),
    "named": lambda pg, f: run(pg, f, require_hyper_name=True),
    "numbers": lambda pg, f: run_numbers(pg, f),
}

#: Any expression: its value.
PLAIN = {"": repr}

#: What is written to a file.
WRITTEN = {"text": lambda v: str(v), "file": lambda v: PG.to_json_str(v).encode().hex()}

#: What is read from the text of a file.
READ = {"text": lambda text: str(PG.from_json_str(text))}

KINDS = {
    "specs": SPECS, "genotypes": GENOTYPES, "wrong": WRONG, "programs": PROGRAMS, "misfits": MISFITS, "runs": RUNS,
    "plain": PLAIN, "written": WRITTEN, "read": READ,
}  # fmt: skip


def decoded(v):
    t = PG.template(v)
    return [t.decode(d) for d in several(t.dna_spec())]


def encoded(v):
    t = PG.template(v)
    return [t.encode(t.decode(d)) for d in several(t.dna_spec())]


def run(pg, f, **kwargs):
    context = pg.hyper.trace(f, **kwargs)
    out = []
    for dna in several(context.dna_spec, 3):
        with context.apply(dna):
            out.append((repr(dna), f()))
    return out


def run_numbers(pg, f):
    context = pg.hyper.trace(f)
    out = []
    for numbers in ([], [0], [1, 1, 1], [0] * 8):
        try:
            with context.apply(numbers):
                out.append(f())
        except ValueError as e:
            out.append(str(e))
    return out


# -- answers ---------------------------------------------------------------------------------------
def told(question, *args):
    """The text of an answer, or `BuiltinError: message`; without the names of the modules that differ."""
    try:
        text = repr(question(*args))
    except Exception as e:
        kind = next(c for c in type(e).__mro__ if hasattr(builtins, c.__name__))
        text = f"{kind.__name__}: {e.args[0] if e.args else ''}"
    return plain(text)


def plain(text):
    text = re.sub(r"\b(__main__|tests\.hyper\.differential\.worker)\.", "", text)
    text = text.replace("names.<locals>.", "")
    text = re.sub(r"\bpyglove\.(\w+\.)*", "", text)
    text = re.sub(r"\bpolygraft\.(\w+\.)*", "", text)
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def answers(request, namespace):
    kind, expression = request
    try:
        value = eval(expression, dict(namespace))
    except Exception as e:
        kind = next(c for c in type(e).__mro__ if hasattr(builtins, c.__name__))
        return {"made": plain(f"{kind.__name__}: {e.args[0] if e.args else ''}")}
    args = value if isinstance(value, tuple) and kind != "plain" else (value,)
    return {name: told(question, *args) for name, question in KINDS[kind].items()}


LIBRARY = sys.argv[1] if len(sys.argv) > 1 and sys.argv[1] == "pyglove" else "polygraft"


def main():
    namespace = names(LIBRARY)
    for line in sys.stdin:
        print(json.dumps(answers(json.loads(line), namespace)), flush=True)


if __name__ == "__main__":
    main()
