"""The tables of a job: the job itself, what went in, and what came out of each attempt."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    false,
    text,
    true,
)

from triptych.database import JsonColumn, metadata

ID = String(36)

jobs = Table(
    "jobs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("pipeline", String(64), nullable=False),
    Column("lane", String(16), nullable=False),
    Column("priority", SmallInteger, nullable=False),  # Priority.rank
    Column("params", JsonColumn, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),  # the fencing token: grows with every claim, never falls
    Column("failures", Integer, nullable=False),  # attempts that died or failed in passing; caps the job
    Column("time_limit_s", Double, nullable=False, server_default="3600"),  # of one attempt
    Column("batch", SmallInteger, nullable=False, server_default="1"),  # most jobs of its pipeline in one message
    Column("turn", BigInteger, nullable=False, server_default="0"),  # among its owner's waiting jobs: least goes first
    Column("created_at", Double, nullable=False),
    Column("queued_at", Double, nullable=False),
    Column("not_before", Double),  # when a failure that may pass is tried again; until then it waits for no place
    Column("rung_at", Double),  # when it was admitted to its lane's window in Redis
    Column("share", Double),  # of a place in the window: one over the number of jobs in its message
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("lease_until", Double),
    Column("worker", String(255)),
    Column("holder", String(32)),  # the worker's incarnation, which alone renews the lease
    Column("process_id", Integer),  # the process of the holder that runs it
    Column("fraction", Double),
    Column("note", Text),
    Column("result", JsonColumn),
    Column("engine", JsonColumn),
    Column("warnings", JsonColumn, nullable=False),
    Column("error", JsonColumn),
    Column("cached", Boolean, nullable=False),
    Column("fresh", Boolean, nullable=False, server_default=false()),  # its owner wants no kept result
    Column(
        "work_key", String(64)
    ),  # what was done on what, and by which engine: the key of a result that may serve again
    Column("parent_id", ID),  # the job that asked for this one, with which it is deleted
    Column("child", SmallInteger),  # which of those that it asked for, from 0
    Column("remember", Boolean, nullable=False, server_default=true()),  # whether what it makes becomes memories
    Column("batch_id", ID),  # the batch that it is of, which may be gone
    Column("batch_line", Integer),  # which of its lines
    Column("idempotency_key", String(255)),
    Column("request_hash", String(64)),
    UniqueConstraint("owner", "idempotency_key"),
)

# The words of the partial indexes: a statement that asks in any others, or with a parameter, does not use them.
IS_WAITING = text("state = 'queued' AND rung_at IS NULL AND not_before IS NULL")
IS_DELAYED = text("state = 'queued' AND not_before IS NOT NULL")
IS_RUNG = text("state = 'queued' AND rung_at IS NOT NULL")
IS_RUNNING = text("state = 'running'")
IS_FINISHED = text("finished_at IS NOT NULL")
HAS_WORK_KEY = text("work_key IS NOT NULL")
IS_CHILD = text("parent_id IS NOT NULL")
IS_OF_BATCH = text("batch_id IS NOT NULL")


def _partial(name: str, where: TextClause, *columns: Column[Any]) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


# Partial indexes: what a claim, an admission or a sweep reads stays as small as the work in flight; and what is read of
# finished jobs costs the others nothing.
_partial("ix_jobs_waiting", IS_WAITING, jobs.c.lane, jobs.c.priority, jobs.c.owner, jobs.c.turn, jobs.c.pipeline)
_partial("ix_jobs_delayed", IS_DELAYED, jobs.c.not_before)
_partial("ix_jobs_rung", IS_RUNG, jobs.c.lane, jobs.c.rung_at, jobs.c.owner, jobs.c.priority, jobs.c.share)
_partial("ix_jobs_running", IS_RUNNING, jobs.c.lane, jobs.c.lease_until)
_partial("ix_jobs_held", IS_RUNNING, jobs.c.holder)
_partial("ix_jobs_finished", IS_FINISHED, jobs.c.pipeline, jobs.c.state, jobs.c.finished_at)
_partial("ix_jobs_finished_at", IS_FINISHED, jobs.c.finished_at)
_partial("ix_jobs_kept", HAS_WORK_KEY, jobs.c.owner, jobs.c.work_key)
Index(
    "ix_jobs_child", jobs.c.parent_id, jobs.c.child, unique=True, sqlite_where=IS_CHILD, postgresql_where=IS_CHILD
)  # asked for once, however often its parent is run
_partial("ix_jobs_batch", IS_OF_BATCH, jobs.c.batch_id, jobs.c.state, jobs.c.batch_line)
Index(
    "ix_jobs_batch_line",
    jobs.c.batch_id,
    jobs.c.batch_line,
    unique=True,
    sqlite_where=IS_OF_BATCH,
    postgresql_where=IS_OF_BATCH,
)  # a line has one job, however often its batch is gone on with
Index("ix_jobs_tally", jobs.c.owner, jobs.c.pipeline, jobs.c.state)
# Listing: newest first, with and without each filter.
Index("ix_jobs_owner", jobs.c.owner, jobs.c.id)
Index("ix_jobs_owner_state", jobs.c.owner, jobs.c.state, jobs.c.id)
Index("ix_jobs_owner_pipeline", jobs.c.owner, jobs.c.pipeline, jobs.c.id)

job_inputs = Table(
    "job_inputs",
    metadata,
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("file_id", ID, ForeignKey("files.id"), nullable=False, index=True),
)

# An attempt is written when it has failed in whichever way; what runs, and what succeeded, is told by the job's row,
# until its owner has the job done again.
attempts = Table(
    "attempts",
    metadata,
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("worker", String(255), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double, nullable=False),
    Column("error", JsonColumn),
)

parts = Table(
    "parts",
    metadata,
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("body", JsonColumn, nullable=False),
)

outputs = Table(
    "outputs",
    metadata,
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("ordinal", SmallInteger, nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("attempt", Integer, nullable=False),  # whose parts go with it
    Column("parts", Integer, nullable=False),  # how many it had yielded by then
    Column("state", JsonColumn, nullable=False),
)

pauses = Table(
    "pauses",
    metadata,
    Column("pipeline", String(64), primary_key=True),
    Column("lane", String(16), nullable=False),
    Column("tries", Integer, nullable=False),  # that found the server away, one after another
    Column("until", Double, nullable=False),
    Column("reason", Text, nullable=False),
)
