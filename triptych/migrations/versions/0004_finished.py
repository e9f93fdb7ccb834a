"""Indexes of finished jobs hold these alone, so that other jobs are written to neither; another counts an owner's."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FINISHED = sa.text("finished_at IS NOT NULL")
OF_FINISHED = {"ix_jobs_finished": ["pipeline", "state", "finished_at"], "ix_jobs_finished_at": ["finished_at"]}


def upgrade() -> None:
    for name, columns in OF_FINISHED.items():
        op.drop_index(name, "jobs")
        op.create_index(name, "jobs", columns, sqlite_where=FINISHED, postgresql_where=FINISHED)
    op.create_index("ix_jobs_tally", "jobs", ["owner", "pipeline", "state"])


def downgrade() -> None:
    op.drop_index("ix_jobs_tally", "jobs")
    for name, columns in OF_FINISHED.items():
        op.drop_index(name, "jobs")
        op.create_index(name, "jobs", columns)
