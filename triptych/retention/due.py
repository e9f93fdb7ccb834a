"""What is to go by rules of retention, and is needed by nothing.

A job is needed while it is a reply of a conversation's, while a job that it asked for or that follows it is not
finished, and while its batch is under way; a file while a job, a conversation or a batch has it, and while lines of a
batch wait that may name it. Both are needed while anything remembered of them is pinned, has a note, or is in a
collection.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, exists, false, func, or_, select

from triptych.batches.states import BatchState
from triptych.batches.tables import batch_members, batches
from triptych.chat.tables import message_files, messages
from triptych.files import files
from triptych.jobs.states import FINAL
from triptych.jobs.tables import IS_FINISHED, job_inputs, jobs, outputs
from triptych.memory.tables import IS_NOTE, collection_sources, memories, memory_pins, memory_sources
from triptych.retention.rules import Rule, What
from triptych.store import Store

DAY_S = 86_400.0


class StillNeeded(Exception):
    """It is not to go, or not any more; the message is its id."""


@dataclass(frozen=True, slots=True)
class Due:
    """How much is to go: of jobs the bytes of what they made, of files their own."""

    jobs: int
    files: int
    size_bytes: int


def due_jobs(store: Store, owner: str, rules: Sequence[Rule], after: str, limit: int) -> Sequence[str]:
    """The ids of up to ``limit`` of the owner's jobs that are to go, behind the id ``after``."""
    statement = _jobs(store, owner, rules).where(jobs.c.id > after).order_by(jobs.c.id).limit(limit)
    with store.database.read() as connection:
        return connection.execute(statement).scalars().all()


def due_files(store: Store, owner: str, rules: Sequence[Rule], after: str, limit: int) -> Sequence[str]:
    """The ids of up to ``limit`` of the owner's files that are to go, behind the id ``after``."""
    statement = _files(store, owner, rules).where(files.c.id > after).order_by(files.c.id).limit(limit)
    with store.database.read() as connection:
        return connection.execute(statement).scalars().all()


def check_job(connection: Connection, store: Store, owner: str, rules: Sequence[Rule], job_id: str) -> None:
    """Raise StillNeeded unless the job, which is held, is to go: nothing changes that before the transaction ends."""
    of_inputs = select(job_inputs.c.file_id).where(job_inputs.c.job_id == job_id)
    _hold_remembered(connection, or_(memory_sources.c.job_id == job_id, memory_sources.c.file_id.in_(of_inputs)))
    if connection.execute(_jobs(store, owner, rules).where(jobs.c.id == job_id)).first() is None:
        raise StillNeeded(job_id)


def check_file(connection: Connection, store: Store, owner: str, rules: Sequence[Rule], file_id: str) -> None:
    """Hold the file. Raise StillNeeded unless it is to go: nothing changes that before the transaction ends."""
    connection.execute(select(files.c.id).where(files.c.id == file_id).with_for_update())
    _hold_remembered(connection, memory_sources.c.file_id == file_id)
    if connection.execute(_files(store, owner, rules).where(files.c.id == file_id)).first() is None:
        raise StillNeeded(file_id)


def count_due(store: Store, owner: str, rules: Sequence[Rule]) -> Due:
    """How much is to go now. Files that only these jobs use are not counted: they go the next time."""
    of_jobs, of_files = _jobs(store, owner, rules), _files(store, owner, rules)
    made = select(func.coalesce(func.sum(outputs.c.size_bytes), 0)).where(outputs.c.job_id.in_(of_jobs))
    brought = select(func.coalesce(func.sum(files.c.size_bytes), 0)).where(files.c.id.in_(of_files))
    with store.database.read() as connection:
        count = [connection.scalar(select(func.count()).select_from(one.subquery())) for one in (of_jobs, of_files)]
        size = [connection.scalar(one) for one in (made, brought)]
    return Due(int(count[0] or 0), int(count[1] or 0), sum(int(one or 0) for one in size))


def _jobs(store: Store, owner: str, rules: Sequence[Rule]) -> Select[str]:
    children = jobs.alias()
    unfinished = exists().where(children.c.parent_id == jobs.c.id, children.c.state.not_in(sorted(FINAL)))
    of_inputs = select(job_inputs.c.file_id).where(job_inputs.c.job_id == jobs.c.id)
    return select(jobs.c.id).where(
        jobs.c.owner == owner,
        jobs.c.parent_id.is_(None),
        IS_FINISHED,
        _any(
            (jobs.c.finished_at < _until(store, rule)) & (jobs.c.pipeline == rule.pipeline if rule.pipeline else True)
            for rule in rules
            if rule.what is What.JOBS
        ),
        ~unfinished,
        ~exists().where(messages.c.job_id == jobs.c.id),
        ~exists().where(batches.c.id == jobs.c.batch_id, batches.c.finished_at.is_(None)),
        ~_is_kept(or_(memory_sources.c.job_id == jobs.c.id, memory_sources.c.file_id.in_(of_inputs))),
    )


def _files(store: Store, owner: str, rules: Sequence[Rule]) -> Select[str]:
    return select(files.c.id).where(
        files.c.owner == owner,
        files.c.grows_until.is_(None),
        _any(
            (files.c.created_at < _until(store, rule)) & _is_of(rule.media) for rule in rules if rule.what is What.FILES
        ),
        ~exists().where(job_inputs.c.file_id == files.c.id),
        ~exists().where(message_files.c.file_id == files.c.id),
        ~exists().where(batch_members.c.file_id == files.c.id),
        ~_may_be_named(),
        ~_is_kept(memory_sources.c.file_id == files.c.id),
    )


def _may_be_named() -> ColumnElement[bool]:
    """Whether lines wait of a batch that came behind the file: what they name is read when their jobs are made."""
    waits = or_(batches.c.state == BatchState.VALIDATING, batches.c.waiting > 0)
    since = batches.c.created_at >= files.c.created_at
    return exists().where(batches.c.owner == files.c.owner, batches.c.finished_at.is_(None), waits, since)


def _hold_remembered(connection: Connection, of_source: ColumnElement[bool]) -> None:
    """Have nobody pin, note or collect what is remembered of these before the transaction ends.

    Who does so locks the source or the memory first (memory/marks.py); one who was faster is waited for.
    """
    held = select(memory_sources.c.number).where(of_source).order_by(memory_sources.c.number).with_for_update()
    numbers = connection.execute(held).scalars().all()
    if numbers:
        its = select(memories.c.number).where(memories.c.source.in_(numbers)).order_by(memories.c.number)
        connection.execute(its.with_for_update())


def _is_kept(of_source: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether somebody took trouble over what is remembered of a source."""
    its = memory_sources.c.number
    marked = exists().where(memories.c.source == its, or_(memories.c.pinned_at.is_not(None), IS_NOTE))
    pinned = exists().where(memory_pins.c.source == its)
    collected = exists().where(collection_sources.c.source == its)
    return exists().where(of_source, or_(marked, pinned, collected))


def _any(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(false(), *conditions)


def _until(store: Store, rule: Rule) -> float:
    return store.clock() - rule.days * DAY_S


def _is_of(media: str | None) -> ColumnElement[bool] | bool:
    if media is None:
        return True
    if media.endswith("/*"):
        return files.c.media_type.startswith(media.removesuffix("*"), autoescape=True)
    return files.c.media_type == media
