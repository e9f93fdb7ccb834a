"""Probes: when a pipeline's pause is over one of its jobs tries whether the server is back, each time another.

A job may find the server away whatever the others find, as a question does that takes it too long. Were the oldest the
one that tries, nobody behind such a job would ever come to run.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, select

from pipelines.contract import Lane
from triptych.jobs.tables import IS_WAITING, attempts, jobs

_LAST_TRY = select(func.max(attempts.c.ended_at)).where(attempts.c.job_id == jobs.c.id).scalar_subquery()
_TRIED_AT = func.coalesce(case((jobs.c.attempt > 0, _LAST_TRY)), 0.0)
_FIRST_TO_TRY = (
    select(jobs.c.id)
    .where(
        IS_WAITING,
        jobs.c.lane == bindparam("the_lane"),
        jobs.c.pipeline == bindparam("the_pipeline"),
        jobs.c.owner.not_in(bindparam("passed_over", expanding=True)),
    )
    .order_by(
        func.max(_TRIED_AT).over(partition_by=jobs.c.owner),
        _TRIED_AT,
        jobs.c.priority,
        jobs.c.queued_at,
        jobs.c.turn,  # of those that were accepted together
    )
    .limit(1)
)
_NEXT_TO_TRY = select(jobs).where(jobs.c.id == _FIRST_TO_TRY.scalar_subquery())


def next_probe(connection: Connection, lane: Lane, pipeline: str, passed_over: Collection[str]) -> Row[Any] | None:
    """The waiting job that is to try: of the owner none of whose jobs has tried for longest, the one that has not.

    None where only owners that are to be ``passed_over`` have any. It reads all that wait of the pipeline, which is
    done once a pause.
    """
    asked = {"the_lane": lane, "the_pipeline": pipeline, "passed_over": list(passed_over)}
    return connection.execute(_NEXT_TO_TRY, asked).first()
