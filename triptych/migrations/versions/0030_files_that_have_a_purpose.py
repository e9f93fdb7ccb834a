"""Files that OpenAI's clients brought, found among what every call of theirs leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

HAS_PURPOSE = sa.text("purpose IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_files_purpose", "files", ["owner", "id"], sqlite_where=HAS_PURPOSE, postgresql_where=HAS_PURPOSE
    )


def downgrade() -> None:
    op.drop_index("ix_files_purpose", "files")
