"""Taking jobs back that no worker has begun, as if they had never been asked for."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete

from triptych.jobs.selection import locked
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs


def withdraw_in(connection: Connection, owner: str, job_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Delete those of the jobs that wait for their first attempt, within a transaction, and return their rows.

    They make room in their lanes, and are to be told as deleted behind the commit.
    """
    unbegun = [row.id for row in locked(connection, owner, job_ids, {JobState.QUEUED}) if row.attempt == 0]
    return connection.execute(delete(jobs).where(jobs.c.id.in_(unbegun)).returning(*jobs.c)).all()
