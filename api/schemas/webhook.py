"""Webhooks as they are asked for and told, with what was sent to them."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.schemas.requests import Asked, ListQuery
from api.schemas.worded import PipelineName
from triptych.times import iso_time
from triptych.webhooks import values
from triptych.webhooks.targets import MAX_URL_CHARACTERS
from triptych.webhooks.values import DeliveryState, EventName

MAX_DESCRIPTION_CHARACTERS = 500
MAX_PIPELINES = 50

# EventName but for the test; as texts, since a refusal of members would tell their names in the code.
Subscribable = Literal["job.succeeded", "job.failed", "job.cancelled", "batch.finished"]
_EXAMPLE: JsonDict = {"url": "https://example.com/hooks/triptych", "events": ["job.succeeded", "job.failed"]}
_URL = "Where to. https, a public address, no redirects; see docs/webhooks.md."
_EVENTS = "What to tell of."
_PIPELINES = "Tell of jobs of these pipelines alone; empty: of all, but for replies of conversations."
_DESCRIPTION = "Whatever its owner wants to remember of it."


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("it holds the character NUL, which no text here does")
    return text


Url = Annotated[str, Field(min_length=1, max_length=MAX_URL_CHARACTERS)]
Events = Annotated[list[Subscribable], Field(min_length=1, max_length=20)]
Pipelines = Annotated[list[PipelineName], Field(max_length=MAX_PIPELINES)]
Description = Annotated[str, Field(max_length=MAX_DESCRIPTION_CHARACTERS), AfterValidator(_storable)]


class WebhookRequest(Asked):
    """A webhook to register."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    url: Url = Field(description=_URL)
    events: Events = Field(description=_EVENTS)
    pipelines: Pipelines = Field(default_factory=list, description=_PIPELINES)
    description: Description = Field("", description=_DESCRIPTION)


class WebhookChange(Asked):
    """What to change of a webhook; what is not named stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": True}]})

    url: Url | None = Field(None, description=_URL)
    events: Events | None = Field(None, description=_EVENTS)
    pipelines: Pipelines | None = Field(None, description=_PIPELINES)
    description: Description | None = Field(None, description=_DESCRIPTION)
    enabled: bool | None = Field(
        None, description="Begin again where it was disabled; or tell it nothing more, and give up what was underway."
    )

    def given(self) -> dict[str, Any]:  # Any: JSON
        """What is to be set, `enabled` aside."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"enabled"})


class Webhook(BaseModel):
    """A webhook. Its secret is told when it is made, and never again."""

    id: str
    url: str
    description: str
    events: list[EventName]
    pipelines: list[str]
    enabled: bool
    disabled_at: str | None
    disabled_reason: str | None = Field(description="Why nothing is sent to it; null while it is enabled.")
    failing_since: str | None = Field(description="Nothing has got through since; null where the last attempt did.")
    last_delivered_at: str | None
    old_secret_until: str | None = Field(description="Until then the secret that it had before signs too.")
    created_at: str

    @classmethod
    def of(cls, webhook: values.Webhook) -> Self:
        """Tell ``webhook``."""
        return cls(**_told(webhook))


class WebhookWithSecret(Webhook):
    """A webhook with its secret, which is told this once."""

    secret: str = Field(description="Signs what is sent: `whsec_` and 32 bytes in base64.")

    @classmethod
    def with_secret(cls, webhook: values.Webhook, secret: str) -> Self:
        """Tell ``webhook`` and its ``secret``."""
        return cls(**_told(webhook), secret=secret)


class WebhookList(BaseModel):
    """The caller's webhooks, oldest first."""

    items: list[Webhook]


class DeliveryAttempt(BaseModel):
    """One try to deliver."""

    at: str
    duration_s: float
    status: int | None = Field(description="Of the answer; null where none came.")
    answer: str = Field(description="The answer's first 1,024 bytes.")
    error: str | None = Field(description="Why it was in vain; null where it got through.")

    @classmethod
    def of(cls, attempt: values.Attempt) -> Self:
        """Tell ``attempt``."""
        return cls(
            at=iso_time(attempt.at),
            duration_s=attempt.duration_s,
            status=attempt.status,
            answer=attempt.answer,
            error=attempt.error,
        )


class Delivery(BaseModel):
    """An event on its way to a webhook."""

    id: str
    event: EventName
    event_id: str = Field(description="The header `webhook-id`, the same in every attempt.")
    subject_id: str | None = Field(description="The job or batch that it tells of; null of a test.")
    state: DeliveryState
    attempts: list[DeliveryAttempt]
    next_attempt_at: str | None
    created_at: str
    settled_at: str | None

    @classmethod
    def of(cls, delivery: values.Delivery) -> Self:
        """Tell ``delivery``."""
        return cls(**_delivery_told(delivery))


class DeliveryDetail(Delivery):
    """A delivery with what is sent."""

    body: dict[str, Any] = Field(description="What is signed and sent, as JSON.")

    @classmethod
    def of(cls, delivery: values.Delivery) -> Self:
        """Tell ``delivery`` and its body."""
        return cls(**_delivery_told(delivery), body=json.loads(delivery.body))


class DeliveryPage(BaseModel):
    """Deliveries, newest first; `next` is the cursor of the next page, null at the end."""

    items: list[Delivery]
    next: str | None

    @classmethod
    def of(cls, found: Sequence[values.Delivery], limit: int) -> Self:
        """The first ``limit`` of those that were found."""
        page = found[:limit]
        return cls(items=[Delivery.of(one) for one in page], next=page[-1].id if len(found) > limit else None)


class WebhookPath(BaseModel):
    """A webhook's id."""

    webhook_id: UUID


class DeliveryPath(WebhookPath):
    """A delivery's id."""

    delivery_id: UUID


class DeliveriesQuery(ListQuery):
    """Which deliveries to list."""

    state: DeliveryState | None = None


def _told(webhook: values.Webhook) -> dict[str, Any]:  # Any: JSON, as below
    return {
        "id": webhook.id,
        "url": webhook.url,
        "description": webhook.description,
        "events": webhook.events,
        "pipelines": webhook.pipelines,
        "enabled": webhook.disabled_at is None,
        "disabled_at": _time(webhook.disabled_at),
        "disabled_reason": webhook.disabled_reason,
        "failing_since": _time(webhook.failing_since),
        "last_delivered_at": _time(webhook.delivered_at),
        "old_secret_until": _time(webhook.old_secret_until),
        "created_at": iso_time(webhook.created_at),
    }


def _delivery_told(delivery: values.Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "event": delivery.event,
        "event_id": delivery.event_id,
        "subject_id": delivery.subject_id,
        "state": delivery.state,
        "attempts": [DeliveryAttempt.of(attempt) for attempt in delivery.attempts],
        "next_attempt_at": _time(delivery.due_at),
        "created_at": iso_time(delivery.created_at),
        "settled_at": _time(delivery.settled_at),
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else iso_time(seconds)
