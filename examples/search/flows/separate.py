"""First the structure is searched, then the numbers of the best one."""

from program import PROGRAM, Best, evolution

import polygraft as pg


def search(seed):
    best = Best()
    space = pg.patch(pg.clone(PROGRAM), "search_structure")
    for program, feedback in pg.sample(space, evolution(seed), 40):
        feedback(best.evaluate(program))
    space = pg.patch(pg.clone(best.program), "search_numbers")
    for program, feedback in pg.sample(space, evolution(seed), 200):
        feedback(best.evaluate(program))
    return best
