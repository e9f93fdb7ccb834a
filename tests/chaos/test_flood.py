"""One account submits thousands of jobs, and others one each."""

import json

from support.chance import chance

from chaos.audit import Books
from chaos.figures import say
from chaos.form import sized
from chaos.stack import SLOTS, Stack, job
from pipelines.contract import Lane
from triptych.jobs.states import FINAL, JobState
from triptych.jobs.window import PLACES_A_SLOT

FLOOD = sized(short=600, full=10_000)
AT_A_TIME = 500
VISITS = sized(short=3, full=20)


def test_one_job_does_not_stand_behind_the_flood_of_another_account(stack_of):
    stack = stack_of()
    choice = chance("flood")
    stack.worker(Lane.CPU)
    stack.periodic()
    stack.until_workers_are_there(1)
    for first in range(0, FLOOD, AT_A_TIME):
        stack.submit(*(job(owner="flood") for _ in range(min(AT_A_TIME, FLOOD - first))))

    visits = [visit(stack, when) for when in sorted(choice.sample(range(FLOOD // 2), VISITS))]
    stack.until_all_have_ended()
    books = stack.audit()
    overtaken_by = [started_between(stack, books, visit) for visit in visits]

    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}
    assert max(overtaken_by) <= most_before(stack)
    say(f"{VISITS} visits in a flood of {FLOOD}: {sorted(overtaken_by)} of its jobs started before the visit's own")


def most_before(stack: Stack) -> int:
    """How many of the flood's jobs may start before a visitor's: the window's, and one that each slot is about to tell.

    On PostgreSQL another one in each slot, claimed by a statement that began before the visitor's was committed.
    """
    return (PLACES_A_SLOT + 1 + stack.store.database.is_postgresql) * SLOTS[Lane.CPU]


def visit(stack: Stack, when: int) -> str:
    """Submit one job of another account when so many have ended, and return its id when it has.

    The visitor never has a second one in flight, which would have to take turns with the flood.
    """
    stack.until(lambda: stack.ended() >= when)
    [job_id] = stack.submit(job(owner="visitor"))
    stack.until(lambda: stack.state(job_id) in FINAL)
    return job_id


def started_between(stack: Stack, books: Books, visit: str) -> int:
    """How many jobs were told to have started after a job was told to be queued, and had been claimed before it was.

    Two slots tell at the same time: what is told of the other's jobs just before the job's own start came behind it.
    """
    events = [(event.job_id, json.loads(event.body).get("type")) for event in stack.store.wire.read("0-0")]
    accepted, started = events.index((visit, "job.queued")), events.index((visit, "job.started"))
    told = {job_id for job_id, kind in events[accepted:started] if kind == "job.started"}
    return sum(books.jobs[job_id].started_at < books.jobs[visit].started_at for job_id in told)
