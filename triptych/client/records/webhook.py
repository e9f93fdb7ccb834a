"""Webhooks as the API tells them, and what was sent to them."""

from enum import StrEnum
from typing import Any

from triptych.client.records.base import Record


class DeliveryState(StrEnum):
    """Where a delivery stands; the last two are final until somebody has it sent again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Webhook(Record):
    """A webhook; ``failing_since`` tells since when nothing gets through, ``disabled_reason`` why nothing is sent."""

    id: str
    url: str
    description: str
    events: list[str]
    pipelines: list[str]
    enabled: bool
    disabled_at: str | None
    disabled_reason: str | None
    failing_since: str | None
    last_delivered_at: str | None
    old_secret_until: str | None
    created_at: str


class WebhookWithSecret(Webhook):
    """A webhook with what signs what is sent, which is told this once."""

    secret: str


class WebhookList(Record):
    """The caller's webhooks, oldest first."""

    items: list[Webhook]


class DeliveryAttempt(Record):
    """One try to deliver; ``error`` says why it was in vain, None where it got through."""

    at: str
    duration_s: float
    status: int | None
    answer: str
    error: str | None


class Delivery(Record):
    """An event on its way to a webhook; ``event_id`` is the ``webhook-id`` of every attempt."""

    id: str
    event: str
    event_id: str
    subject_id: str | None
    state: DeliveryState
    attempts: list[DeliveryAttempt]
    next_attempt_at: str | None
    created_at: str
    settled_at: str | None

    @property
    def is_settled(self) -> bool:
        """Whether it got through, or is given up."""
        return self.state is not DeliveryState.PENDING


class DeliveryDetail(Delivery):
    """A delivery with what is sent."""

    body: dict[str, Any]


class DeliveryPage(Record):
    """Deliveries, newest first; ``next`` is the cursor of the next page, None at the end."""

    items: list[Delivery]
    next: str | None
