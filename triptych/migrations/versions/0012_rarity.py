"""How many memories have a word, for SQLite; and indexes by which notes and what filters let through are found."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

IS_NOTE = sa.text("kind = 'note'")


def upgrade() -> None:
    op.create_index("ix_memories_notes", "memories", ["number"], sqlite_where=IS_NOTE, postgresql_where=IS_NOTE)
    op.create_index("ix_memories_filters", "memories", ["owner", "modality", "kind", "language", "source", "number"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE memory_words_terms USING fts5vocab(memory_words, row)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE memory_words_terms")
    op.drop_index("ix_memories_filters", "memories")
    op.drop_index("ix_memories_notes", "memories")
