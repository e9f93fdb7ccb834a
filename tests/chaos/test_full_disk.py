"""The disk is full while a job writes."""

import resource

import psutil

from chaos.chores import Chore
from chaos.form import sized
from chaos.stack import job
from pipelines.contract import Lane
from triptych.jobs.states import JobState

OTHERS = sized(short=20, full=200)
OVERFLOWS = sized(short=3, full=30)
MIB = 1024**2


def test_jobs_that_find_the_disk_full_fail_alone_and_keep_nothing_by_halves(stack_of):
    stack = stack_of()
    stack.worker(Lane.CPU, slots=1)
    stack.periodic()
    stack.until_workers_are_there(1)

    [half] = stack.submit(job(Chore.WRITE, size_bytes=24 * MIB, waits_for="room"))
    [run] = stack.until(lambda: stack.ledger.runs("written"))
    child = psutil.Process(run.process_id)
    room = child.rlimit(psutil.RLIMIT_FSIZE)
    child.rlimit(psutil.RLIMIT_FSIZE, (16 * MIB, resource.RLIM_INFINITY))  # the kernel refuses the copy half-way
    stack.say("room")
    stack.until(lambda: stack.ended() == 1)
    child.rlimit(psutil.RLIMIT_FSIZE, room)
    at_once = stack.submit(*(job(Chore.OVERFLOW) for _ in range(OVERFLOWS)))  # no byte is written
    others = stack.submit(*(job(Chore.WRITE) for _ in range(OTHERS)))
    stack.until_all_have_ended()
    books = stack.audit()

    for one in (half, *at_once):
        assert (books.jobs[one].state, books.jobs[one].error["code"]) == (JobState.FAILED, "no_disk")
        assert one not in books.outputs
    assert {books.jobs[one].state for one in others} == {JobState.SUCCEEDED}
