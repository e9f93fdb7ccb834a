"""Jobs that a run asks for: once each, however often the run is begun anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from triptych.jobs.leases import Claim, still_ours
from triptych.jobs.states import FINAL
from triptych.jobs.submission import Submission
from triptych.jobs.submit import accept_in
from triptych.jobs.tables import IS_CHILD, jobs
from triptych.store import Store

_ASKED_FOR = select(jobs.c.child, jobs.c.id, jobs.c.state).where(
    IS_CHILD, jobs.c.parent_id == bindparam("parent"), jobs.c.child >= 0
)


@dataclass(frozen=True, slots=True)
class Child:
    """A job that was asked for, and whether it rests."""

    id: str
    is_finished: bool


def ask_for(store: Store, claimed: Claim, wanted: Sequence[Submission]) -> list[Child]:
    """The ``wanted`` children of the claimed job, in order; those that are not there are submitted.

    Under the attempt's number, so that a job that was cancelled meanwhile gets no more of them. Raises LeaseLost.
    """
    with store.database.read() as connection:
        known = _asked_for(connection, claimed)
    if any(one.child not in known for one in wanted):
        with store.database.write() as connection:
            still_ours(connection, claimed)
            known = _asked_for(connection, claimed)
            done = accept_in(connection, store, [one for one in wanted if one.child not in known])
            known = _asked_for(connection, claimed)
        store.wire.send(done.rings, done.news)
    return [known[one.child] for one in wanted]


def _asked_for(connection: Connection, claimed: Claim) -> dict[int | None, Child]:
    return {
        row.child: Child(row.id, row.state in FINAL)
        for row in connection.execute(_ASKED_FOR, {"parent": claimed.job.id})
    }
