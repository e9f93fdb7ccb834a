"""``triptych webhooks``: be told when jobs and batches end, try it, look at what was sent, have it sent again."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated

import typer

from cli.asking import open_client
from cli.exits import Exit
from cli.options import AsJson, offered
from cli.printing import fail, note, say, table, tell
from triptych.client.records.webhook import Delivery, DeliveryState, Webhook

EVENTS = ("job.succeeded", "job.failed", "job.cancelled", "batch.finished")
COLUMNS = ("ID", "URL", "EVENTS", "STATE", "LAST DELIVERED")
LOGGED = 20


def webhook_ids(incomplete: str) -> Iterator[tuple[str, str]]:
    """The webhooks whose ids begin so, with their addresses."""
    return offered(lambda client: ((one.id, one.url) for one in client.webhooks.list()), incomplete)


def event_names(incomplete: str) -> Iterator[str]:
    """What can be told of that begins so."""
    yield from (event for event in EVENTS if event.startswith(incomplete))


webhooks_app = typer.Typer(help="Webhooks: be told by a signed POST when jobs and batches end.")
WebhookId = Annotated[str, typer.Argument(metavar="WEBHOOK", help="The id of a webhook.", autocompletion=webhook_ids)]


@webhooks_app.callback(invoke_without_command=True)
def webhooks(context: typer.Context, as_json: AsJson = False) -> None:
    """List your webhooks."""
    if context.invoked_subcommand is not None:
        return
    with open_client() as client:
        found = client.webhooks.list()
    _show(found, as_json=as_json)


@webhooks_app.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to; https, and a public address.")],
    event: Annotated[
        list[str] | None,
        typer.Option("--event", "-e", help="What to tell of; else of all.", autocompletion=event_names),
    ] = None,
    pipeline: Annotated[
        list[str] | None, typer.Option("--pipeline", "-p", help="Jobs of this one alone; may be said several times.")
    ] = None,
    description: Annotated[str, typer.Option(help="What you want to remember of it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Register a webhook, and print its secret: this once."""
    with open_client() as client:
        made = client.webhooks.create(url, event or EVENTS, pipelines=pipeline or (), description=description)
    if as_json:
        tell(made)
        return
    say(made.secret)
    note(f"{made.id} is told of {', '.join(made.events)}; its secret will not be told again")


@webhooks_app.command("test")
def send_test(webhook_id: WebhookId, as_json: AsJson = False) -> None:
    """Send a test to a webhook, and tell how that went."""
    with open_client() as client:
        sent = client.webhooks.test(webhook_id)
        _conclude(client.webhooks.attempted(webhook_id, sent.id), as_json=as_json)


@webhooks_app.command()
def log(
    webhook_id: WebhookId,
    state: Annotated[DeliveryState | None, typer.Option(help="Those in this state alone.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = LOGGED,
    as_json: AsJson = False,
) -> None:
    """List what was sent to a webhook, newest first, and how that went."""
    with open_client() as client:
        for delivery in islice(client.webhooks.deliveries(webhook_id, state=state), limit):
            if as_json:
                tell(delivery)
            else:
                say(_told(delivery))


@webhooks_app.command()
def replay(
    webhook_id: WebhookId,
    delivery_id: Annotated[
        str, typer.Argument(metavar="DELIVERY", help="Its id, as `triptych webhooks log` tells it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Send the same again, and tell how that went."""
    with open_client() as client:
        tries = len(client.webhooks.delivery(webhook_id, delivery_id).attempts)
        client.webhooks.replay(webhook_id, delivery_id)
        _conclude(client.webhooks.attempted(webhook_id, delivery_id, behind=tries), as_json=as_json)


@webhooks_app.command()
def secret(webhook_id: WebhookId, as_json: AsJson = False) -> None:
    """Give a webhook another secret, and print it: this once. The one that it had signs too for a day."""
    with open_client() as client:
        made = client.webhooks.rotate(webhook_id)
    if as_json:
        tell(made)
        return
    say(made.secret)
    note(f"{made.id} has another secret; the one that it had signs too until {made.old_secret_until}")


@webhooks_app.command()
def enable(webhook_id: WebhookId, as_json: AsJson = False) -> None:
    """Have a webhook that is disabled begin anew."""
    with open_client() as client:
        _show([client.webhooks.change(webhook_id, enabled=True)], as_json=as_json)


@webhooks_app.command()
def disable(webhook_id: WebhookId, as_json: AsJson = False) -> None:
    """Tell a webhook nothing more, and give up what was under way."""
    with open_client() as client:
        _show([client.webhooks.change(webhook_id, enabled=False)], as_json=as_json)


@webhooks_app.command()
def remove(webhook_id: WebhookId) -> None:
    """Remove a webhook with its log."""
    with open_client() as client:
        client.webhooks.remove(webhook_id)
    note(f"{webhook_id} is removed")


def _conclude(delivery: Delivery, *, as_json: bool) -> None:
    """Tell how the last attempt went. Raises typer.Exit where it was in vain."""
    if as_json:
        tell(delivery)
    else:
        say(_told(delivery))
    if delivery.state is not DeliveryState.DELIVERED:
        fail(f"it did not get through: {delivery.attempts[-1].error}")
        raise typer.Exit(Exit.JOB_FAILED)


def _told(delivery: Delivery) -> str:
    words = [delivery.id, delivery.event, str(delivery.state), delivery.created_at]
    if delivery.attempts:
        last = delivery.attempts[-1]
        words.append(f"{len(delivery.attempts)} tried, {last.error or last.status} after {last.duration_s:.2f} s")
    if delivery.next_attempt_at and not delivery.is_settled:
        words.append(f"next {delivery.next_attempt_at}")
    return "  ".join(words)


def _show(found: Sequence[Webhook], *, as_json: bool) -> None:
    if not as_json:
        table(
            COLUMNS,
            [(one.id, one.url, " ".join(one.events), _state(one), one.last_delivered_at or "never") for one in found],
        )
    for one in found if as_json else ():
        tell(one)


def _state(webhook: Webhook) -> str:
    if not webhook.enabled:
        return f"disabled: {webhook.disabled_reason}"
    return f"failing since {webhook.failing_since}" if webhook.failing_since else "enabled"
