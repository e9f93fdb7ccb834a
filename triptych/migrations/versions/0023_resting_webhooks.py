"""Until when a webhook whose receiver fails is left alone."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("rests_until", sa.Double()))


def downgrade() -> None:
    op.drop_column("webhooks", "rests_until")
