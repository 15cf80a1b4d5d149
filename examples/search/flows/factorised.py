"""The structure is searched, and each one is judged by the best numbers that a search of its own finds."""

from program import PROGRAM, Best, evolution

import polygraft as pg


def search(seed):
    best = Best()
    space = pg.patch(pg.clone(PROGRAM), "search_structure")
    for structure, feedback in pg.sample(space, evolution(seed), 12):
        tuned = Best()
        for program, inner in pg.sample(pg.patch(structure, "search_numbers"), evolution(seed), 20):
            inner(tuned.evaluate(program))
        feedback(best.note(tuned.program, tuned.reward))
    return best
