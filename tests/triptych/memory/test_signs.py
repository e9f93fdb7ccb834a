from collections.abc import Sequence
from math import hypot
from random import Random
from struct import pack

import pytest
from support.remembering import a_finished_job, a_kept_file, ask, passage, remember, texts_of

from pipelines.house import Space, SpaceKind, Vector
from triptych.memory.signs import CANDIDATES
from triptych.store import Store

pytestmark = pytest.mark.redis

PAGES, A_PAGE = 7, 300
CROWDED = Space(SpaceKind.TEXT, "crowded", 36)  # no multiple of 8


def unit(values: Sequence[float]) -> Vector:
    """The vector that points that way."""
    length = hypot(*values)
    return Vector(CROWDED, pack(f"<{len(values)}f", *(value / length for value in values)))


def test_the_nearest_of_many_that_lie_close_together_are_found(sqlite_store: Store) -> None:
    chance = Random(7)
    directions = [[10 + chance.gauss(0, 1) for _ in range(36)] for _ in range(PAGES * A_PAGE)]
    file = a_kept_file(sqlite_store)
    job = a_finished_job(sqlite_store, files=[file])
    for page in range(PAGES):
        new = [
            passage(f"number {number}", number, unit(directions[number]))
            for number in range(page * A_PAGE, (page + 1) * A_PAGE)
        ]
        remember(sqlite_store, *new, job=job, file=file)

    asked = [chance.randrange(len(directions)) for _ in range(20)]
    nearby = [unit([value + chance.gauss(0, 0.3) for value in directions[number]]) for number in asked]
    found = [texts_of(ask(sqlite_store, "", near))[0] for near in nearby]

    assert len(directions) > 2 * CANDIDATES
    assert found == [f"number {number}" for number in asked]
