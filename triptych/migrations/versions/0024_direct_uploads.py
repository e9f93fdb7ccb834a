"""Uploads that go straight to S3: what their senders say that they hash to."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("sha256", sa.String(64), nullable=True))


def downgrade() -> None:
    op.drop_column("uploads", "sha256")
