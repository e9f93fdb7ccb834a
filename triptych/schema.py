"""Every table of the house, registered on one metadata by being imported."""

from triptych import files, loaded, passes, workers
from triptych.accounts import tables as accounts
from triptych.batches import tables as batches
from triptych.chat import tables as chat
from triptych.database import metadata
from triptych.jobs import tables
from triptych.memory import tables as memory
from triptych.pending import tables as pending
from triptych.retention import rules as retention
from triptych.webhooks import tables as webhooks

__all__ = [
    "accounts",
    "batches",
    "chat",
    "files",
    "loaded",
    "memory",
    "metadata",
    "passes",
    "retention",
    "pending",
    "tables",
    "webhooks",
    "workers",
]

OF_A_DATABASE = ("memory_words", "memory_vectors")  # tables that one kind of database has in its own way


def is_in_metadata(name: str | None, kind: str, _parents: object) -> bool:
    """Whether the metadata tells of this table: alembic's ``include_name``."""
    return kind != "table" or not str(name).startswith(OF_A_DATABASE)
