"""The memory: sources, memories, what finds them by their words, and what goes when nobody made them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

Json = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# Letters, digits and the marks on letters are words; triptych/memory/words.py has cut and stemmed them before.
SQLITE = (
    """
    CREATE VIRTUAL TABLE memory_words USING fts5(
        words, stems, tokenize = "unicode61 remove_diacritics 0 categories 'L* N* M* Co'", prefix = '2 3'
    )
    """,
    """
    CREATE TRIGGER memory_is_forgotten AFTER DELETE ON memories BEGIN
        DELETE FROM memory_words WHERE rowid = OLD.number;
    END
    """,
    """
    CREATE TRIGGER memory_is_unmade AFTER DELETE ON memory_makers BEGIN
        DELETE FROM memories
        WHERE number = OLD.memory AND NOT EXISTS (SELECT 1 FROM memory_makers WHERE memory = OLD.memory);
    END
    """,
)
POSTGRESQL = (
    """
    CREATE TABLE memory_words (
        memory bigint PRIMARY KEY REFERENCES memories (number) ON DELETE CASCADE,
        words tsvector NOT NULL
    )
    """,
    "CREATE INDEX ix_memory_words ON memory_words USING gin (words)",
    """
    CREATE FUNCTION forget_unmade_memory() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM memories
        WHERE number = OLD.memory AND NOT EXISTS (SELECT 1 FROM memory_makers WHERE memory = OLD.memory);
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER memory_is_unmade AFTER DELETE ON memory_makers
    FOR EACH ROW EXECUTE FUNCTION forget_unmade_memory()
    """,
)


def upgrade() -> None:
    op.create_table(
        "collections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_collections_owner_name")),
    )
    op.create_table(
        "memory_spaces",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("model", sa.String(length=255), nullable=False),
        sa.Column("dimensions", sa.SmallInteger(), nullable=False),
        sa.Column("is_joint", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_memory_spaces")),
        sa.UniqueConstraint("kind", "model", name=op.f("uq_memory_spaces_kind_model")),
    )
    op.create_table(
        "memory_sources",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.String(length=36), nullable=True),
        sa.Column("job_id", sa.String(length=36), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_memory_sources_file_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_memory_sources_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_memory_sources")),
        sa.UniqueConstraint("file_id", name=op.f("uq_memory_sources_file_id")),
        sa.UniqueConstraint("id", name=op.f("uq_memory_sources_id")),
        sa.UniqueConstraint("job_id", name=op.f("uq_memory_sources_job_id")),
    )
    op.create_index("ix_memory_sources_owner", "memory_sources", ["owner", "number"])
    op.create_table(
        "collection_sources",
        sa.Column("collection_id", sa.String(length=36), nullable=False),
        sa.Column("source", Number, nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collections.id"], name=op.f("fk_collection_sources_collection_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["source"], ["memory_sources.number"], name=op.f("fk_collection_sources_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection_id", "source", name=op.f("pk_collection_sources")),
    )
    op.create_index("ix_collection_sources_source", "collection_sources", ["source"])
    op.create_table(
        "memories",
        sa.Column("number", Number, autoincrement=True, nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("source", Number, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("modality", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", Json, nullable=False),
        sa.Column("position", sa.Double(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("pinned_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source"], ["memory_sources.number"], name=op.f("fk_memories_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_memories")),
        sa.UniqueConstraint("id", name=op.f("uq_memories_id")),
    )
    op.create_index("ix_memories_owner", "memories", ["owner", "number"])
    op.create_index("ix_memories_source", "memories", ["source", "position"])
    op.create_table(
        "memory_tags",
        sa.Column("source", Number, nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"], ["memory_sources.number"], name=op.f("fk_memory_tags_source"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "tag", name=op.f("pk_memory_tags")),
    )
    op.create_index("ix_memory_tags_tag", "memory_tags", ["tag"])
    op.create_table(
        "memory_makers",
        sa.Column("memory", Number, nullable=False),
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_memory_makers_job_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["memory"], ["memories.number"], name=op.f("fk_memory_makers_memory"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("memory", "job_id", name=op.f("pk_memory_makers")),
    )
    op.create_index("ix_memory_makers_job_id", "memory_makers", ["job_id"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE memory_words")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER memory_is_unmade ON memory_makers")
        op.execute("DROP FUNCTION forget_unmade_memory")
    for table in (
        "memory_makers",
        "memory_tags",
        "collection_sources",
        "collections",
        "memories",
        "memory_sources",
        "memory_spaces",
    ):
        op.drop_table(table)
