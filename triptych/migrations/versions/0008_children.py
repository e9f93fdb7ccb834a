"""Jobs that ask for others, and jobs whose work is not to be remembered."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

IS_CHILD = sa.text("parent_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("parent_id", sa.String(length=36)))
    op.add_column("jobs", sa.Column("child", sa.SmallInteger()))
    op.add_column("jobs", sa.Column("remember", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index(
        "ix_jobs_child", "jobs", ["parent_id", "child"], unique=True, sqlite_where=IS_CHILD, postgresql_where=IS_CHILD
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_child", "jobs")
    for column in ("remember", "child", "parent_id"):
        op.drop_column("jobs", column)
