"""Webhooks: register one, try it, look at what was sent to it, have it sent again."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import actor
from api.offload import offload
from api.problems import AGAIN_S, Refused, invalid
from api.room import owner, room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.routes.named_pipelines import check_pipeline
from api.schemas.webhook import (
    DeliveriesQuery,
    Delivery,
    DeliveryDetail,
    DeliveryPage,
    DeliveryPath,
    Webhook,
    WebhookChange,
    WebhookList,
    WebhookPath,
    WebhookRequest,
    WebhookWithSecret,
)
from triptych.exchange import system_addresses
from triptych.webhooks import deliveries, registry, values
from triptych.webhooks.targets import BadTarget, Reach, find_target
from triptych.webhooks.values import EventName

routes = APIBlueprint("webhooks", __name__, url_prefix="/api/v1/webhooks", abp_tags=[{"name": "webhooks"}])


@routes.post(
    "",
    request_body=body(json="WebhookRequest"),
    responses={
        201: json_of(WebhookWithSecret),
        **problems(*JSON_BODY, "unknown_pipeline", "bad_webhook_url", "too_many_webhooks", "too_many_clients"),
    },
)
def create() -> Response:
    """Register a webhook. Its secret is told here, and never again."""
    asked = asked_body(WebhookRequest)
    _check_pipelines(asked.pipelines)
    _check_url(asked.url)
    wanted = registry.Wanted(asked.url, list(map(EventName, asked.events)), asked.pipelines, asked.description)
    made = room().writer.change(registry.create, room().store, owner(), actor(), wanted)
    response = answer(WebhookWithSecret.with_secret(made.webhook, made.secret), HTTPStatus.CREATED)
    response.headers["Location"] = f"/api/v1/webhooks/{made.webhook.id}"
    return response


@routes.get("", responses={200: json_of(WebhookList), **problems()})
def index() -> Response:
    """List the webhooks, oldest first."""
    found = registry.list_webhooks(room().store, owner())
    return answer(WebhookList(items=[Webhook.of(one) for one in found]))


@routes.get("/<uuid:webhook_id>", responses={200: json_of(Webhook), **problems("not_found")})
def show(path: WebhookPath) -> Response:
    """Tell a webhook, and whether it gets through."""
    return answer(Webhook.of(registry.get_webhook(room().store, owner(), str(path.webhook_id))))


@routes.patch(
    "/<uuid:webhook_id>",
    request_body=body(json="WebhookChange"),
    responses={
        200: json_of(Webhook),
        **problems(*JSON_BODY, "not_found", "unknown_pipeline", "bad_webhook_url", "too_many_clients"),
    },
)
def change(path: WebhookPath) -> Response:
    """Change a webhook, enable it again or disable it."""
    asked = asked_body(WebhookChange)
    registry.get_webhook(room().store, owner(), str(path.webhook_id))
    _check_pipelines(asked.pipelines or ())
    if asked.url is not None:
        _check_url(asked.url)
    its = owner(), actor(), str(path.webhook_id)
    changed = room().writer.change(registry.change, room().store, *its, asked.given(), enabled=asked.enabled)
    return answer(Webhook.of(changed))


@routes.delete("/<uuid:webhook_id>", responses={204: None, **problems("not_found")})
def delete(path: WebhookPath) -> Response:
    """Remove a webhook with its log; what was still being tried is not sent any more."""
    room().writer.change(registry.remove, room().store, owner(), actor(), str(path.webhook_id))
    return Response(status=HTTPStatus.NO_CONTENT)


@routes.post("/<uuid:webhook_id>/secret", responses={200: json_of(WebhookWithSecret), **problems("not_found")})
def rotate(path: WebhookPath) -> Response:
    """Give a webhook another secret; what it had signs too for a day, so that its receiver can change over."""
    made = room().writer.change(registry.rotate_secret, room().store, owner(), actor(), str(path.webhook_id))
    return answer(WebhookWithSecret.with_secret(made.webhook, made.secret))


@routes.post("/<uuid:webhook_id>/test", responses={202: json_of(Delivery), **problems("not_found", "webhook_disabled")})
def test(path: WebhookPath) -> Response:
    """Have a `webhook.test` sent at once; `Location` is where its outcome is told."""
    return _accepted(path, room().writer.change(deliveries.send_test, room().store, owner(), str(path.webhook_id)))


@routes.get(
    "/<uuid:webhook_id>/deliveries", responses={200: json_of(DeliveryPage), **problems("not_found", "invalid_request")}
)
def log(path: WebhookPath, query: DeliveriesQuery) -> Response:
    """List what was sent, and is to be, newest first, with every attempt."""
    cursor = str(query.cursor) if query.cursor else None
    its = owner(), str(path.webhook_id), query.state, cursor, query.limit + 1
    found = deliveries.list_deliveries(room().store, *its, since=query.since, before=query.before)
    return answer(DeliveryPage.of(found, query.limit))


@routes.get(
    "/<uuid:webhook_id>/deliveries/<uuid:delivery_id>",
    responses={200: json_of(DeliveryDetail), **problems("not_found")},
)
def delivery(path: DeliveryPath) -> Response:
    """Tell a delivery, with what is sent."""
    its = owner(), str(path.webhook_id), str(path.delivery_id)
    return answer(DeliveryDetail.of(deliveries.get_delivery(room().store, *its)))


@routes.post(
    "/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/replay",
    responses={202: json_of(Delivery), **problems("not_found", "webhook_disabled", "delivery_pending")},
)
def replay(path: DeliveryPath) -> Response:
    """Have the same sent again, with the same `webhook-id` and as many attempts as a new delivery has."""
    its = owner(), str(path.webhook_id), str(path.delivery_id)
    return _accepted(path, room().writer.change(deliveries.replay, room().store, *its))


def _accepted(path: WebhookPath, accepted: values.Delivery) -> Response:
    response = answer(Delivery.of(accepted), HTTPStatus.ACCEPTED)
    response.headers["Location"] = f"/api/v1/webhooks/{path.webhook_id}/deliveries/{accepted.id}"
    return response


def _check_pipelines(names: Sequence[str]) -> None:
    """Raise Refused for a name of which no job could ever be told. Those of the house's own jobs may be named too."""
    for number, name in enumerate(names):
        check_pipeline(name, f"pipelines.{number}")


def _check_url(url: str) -> None:
    """Raise Refused where nothing would be sent to ``url``; to find out it is resolved, while others are served."""
    lookups, whose = room().lookups, owner()
    if not lookups.take(whose):
        raise Refused(503, "too_many_clients", "as many names are being resolved as may be: ask again", again_s=AGAIN_S)
    try:
        offload(find_target, url, Reach.of(room().settings), system_addresses)
    except BadTarget as error:
        raise invalid("url", str(error), code="bad_webhook_url") from None
    finally:
        lookups.give_back(whose)
