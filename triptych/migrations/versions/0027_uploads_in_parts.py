"""Uploads straight to S3 in parts: how large these are, and what S3 calls the upload."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("uploads", sa.Column("part_bytes", sa.BigInteger, nullable=True))
    op.add_column("uploads", sa.Column("multipart", sa.Text, nullable=True))
    op.execute("UPDATE uploads SET part_bytes = size_bytes WHERE sha256 IS NOT NULL")  # those by one PUT


def downgrade() -> None:
    op.drop_column("uploads", "multipart")
    op.drop_column("uploads", "part_bytes")
