from itertools import product

import pytest

from triptych.jobs.states import FINAL, MOVES, JobState, Move


def test_every_move_is_described() -> None:
    described = set(MOVES)

    assert described == set(Move)


def test_every_state_can_be_reached_and_left() -> None:
    left = {state for sources, _ in MOVES.values() for state in sources}
    reached = {target for _, target in MOVES.values()} | {JobState.QUEUED}

    assert left == reached == set(JobState)


@pytest.mark.parametrize(("move", "state"), list(product(Move, sorted(FINAL))))
def test_only_its_owner_moves_a_finished_job(move: Move, state: JobState) -> None:
    sources, target = MOVES[move]

    assert (state in sources) == (move is Move.RETRY)
    assert target is JobState.QUEUED or state not in sources
