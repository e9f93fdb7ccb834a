"""Recordings that are being made: until when more of a file may come."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

GROWS = sa.text("grows_until IS NOT NULL")


def upgrade() -> None:
    op.add_column("files", sa.Column("grows_until", sa.Double(), nullable=True))
    op.create_index("ix_files_growing", "files", ["grows_until"], sqlite_where=GROWS, postgresql_where=GROWS)


def downgrade() -> None:
    op.drop_index("ix_files_growing", table_name="files")
    op.drop_column("files", "grows_until")
