"""Sharing the lanes: turns, messages of several jobs, delays, pauses, holders of leases, checkpoints, kept results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

WAITING = "state = 'queued' AND rung_at IS NULL AND not_before IS NULL"
DELAYED = "state = 'queued' AND not_before IS NOT NULL"
RUNG = "state = 'queued' AND rung_at IS NOT NULL"
RUNNING = "state = 'running'"
KEPT = "work_key IS NOT NULL"

# Jobs that wait already keep the order in which they came.
NUMBER_THOSE_WAITING = """
    UPDATE jobs SET turn = numbered.turn
    FROM (SELECT id, row_number() OVER (PARTITION BY lane, priority, owner ORDER BY queued_at, id) AS turn
          FROM jobs WHERE state = 'queued') AS numbered
    WHERE numbered.id = jobs.id
"""


def upgrade() -> None:
    op.drop_index("ix_jobs_waiting", "jobs")
    op.drop_index("ix_jobs_queued", "jobs")
    op.drop_index("ix_jobs_rung", "jobs")
    for column in (
        sa.Column("time_limit_s", sa.Double(), nullable=False, server_default="3600"),
        sa.Column("batch", sa.SmallInteger(), nullable=False, server_default="1"),
        sa.Column("turn", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("not_before", sa.Double()),
        sa.Column("share", sa.Double()),
        sa.Column("holder", sa.String(length=32)),
        sa.Column("process_id", sa.Integer()),
        sa.Column("fresh", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("work_key", sa.String(length=64)),
    ):
        op.add_column("jobs", column)
    op.execute(NUMBER_THOSE_WAITING)
    op.execute("UPDATE jobs SET share = 1 WHERE rung_at IS NOT NULL")
    _partial("ix_jobs_waiting", ["lane", "priority", "owner", "turn", "pipeline"], WAITING)
    _partial("ix_jobs_delayed", ["not_before"], DELAYED)
    _partial("ix_jobs_rung", ["lane", "rung_at", "owner", "priority", "share"], RUNG)
    _partial("ix_jobs_held", ["holder"], RUNNING)
    _partial("ix_jobs_kept", ["owner", "work_key"], KEPT)
    op.create_index("ix_jobs_owner_state", "jobs", ["owner", "state", "id"])
    op.create_index("ix_jobs_owner_pipeline", "jobs", ["owner", "pipeline", "id"])
    op.create_index("ix_jobs_finished_at", "jobs", ["finished_at"])
    op.execute("DELETE FROM attempts WHERE ended_at IS NULL")  # the job's row tells what runs
    with op.batch_alter_table("attempts") as attempts:
        attempts.alter_column("ended_at", existing_type=sa.Double(), nullable=False)
    op.create_table(
        "checkpoints",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("state", Json, nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_checkpoints_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "pauses",
        sa.Column("pipeline", sa.String(length=64), nullable=False),
        sa.Column("lane", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("pipeline", name=op.f("pk_pauses")),
    )


def _partial(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "jobs", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    raise NotImplementedError("a job that waits for its turn or its server cannot be told without these columns")
