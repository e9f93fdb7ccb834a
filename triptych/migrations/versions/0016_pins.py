"""Pins that are laid aside while the job that made their memory is done again."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "memory_pins",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("source", Number, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pinned_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["memory_sources.number"], name=op.f("fk_memory_pins_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memory_pins")),
    )
    op.create_index("ix_memory_pins_source", "memory_pins", ["source"])


def downgrade() -> None:
    op.drop_table("memory_pins")
