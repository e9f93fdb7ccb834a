"""The tables of a batch: itself, a row for each line, which its job names by its number, and files that came along."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from triptych.database import JsonColumn, metadata
from triptych.jobs.tables import ID

batches = Table(
    "batches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("chore", String(16)),  # what is left to be done of what its owner asked
    Column("asked", JsonColumn, nullable=False),  # what holds for all lines, as its kind reads it
    Column("is_dry_run", Boolean, nullable=False),
    Column("manifest_form", String(8), nullable=False),
    Column("manifest_sha256", String(64), index=True),  # NULL until it is found in, or made of, the archive
    Column("archive_sha256", String(64), index=True),
    Column("unpacked", Integer),  # so many of the archive's entries; NULL: all of them, or there is no archive
    Column("read_bytes", BigInteger, nullable=False),  # of the manifest: up to here its lines have rows
    Column("read_lines", Integer, nullable=False),
    # Lines by what is kept of them. Whatever changes a line changes these in the same transaction.
    Column("total", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("invalid", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("again", Integer, nullable=False),  # of those waiting: whose job failed and is to be done again
    Column("size_bytes", BigInteger, nullable=False),  # of what its valid lines work on
    Column("pipelines", JsonColumn, nullable=False),  # how many valid lines each pipeline has
    Column("error", JsonColumn),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    Column("expires_at", Double),  # when what has not ended is cancelled
    Column("lease_until", Double),  # until when one process reads its lines
    Column("idempotency_key", String(255)),
    Column("request_hash", String(64)),
    UniqueConstraint("owner", "idempotency_key"),
)

# In the words of this index: a statement that asks in any others does not use it.
IS_ATTENDED = text("state IN ('validating', 'validated', 'running', 'paused') OR chore IS NOT NULL")
Index("ix_batches_attended", batches.c.id, sqlite_where=IS_ATTENDED, postgresql_where=IS_ATTENDED)
Index("ix_batches_owner", batches.c.owner, batches.c.id)

batch_lines = Table(
    "batch_lines",
    metadata,
    Column("batch_id", ID, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),  # from 1
    Column("step", String(8), nullable=False),
    Column("offset", BigInteger, nullable=False),  # of its bytes in the manifest
    Column("size_bytes", BigInteger, nullable=False),  # of one that is too long as many as it has
    Column("custom_id", Text),
    Column("error", JsonColumn),
    Column("brings", Boolean, nullable=False),  # its text becomes a file, which goes with the batch
)

IS_NAMED = text("custom_id IS NOT NULL")
Index(
    "ix_batch_lines_custom_id",
    batch_lines.c.batch_id,
    batch_lines.c.custom_id,
    unique=True,
    sqlite_where=IS_NAMED,
    postgresql_where=IS_NAMED,
)
Index("ix_batch_lines_step", batch_lines.c.batch_id, batch_lines.c.step, batch_lines.c.number)

# Files that came with the batch, by the path that its lines name them by.
batch_members = Table(
    "batch_members",
    metadata,
    Column("batch_id", ID, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("path", String(1000), primary_key=True),
    Column("file_id", ID, ForeignKey("files.id", ondelete="CASCADE"), index=True),
    Column("error", JsonColumn),  # why it was not taken
)
