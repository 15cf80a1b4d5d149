"""Structure and numbers are searched at once."""

from program import PROGRAM, Best, evolution

import polygraft as pg


def search(seed):
    best = Best()
    space = pg.patch(pg.clone(PROGRAM), ["search_structure", "search_numbers"])
    for program, feedback in pg.sample(space, evolution(seed), 240):
        feedback(best.evaluate(program))
    return best
