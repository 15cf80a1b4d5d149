"""Runs a script of a search loop and tells what happened, in polygraft or in PyGlove.

Run as a program (`python worker.py pyglove`), it reads one script (JSON) per line and answers each with one line: a
list with a text for each step. It imports nothing but the library it is asked about.
"""

import importlib
import itertools
import json
import re
import sys

NUMBER = itertools.count()


def spaces(pg):
    return {
        "oneof": pg.oneof([1, 2, 3]),
        "pair": pg.Dict(x=pg.oneof(range(4)), y=pg.floatv(0.0, 1.0)),
        "nested": pg.Dict(x=pg.oneof([pg.oneof([1, 2]), 3]), z=pg.manyof(2, [1, 2, 3])),
        "finite": pg.List([pg.oneof([1, 2]), pg.oneof([3, 4])]),
    }


def doubled(rewards):
    return sum(rewards) * 2


def first(dna):
    return dna.to_numbers()[0]


def algorithms(pg):
    E = pg.evolution
    M = E.mutators
    return {
        "random": lambda s: pg.geno.Random(seed=s),
        "sweeping": lambda s: pg.geno.Sweeping(),
        "dedup": lambda s: pg.geno.Deduping(pg.geno.Random(seed=s), max_proposal_attempts=20),
        "dedup2": lambda s: pg.geno.Deduping(pg.geno.Random(seed=s), max_duplicates=2),
        "dedup-hash": lambda s: pg.geno.Deduping(pg.geno.Random(seed=s), hash_fn=first),
        "dedup-auto": lambda s: pg.geno.Deduping(
            E.hill_climb(M.Uniform(seed=s), seed=s), hash_fn=first, auto_reward_fn=doubled
        ),
        "regularized": lambda s: E.regularized_evolution(M.Uniform(seed=s), 4, 2, seed=s),
        "hill_climb": lambda s: E.hill_climb(M.Uniform(seed=s), 2, 2, seed=s),
        "nsga2": lambda s: E.nsga2(M.Uniform(seed=s), 2, seed=s),
    }


def policies(pg):
    es = pg.early_stopping
    return {
        None: lambda: None,
        "rank": lambda: es.early_stop_by_rank([(1, 0.5, 1), (3, 2, 0)])(),
        "value": lambda: es.early_stop_by_value([(0, 0.0), (2, 1.0)], maximize=False)(),
        "metric": lambda: es.early_stop_by_value([(1, 0.5)], metric="acc")(),
        "both": lambda: (
            es.early_stop_by_rank([(0, 0.3, 2)])() & ~es.early_stop_by_value([(1, -1.0)])()
        ),
        "either": lambda: (
            es.early_stop_by_rank([(0, 0.3, 2)])() | es.early_stop_by_value([(1, -1.0)])()
        ),
    }


class Loop:
    """The workers of one study."""

    def __init__(self, pg, script):
        self.pg = pg
        self.name = f"differential-{next(NUMBER)}"
        algorithm = algorithms(pg)[script["algorithm"]](script["seed"])
        policy = policies(pg)[script["policy"]]()
        space = spaces(pg)[script["space"]]
        if policy is not None:  # PyGlove's policies want the same spec object each time.
            space = pg.dna_spec(space)
        self.loops = [
            pg.sample(
                space,
                algorithm,
                script["num_examples"],
                policy,
                name=self.name,
                group=group,
                metrics_to_optimize=script["metrics"],
            )
            for group in script["groups"]
        ]
        self.algorithm = algorithm
        self.feedbacks = [None] * len(self.loops)

    def next(self, worker):
        example, self.feedbacks[worker] = next(self.loops[worker])
        feedback = self.feedbacks[worker]
        return f"{feedback.id} {feedback.dna!r} {example!r} {feedback.status}"

    def report(self, worker, method, args, kwargs):
        feedback = self.feedbacks[worker]
        if feedback is None:
            return "nothing yet"
        args = [tuple(a) if isinstance(a, list) else a for a in args]
        result = getattr(feedback, method)(*args, **kwargs)
        return f"{result!r} {self.clean(repr(feedback.get_trial()))}"

    def caught(self, worker, which):
        feedback = self.feedbacks[worker]
        if feedback is None:
            return "nothing yet"
        expected = [ValueError, (KeyError, "b"), [TypeError, (Exception, "^ValueError: a")], []][
            which
        ]
        with feedback.skip_on_exceptions(expected):
            raise ValueError("abc")
        return feedback.status

    def poll(self):
        result = self.pg.poll_result(self.name)
        best = result.best_trial
        trials = [self.clean(repr(t)) for t in result.trials]
        text = str(result).replace(self.name, "NAME")
        return (
            f"{text} {result.is_active} {best and best.id} {result.last_updated is None} {trials}"
        )

    def counts(self):
        return f"{self.algorithm.num_proposals} {self.algorithm.num_feedbacks}"

    def clean(self, text):
        text = re.sub(r"elapse_secs=[0-9.e-]+", "elapse_secs=T", text)
        return re.sub(r"(created|completed)_time=\w+", r"\1_time=T", text)


class Policy:
    """A policy by itself, asked about trials that grow, after it was given some."""

    def __init__(self, pg, script):
        self.pg = pg
        self.policy = policies(pg)[script["policy"]]()
        self.trials = {}

    def measure(self, id, step, reward, acc):
        trial = self.trials.setdefault(id, self.trial(id))
        trial.measurements.append(self.measurement(step, reward, acc))
        answers = [self.policy.should_stop_early(trial) for _ in range(2)]
        return f"{answers} {self.state()}"

    def recover(self, id, status, infeasible, rows):
        trial = self.trials[id] = self.trial(id)
        trial.status, trial.infeasible = status, infeasible
        trial.measurements = [self.measurement(*row) for row in rows]
        self.policy.recover([trial])
        return self.state()

    def trial(self, id):
        return self.pg.tuning.Trial(id=id, dna=self.pg.DNA(id), created_time=0)

    def measurement(self, step, reward, acc):
        return self.pg.tuning.Measurement(step, 0.0, reward, {"acc": acc})

    def state(self):
        """What the gates know, in policies and those that they are made of."""
        parts, said = [self.policy], []
        while parts:
            part = parts.pop(0)
            if hasattr(part, "_gate_history"):
                rewards = [[m.reward for m in history] for history in part._gate_history]
                said.append(f"{rewards} {part._trial_gate_decision}")
            parts += getattr(part, "children", [])
        return str(said)

    def clean(self, text):
        return text


def outcome(pg, script):
    """What each step of a script gave, errors included."""
    loop = Loop(pg, script) if "space" in script else Policy(pg, script)
    said = []
    for method, *args in script["steps"]:
        try:
            said.append(getattr(loop, method)(*args))
        except StopIteration:
            said.append("StopIteration")
        except Exception as e:
            kind = next(c.__name__ for c in type(e).__mro__ if c.__module__ == "builtins")
            text = loop.clean(str(e.args[0]) if e.args else "").partition("Encountered: Trial(")[0]
            said.append(f"{kind}: {text}")
    # The number of a float's last digits is that of its repr in both.
    return [re.sub(r"\b(pyglove|polygraft)\.(\w+\.)*", "", text) for text in said]


def main():
    pg = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(outcome(pg, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
