"""The tables of webhooks: who wants to be told, what has ended and was handed out to nobody yet, and what was sent.

What fills the outbox are triggers of the database on the states of jobs and batches (0020_webhooks.py and
0022_batch_ends.py of the migrations): however an end is written, it is there or not there with its row, and costs next
to nothing where no webhook listens (docs/adr/0019).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from triptych.database import JsonColumn, metadata

ID = String(36)
NUMBER = BigInteger().with_variant(Integer, "sqlite")

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("events", JsonColumn, nullable=False),  # a list of EventName
    Column("pipelines", JsonColumn, nullable=False),  # a list of names; empty: of every pipeline
    Column("secret", String(64), nullable=False),  # in clear, for whoever signs needs it
    Column("old_secret", String(64)),  # signs too until then
    Column("old_secret_until", Double),
    Column("created_at", Double, nullable=False),
    Column("disabled_at", Double),
    Column("disabled_reason", Text),
    Column("failures", Integer, nullable=False, server_default="0"),  # attempts in a row
    Column("failing_since", Double),  # the first of these
    Column("delivered_at", Double),  # the last attempt that got through
    Column("rests_until", Double),  # until then nothing is sent: its receiver fails, or wants to be left alone
)
Index("ix_webhooks_owner", webhooks.c.owner, webhooks.c.id)

webhook_outbox = Table(
    "webhook_outbox",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("owner", String(64), nullable=False),
    Column("event", String(32), nullable=False),  # EventName
    Column("subject_id", ID, nullable=False),  # the job or batch that ended
    Column("pipeline", String(64)),  # of a job
    Column("attempt", Integer),  # of a job: which of its ends this is
    Column("at", Double, nullable=False),
    sqlite_autoincrement=True,  # no number comes again: by it a row is handed out once
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("webhook_id", ID, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event", String(32), nullable=False),
    Column("event_id", ID, nullable=False),  # the same for all webhooks that are told of it, and in every attempt
    Column("subject_id", ID),
    Column("body", Text, nullable=False),  # as it is signed and sent
    Column("state", String(16), nullable=False),  # DeliveryState
    Column("tries", Integer, nullable=False),  # the fencing token: grows with every claim, never falls
    Column("earlier", Integer, nullable=False),  # tries before its owner had it sent again
    Column("due_at", Double),  # when it is to be claimed; while it is being sent, when that counts as dead
    Column("asked_at", Double),  # when its owner had it sent, until it is claimed: it goes before what waits
    Column("created_at", Double, nullable=False),
    Column("settled_at", Double),
)
IS_DUE = text("due_at IS NOT NULL")
IS_ASKED = text("asked_at IS NOT NULL")
Index(
    "ix_webhook_deliveries_due",
    webhook_deliveries.c.webhook_id,
    webhook_deliveries.c.due_at,
    sqlite_where=IS_DUE,
    postgresql_where=IS_DUE,
)
Index(
    "ix_webhook_deliveries_asked",
    webhook_deliveries.c.webhook_id,
    webhook_deliveries.c.asked_at,
    sqlite_where=IS_ASKED,
    postgresql_where=IS_ASKED,
)
Index("ix_webhook_deliveries_log", webhook_deliveries.c.webhook_id, webhook_deliveries.c.id)
Index("ix_webhook_deliveries_created_at", webhook_deliveries.c.created_at)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    Column("delivery_id", ID, ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("duration_s", Double, nullable=False),
    Column("status", SmallInteger),  # of the answer; null: none came
    Column("answer", Text, nullable=False),  # its first bytes
    Column("error", Text),  # why it does not count as delivered
)
