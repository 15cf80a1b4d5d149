"""The tasks that Optuna's in-memory study does."""

import optuna
from worker import Task


def version() -> str:
    return optuna.__version__


def sample_random(scale: int) -> Task:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    values = [0, 1, 2, 3, 4]

    def loop():
        study = optuna.create_study(
            direction="maximize", sampler=optuna.samplers.RandomSampler(seed=1)
        )
        for _ in range(50):
            trial = study.ask()
            example = {f"x{i}": trial.suggest_categorical(f"x{i}", values) for i in range(20)}
            study.tell(trial, float(example["x0"]))

    return Task("loop()", {"loop": loop}, ops=50)


def sample_evolution(scale: int) -> Task:
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    values = [0, 1, 2, 3, 4]

    def loop():
        sampler = optuna.samplers.NSGAIISampler(population_size=50, seed=1)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        for _ in range(150):
            trial = study.ask()
            example = {f"x{i}": trial.suggest_categorical(f"x{i}", values) for i in range(20)}
            study.tell(trial, float(example["x0"]))

    return Task("loop()", {"loop": loop}, ops=150)


TASKS = {"sample_random": sample_random, "sample_evolution": sample_evolution}
