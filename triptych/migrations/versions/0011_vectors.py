"""pgvector, where PostgreSQL has it and lets us; and memories that several jobs made go with the last of them."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Where it may not be created an administrator does: CREATE EXTENSION vector.
POSTGRESQL = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'pgvector may not be created by this role: memories are found by their words alone';
END $$
"""
# Whoever takes a maker away waits for who adds or takes another of the same memory, and then looks anew: else two that
# take the last two leave a memory that nobody made, and one that is made again this moment goes.
IN_TURN = """
CREATE OR REPLACE FUNCTION forget_unmade_memory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM memories WHERE number = OLD.memory FOR UPDATE;
    DELETE FROM memories
    WHERE number = OLD.memory AND NOT EXISTS (SELECT 1 FROM memory_makers WHERE memory = OLD.memory);
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL)
        op.execute(IN_TURN)


def downgrade() -> None:
    """The extension stays: what others keep may need it."""
