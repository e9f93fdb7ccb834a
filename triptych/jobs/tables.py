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
    text,
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
    Column("created_at", Double, nullable=False),
    Column("queued_at", Double, nullable=False),
    Column("rung_at", Double),  # when it was admitted to its lane's window in Redis
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("lease_until", Double),
    Column("worker", String(255)),
    Column("fraction", Double),
    Column("note", Text),
    Column("result", JsonColumn),
    Column("engine", JsonColumn),
    Column("warnings", JsonColumn, nullable=False),
    Column("error", JsonColumn),
    Column("cached", Boolean, nullable=False),
    Column("idempotency_key", String(255)),
    Column("request_hash", String(64)),
    UniqueConstraint("owner", "idempotency_key"),
)

_WAITING = text("state = 'queued' AND rung_at IS NULL")
_RUNG = text("state = 'queued' AND rung_at IS NOT NULL")
_QUEUED = text("state = 'queued'")
_RUNNING = text("state = 'running'")


def _partial(name: str, where: TextClause, *columns: Column[Any]) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


# Partial indexes: what a claim, an admission or a sweep reads stays as small as the work in flight.
_partial("ix_jobs_waiting", _WAITING, jobs.c.lane, jobs.c.priority, jobs.c.owner, jobs.c.queued_at)
_partial("ix_jobs_rung", _RUNG, jobs.c.lane, jobs.c.rung_at)
_partial("ix_jobs_running", _RUNNING, jobs.c.lane, jobs.c.lease_until)
_partial("ix_jobs_queued", _QUEUED, jobs.c.lane, jobs.c.priority, jobs.c.queued_at, jobs.c.id, jobs.c.pipeline)
Index("ix_jobs_owner", jobs.c.owner, jobs.c.id)
Index("ix_jobs_finished", jobs.c.pipeline, jobs.c.state, jobs.c.finished_at)

job_inputs = Table(
    "job_inputs",
    metadata,
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("file_id", ID, ForeignKey("files.id"), nullable=False, index=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("worker", String(255), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
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
