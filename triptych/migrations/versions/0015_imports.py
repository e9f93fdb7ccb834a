"""Imports that are whole, and whose rows are being given to who brought them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "memory_imports",
        sa.Column("staged", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("whole_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("staged", name=op.f("pk_memory_imports")),
    )


def downgrade() -> None:
    op.drop_table("memory_imports")
