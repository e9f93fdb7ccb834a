"""Uploads that are under way are counted by an index of their own, however many became files today."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

IS_UNDER_WAY = sa.text("file_id IS NULL")


def upgrade() -> None:
    op.create_index(
        "ix_uploads_under_way",
        "uploads",
        ["owner", "expires_at"],
        sqlite_where=IS_UNDER_WAY,
        postgresql_where=IS_UNDER_WAY,
    )


def downgrade() -> None:
    op.drop_index("ix_uploads_under_way", "uploads")
