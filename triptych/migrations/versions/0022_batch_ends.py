"""The trigger that puts the ends of batches into the outbox of webhooks."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ENDS = "NEW.state IN ('finished', 'cancelled', 'failed') AND NEW.state <> OLD.state"
LISTENS = "EXISTS (SELECT 1 FROM webhooks WHERE owner = NEW.owner AND disabled_at IS NULL)"
NOTE = """
    INSERT INTO webhook_outbox (owner, event, subject_id, at)
    VALUES (NEW.owner, 'batch.finished', NEW.id, NEW.finished_at);
"""
SQLITE = (
    f"CREATE TRIGGER batch_end_is_noted AFTER UPDATE OF state ON batches WHEN {ENDS} AND {LISTENS} BEGIN {NOTE} END",
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION note_batch_end() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {LISTENS} THEN {NOTE} END IF;
        RETURN NULL;
    END $$
    """,
    f"""
    CREATE TRIGGER batch_end_is_noted AFTER UPDATE OF state ON batches
    FOR EACH ROW WHEN ({ENDS}) EXECUTE FUNCTION note_batch_end()
    """,
)


def upgrade() -> None:
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute("DROP TRIGGER batch_end_is_noted" + (" ON batches" if is_postgresql else ""))
    if is_postgresql:
        op.execute("DROP FUNCTION note_batch_end")
