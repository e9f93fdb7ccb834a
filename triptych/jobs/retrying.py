"""Having finished jobs done again, whose rows are locked, with what they asked for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, exists, func, insert, select

from triptych.jobs.moves import move_locked
from triptych.jobs.queues import Turns
from triptych.jobs.selection import TOLD
from triptych.jobs.states import FINAL, JobState, Move
from triptych.jobs.tables import IS_CHILD, attempts, checkpoints, jobs, outputs, parts
from triptych.memory.pins import lay_aside_pins
from triptych.memory.tables import memory_makers

# A job that is queued anew has nothing of its last run but its checkpoint.
_ANEW: dict[str, Any] = {  # Any: columns of the jobs table
    "rung_at": None,
    "share": None,
    "not_before": None,
    "worker": None,
    "holder": None,
    "process_id": None,
    "started_at": None,
    "finished_at": None,
    "failures": 0,
    "fraction": None,
    "note": None,
    "result": None,
    "engine": None,
    "warnings": [],
    "error": None,
    "cached": False,
    "work_key": None,
}


def queue_again(connection: Connection, rows: Sequence[Row[Any]], now: float) -> Sequence[Row[Any]]:
    """Queue the jobs in ``rows``, whose families are held, again, and return the new rows of all that was queued.

    With a job that did not succeed go those of its children that did not either; with one that did, all of them: it
    begins anew.
    """
    rows = _with_children(connection, rows)
    turns = Turns(connection)
    done = [row.id for row in rows if row.state == JobState.SUCCEEDED]
    _keep_in_history(connection, done)
    for table, job_ids in ((outputs, [row.id for row in rows]), (parts, done), (checkpoints, done)):
        connection.execute(delete(table).where(table.c.job_id.in_(job_ids)))
    of_them = memory_makers.c.job_id.in_(done)  # what was remembered of them
    lay_aside_pins(connection, of_them)
    connection.execute(delete(memory_makers).where(of_them))
    anew = [
        {
            **_ANEW,
            "queued_at": now,
            "turn": turns.next(row.lane, row.priority, row.owner),
            "fresh": row.fresh or row.state == JobState.SUCCEEDED,
        }
        for row in rows
    ]
    return move_locked(connection, Move.RETRY, rows, anew)


def _with_children(connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    found = {row.id: row for row in rows}
    generation: Sequence[Row[Any]] = rows
    while generation:
        anew = {row.id for row in generation if row.state == JobState.SUCCEEDED}
        generation = [
            row
            for row in _finished_children(connection, [row.id for row in generation])
            if row.id not in found and (row.parent_id in anew or row.state != JobState.SUCCEEDED)
        ]
        found.update({row.id: row for row in generation})
    return [found[job_id] for job_id in sorted(found)]


def _finished_children(connection: Connection, job_ids: Sequence[str]) -> Sequence[Row[Any]]:
    children = select(*TOLD).where(IS_CHILD, jobs.c.parent_id.in_(job_ids), jobs.c.child >= 0)
    return connection.execute(children.where(jobs.c.state.in_(sorted(FINAL)))).all()


def _keep_in_history(connection: Connection, job_ids: Sequence[str]) -> None:
    """Write the attempts that succeeded, which only the jobs' rows have told until now."""
    if job_ids:
        # Of a job that came in an archive nobody knows who ran it.
        worker, started_at = func.coalesce(jobs.c.worker, ""), func.coalesce(jobs.c.started_at, jobs.c.finished_at)
        told = select(jobs.c.id, jobs.c.attempt, worker, started_at, jobs.c.finished_at)
        written = exists().where(attempts.c.job_id == jobs.c.id, attempts.c.attempt == jobs.c.attempt)
        names = ["job_id", "attempt", "worker", "started_at", "ended_at"]
        connection.execute(insert(attempts).from_select(names, told.where(jobs.c.id.in_(job_ids), ~written)))
