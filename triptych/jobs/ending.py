"""Writing the ends of runs: any number by one transaction, and by the same one what its slot goes on with."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, insert

from pipelines.contract import Lane
from triptych.chat.settling import is_reply, settle_replies
from triptych.events.event import Event
from triptych.jobs import news
from triptych.jobs.admission import admit
from triptych.jobs.cancelling import cancel_orphans, told_of
from triptych.jobs.chain import succeed_and_claim_first
from triptych.jobs.ends import End
from triptych.jobs.family import await_children, below, hold_together, is_waited_for, look_up, news_of
from triptych.jobs.leases import Claim, Holder, LeaseLost, claim_next_in, held_by, starts, with_inputs
from triptych.jobs.moves import make_move, move_alike
from triptych.jobs.pauses import is_probe, pause, resume
from triptych.jobs.remembering import remember
from triptych.jobs.retelling import untold_starts, was_in_good_hands
from triptych.jobs.states import FINAL, JobState, Move
from triptych.jobs.tables import attempts, checkpoints, outputs, parts
from triptych.store import Store

_INSERT_ATTEMPT = insert(attempts)


@dataclass(frozen=True, slots=True)
class Settled:
    """The jobs that ends moved besides their own, and what is to be told of them."""

    rows: Sequence[Row[Any]]
    events: Sequence[Event]

    @property
    def lanes(self) -> set[str]:
        """Where a job may be admitted now that might not before."""
        return {row.lane for row in self.rows}


def end(store: Store, one: End) -> None:
    """Write one end. Raises LeaseLost when the attempt is no longer the job's."""
    if not end_all(store, [one]):
        raise LeaseLost(one.row.id)


def end_all(store: Store, ends: Sequence[End]) -> set[str]:
    """Write the ends by one transaction and tell them; return the ids of the jobs whose ends they still were.

    Rows are locked in the order of their ids, here as everywhere, so that no two writers wait for one another.
    """
    ended, _ = _end_and(store, ends, lambda _connection: [])
    return ended


def end_and_go_on(store: Store, ends: Sequence[End], holder: Holder) -> tuple[set[str], list[Claim]]:
    """As ``end_all``, and by the way claim the jobs of the next message of their lane that waits.

    A slot that has just ended a short job goes on with the next without a message for each going through Redis.
    """
    lane = Lane(ends[0].row.lane)
    is_alone = len(ends) == 1 and not ends[0].row.remember  # nothing follows it
    if store.database.is_postgresql and is_alone and _are_plain(store, ends):
        return _end_at_once(store, ends[0], lane, holder)

    def claim_next(connection: Connection) -> list[Claim]:
        return claim_next_in(connection, store, lane, holder, store.clock())

    return _end_and(store, ends, claim_next)


def _end_at_once(store: Store, one: End, lane: Lane, holder: Holder) -> tuple[set[str], list[Claim]]:
    """By one statement where the lane's next job needs no choosing, else by a transaction behind it."""
    now = store.clock()
    with store.database.at_once() as connection:
        held = held_by(holder, now, store)
        link = succeed_and_claim_first(connection, one.row.id, one.row.attempt, _values(one), lane, held)
        claims = with_inputs(connection, [link.claimed] if link.claimed else [])
    if not link.is_ended:
        return set(), []
    store.wire.send(events=[news.succeeded(one.row, one.at, one.values["warnings"]), *starts(claims)])
    if link.is_waiting and not claims:
        with store.database.write() as connection:
            claims = claim_next_in(connection, store, lane, holder, now)
        store.wire.send(events=list(starts(claims)))
    return {one.row.id}, claims


GoOn = Callable[[Connection], list[Claim]]


def _end_and(store: Store, ends: Sequence[End], go_on: GoOn) -> tuple[set[str], list[Claim]]:
    ends = sorted(ends, key=lambda one: one.row.id)
    if _are_plain(store, ends):
        with suppress(_SomeLost):
            return _end_alike(store, ends, go_on)
    # Before the commit, behind which another may begin the next run, and tell so.
    untold = untold_starts(store, [one.row for one in ends if _may_be_untold(store, one)])
    with store.database.write() as connection:
        _hold_families(connection, ends)
        moved = [(row, one) for one in ends if (row := end_in(connection, store, one)) is not None]
        family = settle(connection, [row for row, _ in moved], store.clock())
        lanes = {row.lane for row, one in moved if makes_room(store, one)} | family.lanes
        rings = [ring for lane in sorted(lanes) for ring in admit(connection, store, Lane(lane), store.clock())]
        following = remember(connection, store, [row for row, one in moved if one.move is Move.SUCCEED], store.clock())
        claims = go_on(connection)
    ended = {row.id for row, _ in moved}
    told = [*(event for event in untold if event.job_id in ended), *(_news_of(row, one) for row, one in moved)]
    store.wire.send([*rings, *following.rings], [*told, *family.events, *following.events, *starts(claims)])
    return ended, claims


def _may_be_untold(store: Store, one: End) -> bool:
    return one.is_unseen or (one.by_another and not was_in_good_hands(store, one.row))


def end_in(connection: Connection, store: Store, one: End) -> Row[Any] | None:
    """Write one end within a transaction; return the new row, or None when the attempt is no longer the job's."""
    lapsed_at = one.at if one.is_rescue else None
    row = make_move(connection, one.move, one.row.id, _values(one), attempt=one.row.attempt, lapsed_at=lapsed_at)
    if row is None:
        return None
    if one.awaits:
        return await_children(connection, row, one.at)
    if one.move is not Move.SUCCEED:
        connection.execute(_INSERT_ATTEMPT, _attempt(one))
    if row.state in FINAL:
        settle_replies(connection, [row])
    if row.attempt > 1 and row.state in FINAL:
        _drop_earlier_attempts(connection, row, with_parts=one.move is Move.SUCCEED)
    if one.away:
        return pause(connection, row, one.away, one.at, store.random, one.away_s)
    if one.is_answer and is_probe(one.row):
        resume(connection, one.row)
    return row


def settle(connection: Connection, moved: Sequence[Row[Any]], now: float) -> Settled:
    """Have nobody work for those of the ``moved`` jobs that failed, and wake those that waited for others."""
    orphans = cancel_orphans(connection, [row for row in moved if row.state == JobState.FAILED], now)
    parents = look_up(connection, [row for row in moved if row.state in FINAL], now)
    return Settled([*orphans, *parents], [*told_of(orphans, now), *news_of(parents, now)])


def makes_room(store: Store, one: End) -> bool:
    """Whether a job may be admitted now that might not before: a claim has freed the place in the window already."""
    return one.move is Move.REQUEUE or store.flights.known(store.settings).of(one.row.owner) > 0 or is_probe(one.row)


def _hold_families(connection: Connection, ends: Sequence[End]) -> None:
    """Lock, in the order of their ids, what the ends of these jobs will move besides them."""
    parents = {one.row.parent_id for one in ends if is_waited_for(one.row)}
    children = below(connection, [one.row.id for one in ends if one.move is Move.FAIL])
    hold_together(connection, [one.row.id for one in ends], parents.union(children))


def _are_plain(store: Store, ends: Sequence[End]) -> bool:
    """Whether they are successes of first attempts, as nearly all are, so that their rows can be written alike."""
    return all(
        one.move is Move.SUCCEED
        and one.row.attempt == 1
        and not makes_room(store, one)
        and not is_reply(one.row)
        and not is_waited_for(one.row)
        for one in ends
    )


def _end_alike(store: Store, ends: Sequence[End], go_on: GoOn) -> tuple[set[str], list[Claim]]:
    """Write plain ends together. Raises _SomeLost, with nothing written, when one is no longer its job's."""
    moves = [(one.row.id, one.row.attempt, _values(one)) for one in ends]
    with store.database.write() as connection:
        if not move_alike(connection, Move.SUCCEED, moves):
            raise _SomeLost
        following = remember(connection, store, [one.row for one in ends], store.clock())
        claims = go_on(connection)
    told = (news.succeeded(one.row, one.at, one.values["warnings"]) for one in ends)
    store.wire.send(following.rings, [*told, *following.events, *starts(claims)])
    return {one.row.id for one in ends}, claims


class _SomeLost(Exception):
    """Rolls the others back."""


def _values(one: End) -> dict[str, Any]:  # Any: columns of the jobs table
    values = dict(one.values)
    if one.move is not Move.REQUEUE:
        values |= {"finished_at": one.at, "lease_until": None}
        if one.started_at is not None:
            values["started_at"] = one.started_at
    return values


def _attempt(one: End) -> dict[str, Any]:  # Any: columns of the attempts table
    return {
        "job_id": one.row.id,
        "attempt": one.row.attempt,
        "worker": one.row.worker,
        "started_at": one.row.started_at if one.started_at is None else one.started_at,
        "ended_at": one.at,
        "error": one.error,
    }


def _drop_earlier_attempts(connection: Connection, row: Row[Any], *, with_parts: bool) -> None:
    """Only the last attempt's work is the job's; a failed job's checkpoint and its parts serve a retry by hand."""
    tables = (outputs, parts) if with_parts else (outputs,)
    for table in tables:
        connection.execute(delete(table).where(table.c.job_id == row.id, table.c.attempt < row.attempt))
    if with_parts:
        connection.execute(delete(checkpoints).where(checkpoints.c.job_id == row.id))


def _news_of(row: Row[Any], one: End) -> Event:
    return news.finished(row, one.at) if row.state in FINAL else news.queued(row, one.at)
