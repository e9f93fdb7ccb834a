"""Jobs that were asked for by others: who belongs to whom, held together, and a parent woken when its children rest.

A parent that waits for its children is queued, in no slot and no window: ``not_before`` keeps it from both, and a
``fraction``, which no other queued job has, says that this is why. Whatever moves a child holds its parent first, so
that of two children that end at once the second sees the first (docs/adr/0015).
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, Select, and_, bindparam, case, func, select, update

from triptych.events.event import Event
from triptych.jobs import news
from triptych.jobs.job import Tally
from triptych.jobs.states import FINAL
from triptych.jobs.tables import IS_CHILD, IS_DELAYED, jobs

FIRST_LOOK_S, LONGEST_LOOK_S = 30.0, 600.0
WRITTEN_FOR = -1000  # children from here down have inputs that the house wrote for them alone, and that go with them

_IS_WAITED_FOR = and_(IS_CHILD, jobs.c.child >= 0)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_CHILDREN = select(jobs.c.id).where(IS_CHILD, jobs.c.parent_id.in_(_IDS))
_WAITED_FOR = _CHILDREN.where(jobs.c.child >= 0)
_PARENTS = select(jobs.c.parent_id).where(jobs.c.id.in_(_IDS), _IS_WAITED_FOR).distinct()
_HOLD = select(jobs.c.id).where(jobs.c.id.in_(_IDS)).order_by(jobs.c.id).with_for_update(key_share=True)
_COUNT = select(func.count(), func.coalesce(func.sum(case((jobs.c.state.in_(sorted(FINAL)), 1), else_=0)), 0)).where(
    _IS_WAITED_FOR, jobs.c.parent_id == bindparam("parent")
)
_AWAITING = update(jobs).where(jobs.c.id == bindparam("parent"), IS_DELAYED, jobs.c.fraction.is_not(None))
_WAKE = _AWAITING.values(not_before=None, fraction=None, note=None, queued_at=bindparam("now")).returning(*jobs.c)
_TELL = _AWAITING.values(fraction=bindparam("done"), note=bindparam("words")).returning(*jobs.c)


def is_waited_for(row: Row[Any]) -> bool:
    """Whether the job's parent waits for it: not so for what follows a finished job, such as the indexing of it."""
    return row.child is not None and bool(row.child >= 0)


def look_again_s(attempt: int) -> float:
    """How long a parent waits at most before it looks by itself, which it should never have to."""
    return min(FIRST_LOOK_S * 2.0 ** min(attempt - 1, 10), LONGEST_LOOK_S)


def tally_of(connection: Connection, parent_id: str) -> Tally:
    """The children that the job waits for, or has waited for."""
    return Tally(*connection.execute(_COUNT, {"parent": parent_id}).one())


def below(connection: Connection, job_ids: Collection[str], *, with_followers: bool = False) -> list[str]:
    """The ids of what the jobs asked for, and of what that asked for; ``with_followers``: of what follows them too."""
    found: dict[str, None] = {}  # in order, each once: no tree that somebody brought is followed in a circle
    generation, statement = list(job_ids), _CHILDREN if with_followers else _WAITED_FOR
    while generation:
        known = {*job_ids, *found}
        generation = [one for one in _ids(connection, statement, generation) if one not in known]
        found |= dict.fromkeys(generation)
    return list(found)


def hold(connection: Connection, job_ids: Collection[str], family: Iterable[str] = ()) -> None:
    """Lock the jobs with what waits for them, what they wait for, and others of their ``family``.

    In the order of their ids, as everywhere. Jobs that nobody asked for and that asked for none are left unlocked: who
    calls this is about to lock them.
    """
    if not job_ids:
        return
    hold_together(connection, job_ids, {*_ids(connection, _PARENTS, job_ids), *below(connection, job_ids), *family})


def hold_together(connection: Connection, job_ids: Collection[str], relatives: Collection[str]) -> None:
    """As ``hold``, where it is known already who the ``relatives`` are."""
    if relatives:
        connection.execute(_HOLD, {"ids": sorted({*relatives, *job_ids})})


def look_up(connection: Connection, rows: Iterable[Row[Any]], now: float) -> list[Row[Any]]:
    """Tell the parents of jobs that ended, and are held, how far they are, and wake those whose last child this was.

    Returns the new rows of those parents that waited; of who was woken, ``not_before`` is None.
    """
    parents = sorted({row.parent_id for row in rows if is_waited_for(row)})
    told = [_look_up(connection, parent, now) for parent in parents]
    return [row for row in told if row is not None]


def await_children(connection: Connection, row: Row[Any], now: float) -> Row[Any]:
    """The new row of a job that was just queued to wait for its children: woken at once, if none is left to wait for.

    They may have ended between its run's last look and its end.
    """
    told = _look_up(connection, row.id, now)
    return row if told is None else told


def news_of(parents: Sequence[Row[Any]], now: float) -> list[Event]:
    """What is to be told of parents that were told of a child's end."""
    return [
        news.queued(row, now) if row.not_before is None else news.progressed(row, now, row.fraction, row.note)
        for row in parents
    ]


def _look_up(connection: Connection, parent_id: str, now: float) -> Row[Any] | None:
    tally = tally_of(connection, parent_id)
    left = tally.total - tally.finished
    if not left:
        return connection.execute(_WAKE, {"parent": parent_id, "now": now}).one_or_none()
    words = f"waiting for {left} job{'' if left == 1 else 's'}"
    done = {"done": tally.finished / tally.total, "words": words}
    return connection.execute(_TELL, {"parent": parent_id, **done}).one_or_none()


def _ids(connection: Connection, statement: Select[Any], job_ids: Collection[str]) -> list[str]:
    return list(connection.execute(statement, {"ids": list(job_ids)}).scalars())
