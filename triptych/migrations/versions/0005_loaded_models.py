"""Loaded models: which process of which worker holds which model in its memory."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loaded_models",
        sa.Column("worker", sa.String(length=255), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("process_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(length=255), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("worker", "holder", "process_id", "model", name=op.f("pk_loaded_models")),
    )


def downgrade() -> None:
    op.drop_table("loaded_models")
