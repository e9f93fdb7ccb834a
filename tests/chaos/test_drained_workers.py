"""Every worker is asked to end while it works, again and again, and new ones take over."""

import random
from threading import Event

from support.chance import chance

from chaos.chores import Chore
from chaos.form import sized
from chaos.stack import any_lane, job
from pipelines.contract import Lane
from triptych.jobs.states import JobState
from triptych.jobs.submit import Submission

TIMES = sized(short=2, full=10)
JOBS_EACH = sized(short=10, full=50)


def test_drained_workers_cost_no_job_an_attempt(stack_of):
    stack = stack_of(max_attempts=1, grace_s=1.0)
    choice = chance("drained workers")
    stack.periodic()
    workers = [stack.worker(lane) for lane in Lane]
    stack.until_workers_are_there(len(workers))
    [sure] = stack.submit(job(Chore.COUNT, Lane.GPU, tokens=10, pause_s=1.0))  # under way whenever they are to end
    stack.until(lambda: sure in stack.ledger.times_begun())

    for _ in range(TIMES):
        stack.submit(*(any_length(choice) for _ in range(JOBS_EACH)))
        some_have_begun = len(stack.ledger.runs()) + choice.randint(1, 10)
        stack.until(lambda: len(stack.ledger.runs()) >= some_have_begun)  # noqa: B023  called at once
        Event().wait(choice.random())
        for worker in workers:
            worker.terminate()
        leaving, workers = workers, [stack.worker(lane) for lane in Lane]
        assert [worker.wait() for worker in leaving] == [0] * len(leaving)
    stack.until_all_have_ended()
    books = stack.audit()

    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}
    assert {row.failures for row in books.jobs.values()} == {0}
    ends = {attempt.error and attempt.error["code"] for history in books.attempts.values() for attempt in history}
    assert ends == {None, "handed_back"}


def any_length(choice: random.Random) -> Submission:
    """A job that is over at once, one that is longer than the grace, or one that does not listen."""
    lane = any_lane(choice)
    kind = choice.choices(["short", "long", "deaf"], weights=[8, 3, 1])[0]
    if kind == "short":
        return job(Chore.COUNT, lane, tokens=2, pause_s=choice.uniform(0, 0.1))
    if kind == "long":
        return job(Chore.COUNT, lane, tokens=3, pause_s=choice.uniform(0.7, 1.0))
    return job(Chore.DEAF, Lane.CPU, kind="sleep", length_s=2.5)
