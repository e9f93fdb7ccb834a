"""One account submits thousands of jobs, and others one each."""

import json

from support.chance import chance

from chaos.figures import say
from chaos.form import sized
from chaos.stack import SLOTS, Stack, job
from pipelines.contract import Lane
from triptych.jobs.states import JobState
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

    visits = []
    for when in sorted(choice.sample(range(FLOOD // 2), VISITS)):
        stack.until(lambda: stack.ended() >= when)  # noqa: B023  called at once
        visits += stack.submit(job(owner="visitor"))
    stack.until_all_have_ended()
    overtaken_by = [started_between(stack, visit) for visit in visits]
    books = stack.audit()

    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}
    assert max(overtaken_by) <= (PLACES_A_SLOT + 1) * SLOTS[Lane.CPU]
    say(f"{VISITS} visits in a flood of {FLOOD}: {sorted(overtaken_by)} of its jobs started before the visit's own")


def started_between(stack: Stack, visit: str) -> int:
    """How many jobs of others started between the acceptance of a job and its start, in the order of the events."""
    events = [(event.job_id, json.loads(event.body).get("type")) for event in stack.store.wire.read("0-0")]
    accepted, started = events.index((visit, "job.queued")), events.index((visit, "job.started"))
    return sum(kind == "job.started" for _, kind in events[accepted:started])
