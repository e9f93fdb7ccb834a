"""The centre of a space's vectors, from which SQLite tells in which direction each lies."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("memory_spaces", sa.Column("centre", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("memory_spaces", "centre")
