"""Reading batches: one, a page of them, a page of one's lines. Everything is scoped to its owner here."""

from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, union_all

from triptych.batches.batch import Batch, Counts, Line, UnknownBatch
from triptych.batches.estimating import estimate_s
from triptych.batches.states import BatchState, Chore, Kind, LineState, Step
from triptych.batches.tables import batch_lines, batches
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.store import Store

_lines = batch_lines.alias()
_LINES = (
    select(_lines, jobs.c.id.label("job_id"), jobs.c.state.label("job_state"), jobs.c.error.label("job_error"))
    .outerjoin(jobs, and_(jobs.c.batch_id == _lines.c.batch_id, jobs.c.batch_line == _lines.c.number))
    .order_by(_lines.c.number)
)
_IS_SHOWN = or_(batches.c.chore.is_(None), batches.c.chore != Chore.DELETE)


def get_batch(store: Store, owner: str, batch_id: str) -> Batch:
    """The batch as it stands. Raises UnknownBatch."""
    with store.database.read() as connection:
        return batch_of(connection, store, owned_row(connection, owner, batch_id))


def list_batches(
    store: Store,
    owner: str,
    before: str | None,
    limit: int,
    *,
    kind: Kind | None = None,
    state: BatchState | None = None,
    since: str | None = None,
) -> list[Batch]:
    """Up to ``limit`` of the owner's batches, newest first, with ids below ``before`` and from ``since`` on.

    Of any kind, and in any state, where none is given.
    """
    page = select(batches).where(batches.c.owner == owner, _IS_SHOWN).order_by(batches.c.id.desc()).limit(limit)
    if before is not None:
        page = page.where(batches.c.id < before)
    if since is not None:
        page = page.where(batches.c.id >= since)
    if kind is not None:
        page = page.where(batches.c.kind == kind)
    if state is not None:
        page = page.where(batches.c.state == state)
    with store.database.read() as connection:
        return [batch_of(connection, store, row) for row in connection.execute(page).all()]


def list_lines(store: Store, owner: str, batch_id: str, state: LineState | None, after: int, limit: int) -> list[Line]:
    """Up to ``limit`` lines in that state behind line ``after``, in order. Raises UnknownBatch."""
    with store.database.read() as connection:
        row = owned_row(connection, owner, batch_id)
        numbers = _numbers(row, state, after, limit)
        page = _LINES.where(_lines.c.batch_id == batch_id, _lines.c.number.in_(numbers))
        return [_line_of(row, line) for line in connection.execute(page)]


def lines_behind(
    connection: Connection, owner: str, batch_id: str, after: int, limit: int
) -> list[tuple[Line, tuple[int, int]]]:
    """Up to ``limit`` lines behind line ``after``, each with where it lies in the manifest. Raises UnknownBatch."""
    row = owned_row(connection, owner, batch_id)
    page = _LINES.where(_lines.c.batch_id == batch_id, _lines.c.number > after).limit(limit)
    return [(_line_of(row, line), (line.offset, line.size_bytes)) for line in connection.execute(page)]


def owned_row(connection: Connection, owner: str, batch_id: str) -> Row[Any]:
    """The batch's row. Raises UnknownBatch."""
    its = select(batches).where(batches.c.id == batch_id, batches.c.owner == owner, _IS_SHOWN)
    row = connection.execute(its).one_or_none()
    if row is None:
        raise UnknownBatch(batch_id)
    return row


def counts_of(connection: Connection, row: Row[Any]) -> Counts:
    """How many of the batch's lines are in which state: its jobs are counted along their index."""
    by_state = select(jobs.c.state, func.count().label("jobs")).where(jobs.c.batch_id == row.id).group_by(jobs.c.state)
    return Counts.of(row, {one.state: one.jobs for one in connection.execute(by_state)})


def batch_of(connection: Connection, store: Store, row: Row[Any]) -> Batch:
    """The batch in ``row`` as it is told."""
    counts = counts_of(connection, row)
    whole_s = estimate_s(connection, store, row.pipelines)
    valid = counts.total - counts.invalid
    has_eta = whole_s is not None and valid > 0 and row.state in (BatchState.RUNNING, BatchState.PAUSED)
    return Batch(
        id=row.id,
        owner=row.owner,
        kind=Kind(row.kind),
        name=row.name,
        state=BatchState(row.state),
        asked=row.asked,
        lines=counts,
        size_bytes=row.size_bytes,
        estimate_s=whole_s,
        eta_s=round(whole_s * counts.left / valid, 1) if has_eta and whole_s is not None else None,
        error=row.error,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )


def _line_of(batch: Row[Any], line: Row[Any]) -> Line:
    """The line in ``line``, which has its job's ``job_id``, ``job_state`` and ``job_error``."""
    state = _state(batch, line)
    is_again = line.step == Step.WAITING
    error = line.error if line.error else None if is_again else line.job_error
    if line.step == Step.GONE:
        error = {"code": "gone", "message": "its job was deleted"}
    return Line(line.number, line.custom_id, state, line.job_id, error)


def _state(batch: Row[Any], line: Row[Any]) -> LineState:
    if line.step == Step.WAITING:
        return LineState.CANCELLED if batch.state == BatchState.CANCELLED else LineState.QUEUED
    if line.step == Step.INVALID:
        return LineState.INVALID
    return LineState(line.job_state) if line.job_state is not None else LineState.CANCELLED


def _numbers(batch: Row[Any], state: LineState | None, after: int, limit: int) -> Select[tuple[int]]:
    """Of the first lines in that state, found by the index of their steps and that of the batch's jobs."""
    found: list[Select[tuple[int]]] = []
    if state is None:
        found.append(select(batch_lines.c.number).where(batch_lines.c.batch_id == batch.id))
    else:
        waiting = LineState.CANCELLED if batch.state == BatchState.CANCELLED else LineState.QUEUED
        steps = {Step.WAITING: waiting, Step.INVALID: LineState.INVALID, Step.GONE: LineState.CANCELLED}
        found += [_in_step(batch.id, step) for step, told in steps.items() if told is state]
        found += [_with_job(batch, one) for one in JobState if one.value == state.value]
    parts = [_first(one, after, limit) for one in found]
    together = union_all(*parts).subquery()
    return select(together.c.number).order_by(together.c.number).limit(limit)


def _in_step(batch_id: str, step: Step) -> Select[tuple[int]]:
    return select(batch_lines.c.number).where(batch_lines.c.batch_id == batch_id, batch_lines.c.step == step)


def _with_job(batch: Row[Any], state: JobState) -> Select[tuple[int]]:
    """Lines whose job is in that state, but for those that wait to be done again."""
    number = jobs.c.batch_line.label("number")
    found = select(number).where(jobs.c.batch_id == batch.id, jobs.c.state == state)
    return found.where(number.not_in(_in_step(batch.id, Step.WAITING))) if batch.again else found


def _first(numbers: Select[tuple[int]], after: int, limit: int) -> Select[tuple[int]]:
    column = numbers.selected_columns[0]
    first = numbers.where(column > after).order_by(column).limit(limit).subquery()
    return select(first.c[0].label("number"))
