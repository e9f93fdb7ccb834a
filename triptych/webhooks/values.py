"""Webhooks and what was sent to them, as they are told: frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import Row


class EventName(StrEnum):
    """What a webhook can be told of."""

    JOB_SUCCEEDED = "job.succeeded"
    JOB_FAILED = "job.failed"
    JOB_CANCELLED = "job.cancelled"
    BATCH_FINISHED = "batch.finished"  # in whichever way it ended
    TEST = "webhook.test"  # asked for by its owner


class DeliveryState(StrEnum):
    """Where a delivery stands; each comment says what moves it out."""

    PENDING = "pending"  # it gets through, its last attempt fails, or its webhook is disabled
    DELIVERED = "delivered"  # final, until its owner has it sent again
    FAILED = "failed"  # final, until its owner has it sent again


class UnknownWebhook(LookupError):
    """No such webhook, or it is somebody else's; the message is its id."""


class UnknownDelivery(LookupError):
    """No such delivery of this webhook; the message is its id."""


class TooManyWebhooks(Exception):
    """The owner has as many as they may have; the message is that number."""


class WebhookDisabled(Exception):
    """Nothing is sent to a webhook that is disabled; the message is its id."""


class DeliveryPending(Exception):
    """The delivery is still being tried; the message is its id."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook without its secrets. Times are seconds since the epoch.

    ``pipelines``: jobs of these alone are told of; empty means of all. ``failing_since``: nothing has got through since
    then. ``old_secret_until``: until then a secret that was replaced signs too.
    """

    id: str
    url: str
    description: str
    events: Sequence[EventName]
    pipelines: Sequence[str]
    created_at: float
    disabled_at: float | None
    disabled_reason: str | None
    failing_since: float | None
    delivered_at: float | None
    old_secret_until: float | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """Build from a row of the webhooks table."""
        return cls(
            id=row.id,
            url=row.url,
            description=row.description,
            events=[EventName(event) for event in row.events],
            pipelines=row.pipelines,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
            disabled_reason=row.disabled_reason,
            failing_since=row.failing_since,
            delivered_at=row.delivered_at,
            old_secret_until=row.old_secret_until,
        )


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver: ``status`` and the beginning of the ``answer``, if one came; ``error`` if it was in vain."""

    at: float
    duration_s: float
    status: int | None
    answer: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook. ``due_at`` is when it is tried next, in seconds since the epoch."""

    id: str
    event: EventName
    event_id: str
    subject_id: str | None
    body: str
    state: DeliveryState
    due_at: float | None
    created_at: float
    settled_at: float | None
    attempts: Sequence[Attempt]

    @classmethod
    def of(cls, row: Row[Any], attempts: Sequence[Attempt] = ()) -> Self:
        """Build from a row of the deliveries table."""
        return cls(
            id=row.id,
            event=EventName(row.event),
            event_id=row.event_id,
            subject_id=row.subject_id,
            body=row.body,
            state=DeliveryState(row.state),
            due_at=row.due_at,
            created_at=row.created_at,
            settled_at=row.settled_at,
            attempts=attempts,
        )
