"""What the owner of a webhook has sent, a test or a replay, goes before what waits for that webhook."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook_deliveries", sa.Column("asked_at", sa.Double(), nullable=True))
    asked = sa.text("asked_at IS NOT NULL")
    op.create_index(
        "ix_webhook_deliveries_asked",
        "webhook_deliveries",
        ["webhook_id", "asked_at"],
        sqlite_where=asked,
        postgresql_where=asked,
    )


def downgrade() -> None:
    op.drop_index("ix_webhook_deliveries_asked", "webhook_deliveries")
    op.drop_column("webhook_deliveries", "asked_at")
