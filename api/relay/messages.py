"""What a client is told, in order: where it stands, then every event after that."""

import json
from collections.abc import Iterator

from api.relay.hub import Attached, Hub
from api.relay.subscription import Gap
from api.schemas.events import Refusal
from api.schemas.problem import Problem
from triptych.events.event import Numbered
from triptych.wire import EVERYBODY


def greeting(kind: str, position: str) -> str:
    """A ``hello`` or ``resync``: what follows comes after ``position``."""
    return json.dumps({"type": kind, "id": position})


def refusal(problem: Problem) -> str:
    """The last message to who may not be told any more."""
    return Refusal(type="refused", problem=problem).model_dump_json()


def socket_messages(hub: Hub, attached: Attached, after: str | None) -> Iterator[str]:
    """The texts for a socket that asked for what came after ``after``; ends by Lagging, Ended or Dismissed."""
    if after is None and attached.position:
        yield greeting("hello", attached.position)
    else:
        yield from _resumed(hub, attached, after)
    while True:
        event = attached.subscription.next()
        if event is not None:
            yield message_of(event)


def _resumed(hub: Hub, attached: Attached, after: str | None) -> Iterator[str]:
    stored = None if after is None else hub.replay(attached, after)
    if after is None or stored is None:
        yield greeting("resync", attached.position)
        return
    yield greeting("hello", after)
    for event in stored:
        yield message_of(event)


def message_of(event: Numbered | Gap) -> str:
    """An event as text; a mark of lost events is a ``resync``."""
    if isinstance(event, Gap) or event.owner == EVERYBODY:
        return greeting("resync", event.id)
    return event.message(event.id)
