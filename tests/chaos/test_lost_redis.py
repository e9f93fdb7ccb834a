"""Redis is killed under load and comes back with nothing in it."""

import random

from support.chance import chance

from chaos.chores import Chore
from chaos.form import sized
from chaos.stack import Stack, any_lane, job
from pipelines.contract import Lane
from triptych.jobs.states import JobState

TIMES = sized(short=2, full=5)
JOBS_EACH = sized(short=40, full=300)


def test_redis_that_comes_back_empty_loses_and_doubles_no_job(stack_of):
    stack = stack_of()
    choice = chance("lost redis")
    for lane in Lane:
        stack.worker(lane)
    stack.periodic()
    stack.until_workers_are_there(len(Lane))

    for _ in range(TIMES):
        submit_some(stack, choice)
        some_have_ended = stack.ended() + choice.randint(1, JOBS_EACH // 2)
        stack.until(lambda: stack.ended() >= some_have_ended)  # noqa: B023  called at once
        stack.redis.kill()
        submit_some(stack, choice)
        stack.redis.start()
    stack.until_all_have_ended()
    books = stack.audit()

    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}


def submit_some(stack: Stack, choice: random.Random) -> None:
    """Accept jobs of all lanes, with and without Redis."""
    stack.submit(
        *(
            job(Chore.COUNT, any_lane(choice), tokens=choice.randint(0, 3), pause_s=choice.uniform(0, 0.05))
            for _ in range(JOBS_EACH)
        )
    )
