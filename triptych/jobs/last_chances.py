"""Jobs that fail as poisoned if one more process dies under them: their last attempt is made alone in its process.

Whoever shared a process with what killed it was blamed as well.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from triptych.jobs.tables import attempts

_ENDED = select(attempts.c.job_id, attempts.c.error).where(attempts.c.job_id.in_(bindparam("ids", expanding=True)))


def last_chances(connection: Connection, rows: Iterable[Row[Any]], max_attempts: int) -> frozenset[str]:
    """The ids of those of the jobs that have lost a process before, and have no failure left.

    ``rows`` have the columns ``id`` and ``failures``.
    """
    ids = [row.id for row in rows if row.failures and row.failures + 1 >= max_attempts]
    if not ids:
        return frozenset()
    ended = connection.execute(_ENDED, {"ids": ids})
    return frozenset(one.job_id for one in ended if one.error and one.error["code"] == "worker_died")
