"""Webhooks: register one, try it, look at what was sent to it, have it sent again."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from triptych.client.paging import all_of, between
from triptych.client.paths import at
from triptych.client.records.webhook import (
    Delivery,
    DeliveryDetail,
    DeliveryPage,
    DeliveryState,
    Webhook,
    WebhookList,
    WebhookWithSecret,
)
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/webhooks"
LOOK_S = 0.5  # between two looks at a delivery


class Webhooks:
    """The caller's webhooks. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self, url: str, events: Sequence[str], *, pipelines: Sequence[str] = (), description: str = ""
    ) -> WebhookWithSecret:
        """Have ``url`` told of ``events``, such as ``job.succeeded``; of jobs of these ``pipelines`` alone, or of all.

        Its ``secret`` is told this once.
        """
        asked = {"url": url, "events": list(events), "pipelines": list(pipelines), "description": description}
        return self._transport.tell(WebhookWithSecret, Ask("POST", ROOT, json=asked))

    def list(self) -> Sequence[Webhook]:
        """The webhooks, oldest first."""
        return self._transport.tell(WebhookList, Ask("GET", ROOT)).items

    def get(self, webhook_id: str) -> Webhook:
        """The webhook, and whether it gets through."""
        return self._transport.tell(Webhook, Ask("GET", at(ROOT, webhook_id)))

    def change(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        pipelines: Sequence[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """Change what is given; ``enabled`` has a disabled one begin anew, or nothing more told to it."""
        given = {"url": url, "events": events, "pipelines": pipelines, "description": description, "enabled": enabled}
        asked: dict[str, Any] = {name: value for name, value in given.items() if value is not None}  # Any: JSON
        return self._transport.tell(Webhook, Ask("PATCH", at(ROOT, webhook_id), json=asked))

    def rotate(self, webhook_id: str) -> WebhookWithSecret:
        """Give it another secret; what it had signs too for a day."""
        return self._transport.tell(WebhookWithSecret, Ask("POST", at(ROOT, webhook_id, "secret")))

    def remove(self, webhook_id: str) -> None:
        """Remove it with its log."""
        self._transport.send(Ask("DELETE", at(ROOT, webhook_id)))

    def test(self, webhook_id: str) -> Delivery:
        """Have a ``webhook.test`` sent at once; how that ends is told by ``delivery``."""
        return self._transport.tell(Delivery, Ask("POST", at(ROOT, webhook_id, "test")))

    def deliveries(
        self,
        webhook_id: str,
        *,
        state: DeliveryState | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
    ) -> Iterator[Delivery]:
        """What was sent, and is to be, newest first, with every attempt; asked for page by page."""
        path, query = (
            at(ROOT, webhook_id, "deliveries"),
            {"state": state, "limit": 200, **between(created_after, created_before)},
        )
        return all_of(
            lambda cursor: self._transport.tell(DeliveryPage, Ask("GET", path, query={**query, "cursor": cursor}))
        )

    def delivery(self, webhook_id: str, delivery_id: str) -> DeliveryDetail:
        """One delivery as it stands, with what is sent."""
        return self._transport.tell(DeliveryDetail, Ask("GET", at(ROOT, webhook_id, "deliveries", delivery_id)))

    def replay(self, webhook_id: str, delivery_id: str) -> Delivery:
        """Have the same sent again, with the same ``webhook-id``."""
        return self._transport.tell(Delivery, Ask("POST", at(ROOT, webhook_id, "deliveries", delivery_id, "replay")))

    def attempted(self, webhook_id: str, delivery_id: str, *, behind: int = 0, timeout_s: float = 60.0) -> Delivery:
        """The delivery once it has more than ``behind`` attempts, as a test or a replay soon has.

        Raises TimeoutError when it has not after ``timeout_s``.
        """
        end = self._transport.clock() + timeout_s
        while True:
            delivery = self.delivery(webhook_id, delivery_id)
            if len(delivery.attempts) > behind:
                return delivery
            if self._transport.clock() >= end:
                raise TimeoutError(f"the delivery {delivery_id} was not tried within {timeout_s:g} s")
            self._transport.pause(LOOK_S)
