"""What OpenAI's clients say that a file is for, which they are told again and list their files by."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("files", sa.Column("purpose", sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column("files", "purpose")
