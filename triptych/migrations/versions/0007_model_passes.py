"""Passes of models: how many items they held and how long those had waited."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "model_passes",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("measure", sa.String(length=16), nullable=False),
        sa.Column("up_to", sa.String(length=16), nullable=False),
        sa.Column("passes", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "measure", "up_to", name=op.f("pk_model_passes")),
    )


def downgrade() -> None:
    op.drop_table("model_passes")
