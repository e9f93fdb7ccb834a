"""Rules of retention, by account."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_retention"),
    )


def downgrade() -> None:
    op.drop_table("retention")
