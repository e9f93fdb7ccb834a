"""Spaces that are retired before their table is dropped, and which job fills one."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

IS_IN_USE = sa.text("state <> 'retired'")


def upgrade() -> None:
    op.execute("DELETE FROM memory_spaces WHERE state = 'retired'")  # their tables are dropped
    with op.batch_alter_table("memory_spaces") as spaces:
        spaces.add_column(sa.Column("job_id", sa.String(length=36)))
        spaces.drop_constraint("uq_memory_spaces_kind_model", type_="unique")
    columns = ["kind", "model"]
    op.create_index(
        "ix_memory_spaces_model",
        "memory_spaces",
        columns,
        unique=True,
        sqlite_where=IS_IN_USE,
        postgresql_where=IS_IN_USE,
    )


def downgrade() -> None:
    _drop_retired()
    op.drop_index("ix_memory_spaces_model", "memory_spaces")
    with op.batch_alter_table("memory_spaces") as spaces:
        spaces.create_unique_constraint("uq_memory_spaces_kind_model", ["kind", "model"])
        spaces.drop_column("job_id")


def _drop_retired() -> None:
    """What was of the same kind and model as what is searched, which was not possible before."""
    connection = op.get_bind()
    numbers = connection.execute(sa.text("SELECT number FROM memory_spaces WHERE state = 'retired'")).scalars().all()
    for vectors in (f"memory_vectors_{number}" for number in numbers):
        if connection.dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {vectors}_are_forgotten")
            op.execute(f"DROP TABLE {vectors}_signs")
        op.execute(f"DROP TABLE {vectors}")
    op.execute("DELETE FROM memory_spaces WHERE state = 'retired'")
