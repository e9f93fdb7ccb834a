"""Looking after every batch that is not at rest: its lines read, its jobs made, what its owner asked, its end."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from triptych.batches import news
from triptych.batches.batch import Batch
from triptych.batches.closing import cancel_in, do_chore
from triptych.batches.making import make_page
from triptych.batches.reading import batch_of
from triptych.batches.states import ENDED, BatchState, Chore
from triptych.batches.tables import IS_ATTENDED, batches
from triptych.batches.validating import read_page
from triptych.jobs.cancelling import UNFINISHED
from triptych.jobs.tables import jobs
from triptych.store import Store

TELL_S = 0.5  # between two events of a batch's progress
TELL_RESTING_S = 5.0  # of one that only jobs get on with that run already
RESTING = frozenset({BatchState.PAUSED, BatchState.VALIDATED})
_LEFT = select(jobs.c.id).where(jobs.c.batch_id == bindparam("batch"), jobs.c.state.in_(sorted(UNFINISHED))).limit(1)


class Told:
    """What this process told last of each batch, so that only what is new is told."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Batch, float]] = {}

    def keep(self, batch_ids: set[str]) -> None:
        """Forget all but these."""
        self._last = {batch_id: last for batch_id, last in self._last.items() if batch_id in batch_ids}

    def is_due(self, batch_id: str, state: str, now: float) -> bool:
        """Whether it is in another state than was looked at last, or that was long enough ago: looking counts jobs."""
        last, at = self._last.get(batch_id, (None, 0.0))
        every_s = TELL_RESTING_S if state in RESTING else TELL_S
        return last is None or last.state != state or now - at >= every_s

    def is_new(self, batch: Batch, now: float) -> bool:
        """Whether its state or its counts are others than were told last; they count as told from here on."""
        last, _ = self._last.get(batch.id, (None, 0.0))
        self._last[batch.id] = batch, now
        return last is None or (last.state, last.lines) != (batch.state, batch.lines)


def attended(store: Store) -> Sequence[Row[Any]]:
    """The batches that are not at rest, oldest first."""
    with store.database.read() as connection:
        return connection.execute(select(batches).where(IS_ATTENDED).order_by(batches.c.id)).all()


def attend(store: Store, row: Row[Any], told: Told) -> bool:
    """Take a batch one page further and tell what is new; whether there is more that needs no waiting.

    Any number of processes may do this at once: each page is one's. Raises DatabaseAway and blobs.NoDisk.
    """
    got_on = _attend(store, row)
    _tell(store, row.id, told)
    return got_on


def _attend(store: Store, row: Row[Any]) -> bool:
    if row.chore is not None:
        return do_chore(store, row.id)
    if row.expires_at is not None and row.expires_at <= store.clock():
        return _break_off(store, row.id, "expired", "it had not ended in time: what was left of it is cancelled")
    if row.state == BatchState.VALIDATING:
        return read_page(store, row.id)
    if row.state == BatchState.RUNNING:
        return _run_on(store, row.id)
    return False


def _run_on(store: Store, batch_id: str) -> bool:
    try:
        return make_page(store, batch_id) or _finish(store, batch_id)
    except FileNotFoundError:  # of which every line is made: no later try finds it
        return _break_off(store, batch_id, "bad_manifest", "the manifest is gone: what was left of it is cancelled")


def _break_off(store: Store, batch_id: str, code: str, message: str) -> bool:
    with store.database.write() as connection:
        return cancel_in(connection, batch_id, store.clock(), {"code": code, "message": message})


def _finish(store: Store, batch_id: str) -> bool:
    """End the batch if all of its lines have ended; looking for one that has not costs less than counting them."""
    now = store.clock()
    with store.database.read() as connection:
        waiting = connection.execute(select(batches.c.waiting).where(batches.c.id == batch_id)).scalar()
        if waiting != 0 or connection.execute(_LEFT, {"batch": batch_id}).first() is not None:
            return False
    with store.database.write() as connection:
        done = update(batches).where(
            batches.c.id == batch_id,
            batches.c.state == BatchState.RUNNING,
            batches.c.chore.is_(None),
            batches.c.waiting == 0,
        )
        return bool(connection.execute(done.values(state=BatchState.FINISHED, finished_at=now)).rowcount)


def _tell(store: Store, batch_id: str, told: Told) -> None:
    now = store.clock()
    with store.database.read() as connection:
        row = connection.execute(select(batches).where(batches.c.id == batch_id)).one_or_none()
        if row is None or row.chore == Chore.DELETE or not told.is_due(batch_id, row.state, now):
            return
        batch = batch_of(connection, store, row)
    if told.is_new(batch, now):
        is_over = batch.state in ENDED
        store.wire.send(events=[(news.finished if is_over else news.got_on)(batch, now)])
