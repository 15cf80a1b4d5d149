"""Runs in Vizier's environment: Vizier's own tests, or a search of ours on its service, with polygraft as `pyglove`.

python vizier_worker.py tests MODULE...     prints a JSON object: test → "" or the end of its error
python vizier_worker.py search              prints a JSON object of what the search found
"""

import importlib
import json
import os
import sys
import unittest
import uuid

import polygraft

polygraft.install_as_pyglove()

import pyglove as pg  # noqa: E402


def run_tests(modules):
    from absl import flags

    flags.FLAGS(["worker"])
    suite = unittest.TestSuite(
        unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(m)) for m in modules
    )
    result = unittest.TestResult()
    names = [test.id().split("._src.")[1] for test in _flat(suite)]
    suite.run(result)
    answer = dict.fromkeys(names, "")
    for test, text in [*result.failures, *result.errors]:
        answer[test.id().split("._src.")[1]] = text.strip()[-600:]
    for test, reason in result.skipped:
        answer[test.id().split("._src.")[1]] = f"skipped: {reason}"
    return answer


def _flat(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test


class Layer(pg.Object):
    units: int
    rate: float = 0.1


def search():
    from vizier import pyglove as pg_vizier

    # The service keeps its studies in a file beside its code.
    pg_vizier.init(f"of-test-{uuid.uuid4().hex}")
    space = pg.Dict(
        layers=pg.List([Layer(pg.oneof([4, 8, 16])), Layer(pg.oneof([4, 8]), pg.floatv(0.0, 1.0))])
    )
    algorithm = pg.evolution.regularized_evolution(
        pg.evolution.mutators.Uniform(seed=1), population_size=4, tournament_size=2, seed=1
    )
    rewards = []
    for example, feedback in pg.sample(space, algorithm, num_examples=12, name="search"):
        first, second = example.layers
        rewards.append(float(first.units + second.units) - second.rate)
        feedback(rewards[-1], metadata={"units": first.units})
    result = pg.tuning.poll_result("search")
    best = result.best_trial
    return {
        "backend": pg.tuning.default_backend(),
        "trials": len(result.trials),
        "rewards": rewards,
        "recorded": [t.final_measurement.reward for t in result.trials],
        "best": best.final_measurement.reward,
        "best program": str(pg.template(space).decode(best.dna)),
        "same modules": pg is polygraft and pg.tuning is polygraft.tuning,
    }


if __name__ == "__main__":
    answer = search() if sys.argv[1] == "search" else run_tests(sys.argv[2:])
    print(json.dumps(answer), flush=True)
    os._exit(0)  # the service's threads wait for nothing
