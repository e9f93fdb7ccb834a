"""Alembic's entry: runs the revisions on the connection that ``triptych.migrate`` opened."""

from alembic import context

from triptych.schema import is_in_metadata, metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=is_in_metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
