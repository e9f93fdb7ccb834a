"""A worker is held still past its lease, as a paused machine is, and goes on when another has its job."""

import psutil
import pytest

from chaos.chores import Chore
from chaos.form import sized
from chaos.ledger import Run
from chaos.processes import Running
from chaos.stack import Stack, job
from pipelines.contract import Lane
from triptych.database import DatabaseAway
from triptych.jobs.states import JobState

RUN_S = 4.0
WHEN = {
    "while the other runs": lambda stack: len(stack.ledger.runs("deaf")) == 2,
    "when the other is through": lambda stack: stack.ended() == 1,
}


@pytest.mark.parametrize("lane", sized(short=[Lane.CPU], full=list(Lane)))
@pytest.mark.parametrize("when", sized(short=["while the other runs"], full=list(WHEN)))
def test_result_of_a_run_that_was_held_past_its_lease_is_refused(stack_of, lane, when):
    stack = stack_of()
    held = stack.worker(lane, slots=1)
    stack.periodic()
    stack.until_workers_are_there(1)

    stack.submit(job(Chore.DEAF, lane, kind="sleep", length_s=RUN_S))
    stack.until(lambda: stack.ledger.runs("deaf"))
    hold_outside_a_transaction(stack, held)
    [first] = stack.ledger.runs()
    stack.worker(lane, slots=1)
    stack.until(lambda: WHEN[when](stack))
    held.go_on()
    stack.until(lambda: is_over(stack, first))
    stack.until_all_have_ended()
    books = stack.audit(was_killed=True)

    [row] = books.jobs.values()
    [_, second] = stack.ledger.runs()
    assert (row.state, row.result["run"]) == (JobState.SUCCEEDED, second.token)
    assert [one.error and one.error["code"] for one in books.attempts[row.id]] == ["worker_died", None]


def hold_outside_a_transaction(stack: Stack, worker: Running) -> None:
    """Hold it at a moment at which it keeps nobody from writing: what is proven here is not what a lock does."""

    def hold() -> bool:
        worker.stop_the_clock()
        if can_write(stack):
            return True
        worker.go_on()
        return False

    stack.until(hold)


def can_write(stack: Stack) -> bool:
    """Whether the job's row is free, on PostgreSQL, or the whole database, on SQLite."""
    is_postgres = stack.settings.database.startswith("postgres")
    bound = "SET LOCAL lock_timeout = '300ms'" if is_postgres else "PRAGMA busy_timeout = 300"
    try:
        with stack.store.database.read() as connection:
            connection.exec_driver_sql(bound)
            connection.exec_driver_sql("UPDATE jobs SET note = note")
            connection.rollback()
    except DatabaseAway:
        return False
    return True


def is_over(stack: Stack, run: Run) -> bool:
    """Whether the run came to its end, or the process that ran it was ended for it."""
    return run in stack.ledger.runs("end") or not psutil.pid_exists(run.process_id)
