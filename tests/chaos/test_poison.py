"""Jobs that kill the process that runs them."""

import pytest

from chaos.chores import Chore
from chaos.form import sized
from chaos.stack import job
from pipelines.contract import Lane
from triptych.jobs.states import JobState

POISONS = sized(short=1, full=5)
OTHERS = sized(short=30, full=500)
CAP = 3


@pytest.mark.parametrize("lane", sized(short=[Lane.CPU, Lane.NET], full=list(Lane)))
def test_job_that_kills_its_process_is_given_up_and_the_others_go_on(stack_of, lane):
    stack = stack_of(max_attempts=CAP)
    worker = stack.worker(lane)
    stack.periodic()
    stack.until_workers_are_there(1)

    def keep_a_worker() -> None:
        """A lane of threads dies whole, and is started again as whatever keeps it does."""
        nonlocal worker
        worker.doomed = POOL_DIES[lane]
        if worker.doomed and worker.process.poll() is not None:
            worker = stack.worker(lane)

    keep_a_worker()
    others = stack.submit(*(job(Chore.COUNT, lane, tokens=2, pause_s=0.02) for _ in range(OTHERS)))
    poisons = stack.submit(*(job(Chore.POISON, lane) for _ in range(POISONS)))
    others += stack.submit(*(job(Chore.COUNT, lane, tokens=2, pause_s=0.02) for _ in range(OTHERS)))
    stack.until_all_have_ended(meanwhile=keep_a_worker)
    books = stack.audit(was_killed=True)

    assert {books.jobs[one].state for one in others} == {JobState.SUCCEEDED}
    for one in poisons:
        assert (books.jobs[one].state, books.jobs[one].error["code"]) == (JobState.FAILED, "poisoned")
        assert [attempt.error["code"] for attempt in books.attempts[one]] == ["worker_died"] * CAP


def test_job_that_kills_its_process_takes_no_other_of_its_message_with_it(stack_of):
    stack = stack_of(max_attempts=CAP)
    stack.worker(Lane.CPU)
    stack.periodic()
    stack.until_workers_are_there(1)

    wanted = [
        job(Chore.BRIEF, kills=number % (OTHERS // POISONS) == OTHERS // POISONS // 2) for number in range(OTHERS)
    ]
    stack.submit(*wanted)
    stack.until_all_have_ended()
    books = stack.audit(was_killed=True)

    ends = {one.id: (books.jobs[one.id].state, one.params["kills"]) for one in wanted}
    assert set(ends.values()) == {(JobState.SUCCEEDED, False), (JobState.FAILED, True)}


POOL_DIES = {Lane.CPU: False, Lane.GPU: True, Lane.NET: True}
