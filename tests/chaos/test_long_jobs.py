"""Jobs that are longer than every timeout around them."""

from chaos.chores import Chore, Deafness
from chaos.form import sized
from chaos.stack import job
from pipelines.contract import Lane
from triptych.jobs.states import JobState

LONG_S = sized(short=5.0, full=30.0)  # the lease is 3 s, and the broker's visibility timeout 1 s


def test_job_longer_than_any_timeout_is_run_once(stack_of):
    stack = stack_of()
    for lane in Lane:
        stack.worker(lane)
        stack.worker(lane)
    stack.periodic()
    stack.until_workers_are_there(2 * len(Lane))

    stack.submit(
        *(job(Chore.COUNT, lane, tokens=10, pause_s=LONG_S / 10) for lane in Lane),
        *(job(Chore.DEAF, Lane.CPU, kind=kind, length_s=LONG_S) for kind in Deafness if kind is not Deafness.SUM),
    )
    stack.until_all_have_ended()
    books = stack.audit()

    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}
    assert set(stack.ledger.times_begun().values()) == {1}


def test_job_that_lets_no_other_thread_run_keeps_its_lease(stack_of):
    stack = stack_of()
    stack.worker(Lane.CPU)
    stack.periodic()
    stack.until_workers_are_there(1)

    stack.submit(job(Chore.DEAF, kind=Deafness.SUM, length_s=LONG_S))
    stack.until_all_have_ended()
    books = stack.audit()

    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}
    assert set(stack.ledger.times_begun().values()) == {1}
