"""Batches, their lines and what came with them; and of a job which line of which batch it does."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
IS_ATTENDED = sa.text("state IN ('validating', 'validated', 'running', 'paused') OR chore IS NOT NULL")
IS_NAMED = sa.text("custom_id IS NOT NULL")
IS_OF_BATCH = sa.text("batch_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("batch_id", sa.String(length=36)))
    op.add_column("jobs", sa.Column("batch_line", sa.Integer()))
    for name, columns, unique in (
        ("ix_jobs_batch", ["batch_id", "state", "batch_line"], False),
        ("ix_jobs_batch_line", ["batch_id", "batch_line"], True),
    ):
        op.create_index(name, "jobs", columns, unique=unique, sqlite_where=IS_OF_BATCH, postgresql_where=IS_OF_BATCH)
    _create_batches()
    _create_lines()
    op.create_table(
        "batch_members",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("path", sa.String(length=1000), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("error", Json, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_batch_members_batch_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_batch_members_file_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", "path", name=op.f("pk_batch_members")),
    )
    op.create_index("ix_batch_members_file_id", "batch_members", ["file_id"])


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("chore", sa.String(length=16), nullable=True),
        sa.Column("asked", Json, nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), nullable=False),
        sa.Column("manifest_form", sa.String(length=8), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("archive_sha256", sa.String(length=64), nullable=True),
        sa.Column("unpacked", sa.Integer(), nullable=True),
        sa.Column("read_bytes", sa.BigInteger(), nullable=False),
        sa.Column("read_lines", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("invalid", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("pipelines", Json, nullable=False),
        sa.Column("error", Json, nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=255), nullable=True),
        sa.Column("request_hash", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("owner", "idempotency_key", name=op.f("uq_batches_owner_idempotency_key")),
    )
    op.create_index("ix_batches_attended", "batches", ["id"], sqlite_where=IS_ATTENDED, postgresql_where=IS_ATTENDED)
    op.create_index("ix_batches_owner", "batches", ["owner", "id"])
    for column in ("manifest_sha256", "archive_sha256"):
        op.create_index(f"ix_batches_{column}", "batches", [column])


def _create_lines() -> None:
    op.create_table(
        "batch_lines",
        sa.Column("batch_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("custom_id", sa.Text(), nullable=True),
        sa.Column("error", Json, nullable=True),
        sa.Column("brings", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_lines_batch_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_batch_lines")),
    )
    op.create_index(
        "ix_batch_lines_custom_id",
        "batch_lines",
        ["batch_id", "custom_id"],
        unique=True,
        sqlite_where=IS_NAMED,
        postgresql_where=IS_NAMED,
    )
    op.create_index("ix_batch_lines_step", "batch_lines", ["batch_id", "step", "number"])


def downgrade() -> None:
    for table in ("batch_members", "batch_lines", "batches"):
        op.drop_table(table)
    for index in ("ix_jobs_batch_line", "ix_jobs_batch"):
        op.drop_index(index, "jobs")
    for column in ("batch_line", "batch_id"):
        op.drop_column("jobs", column)
