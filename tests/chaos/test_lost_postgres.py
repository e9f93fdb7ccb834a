"""PostgreSQL crashes under load and is started again."""

import random
from threading import Event

import pytest
from support.chance import chance
from support.until import until

from chaos.audit import Books
from chaos.chores import Chore
from chaos.form import sized
from chaos.stack import Stack, any_lane, job
from pipelines.contract import Lane
from triptych.database import DatabaseAway
from triptych.jobs.states import JobState

TIMES = sized(short=2, full=6)
JOBS_EACH = sized(short=25, full=200)
LONGEST_AWAY_S = 2.0


@pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_postgres_that_crashes_loses_and_doubles_no_job(stack_of, mortal_database):
    stack = stack_of()
    choice = chance("lost postgres")
    for lane in Lane:
        stack.worker(lane)
    stack.periodic()
    stack.until_workers_are_there(len(Lane))

    for _ in range(TIMES):
        submit_some(stack, choice)
        some_have_ended = stack.ended() + choice.randint(1, JOBS_EACH // 2)
        stack.until(lambda: stack.ended() >= some_have_ended)  # noqa: B023  called at once
        mortal_database.stop_hard()
        with pytest.raises(DatabaseAway):
            submit_some(stack, choice)
        Event().wait(choice.uniform(0, LONGEST_AWAY_S))
        mortal_database.start()
        until(lambda: knows(stack))
    stack.until_all_have_ended()
    books = stack.audit(was_killed=True)

    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}


def submit_some(stack: Stack, choice: random.Random) -> None:
    """Accept jobs of all lanes."""
    stack.submit(
        *(
            job(Chore.COUNT, any_lane(choice), tokens=choice.randint(0, 3), pause_s=choice.uniform(0, 0.05))
            for _ in range(JOBS_EACH)
        )
    )


def knows(stack: Stack) -> bool:
    """Whether the database answers again, and still has every job that was accepted."""
    try:
        return set(stack.accepted) == set(Books.read(stack.store).jobs)
    except DatabaseAway:
        return False
