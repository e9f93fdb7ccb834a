"""An administrator bounds what one account has in flight and under way, as they do what waits and what is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("quota_in_flight", sa.Integer(), nullable=True))
    op.add_column("users", sa.Column("quota_uploads", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.drop_column("quota_uploads")
        users.drop_column("quota_in_flight")
