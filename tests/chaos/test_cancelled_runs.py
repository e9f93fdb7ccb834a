"""Running jobs are cancelled, whether they listen or not, and their place is free for the next one."""

from itertools import cycle
from statistics import median
from time import monotonic

from api.room import LOCAL_USER
from chaos.chores import FOREVER_S, Chore, Deafness
from chaos.figures import say
from chaos.form import sized
from chaos.stack import SLOTS, Stack, job
from pipelines.contract import Lane
from triptych.jobs.owner import cancel
from triptych.jobs.reading import list_parts
from triptych.jobs.states import JobState
from triptych.jobs.submit import Submission

CANCELS = {lane: sized(short=2 * slots, full=200) for lane, slots in SLOTS.items()}
DEAF_CANCELS = sized(short=4, full=200)
STUCK_S = 10
PROMISE_S = 3.0  # "about two seconds", on a machine that does other things as well


def test_cancelled_runs_end_and_free_their_place(stack_of):
    stack = stack_of()
    for lane in Lane:
        stack.worker(lane)
    stack.periodic()
    stack.until_workers_are_there(len(Lane))

    for lane in Lane:
        waits_s = cancel_in_waves(
            stack, [job(Chore.COUNT, lane, tokens=2, pause_s=FOREVER_S) for _ in range(CANCELS[lane])]
        )
        assert_promise(f"{CANCELS[lane]} cancels on {lane}", waits_s)

    assert {row.state for row in stack.audit().jobs.values()} == {JobState.CANCELLED}


def test_cancelled_runs_that_never_listen_are_ended_by_force(stack_of):
    stack = stack_of()
    stack.worker(Lane.CPU)
    stack.periodic()
    stack.until_workers_are_there(1)

    kinds = cycle(Deafness)
    waits_s = cancel_in_waves(stack, [job(Chore.DEAF, kind=next(kinds)) for _ in range(DEAF_CANCELS)])
    assert_promise(f"{DEAF_CANCELS} cancels of runs that do not listen", waits_s)

    assert {row.state for row in stack.audit(was_killed=True).jobs.values()} == {JobState.CANCELLED}


def cancel_in_waves(stack: Stack, wanted: list[Submission]) -> list[float]:
    """Fill a lane with jobs, have as many wait, and cancel what runs until all were; seconds until each wave ran."""
    size = SLOTS[wanted[0].pipeline.lane]
    waves = [wanted[first : first + size] for first in range(0, len(wanted), size)]
    running = stack.submit(*waves[0])
    until_they_have_parts(stack, running)

    waits_s = []
    for wave in [*waves[1:], []]:
        waiting = stack.submit(*wave) if wave else []
        began = monotonic()
        for one in running:
            cancel(stack.store, LOCAL_USER, one)
        until_they_have_parts(stack, waiting)
        waits_s += [monotonic() - began] if wave else []
        assert all(first_parts(stack, one) == ["1"] for one in running)
        running = waiting
    return waits_s


def until_they_have_parts(stack: Stack, running: list[str]) -> None:
    stack.until(lambda: all(first_parts(stack, one) for one in running), longest_s=STUCK_S)


def first_parts(stack: Stack, job_id: str) -> list[str]:
    """What the job has made, as its owner reads it."""
    return [part.body["text"] for part in list_parts(stack.store, LOCAL_USER, job_id, after=0, limit=3)]


def assert_promise(what: str, waits_s: list[float]) -> None:
    """The one promise of the house that is a time, and therefore the one clock that is looked at."""
    say(f"{what}: the next jobs ran after {median(waits_s):.1f} s (median), {max(waits_s):.1f} s (longest)")
    assert median(waits_s) <= PROMISE_S
