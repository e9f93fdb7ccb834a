"""Rings: the doorbells that workers hear, and the messages that they are to Celery."""

import base64
import json
import socket
from dataclasses import dataclass, field
from uuid import uuid4

from pipelines.contract import Lane
from triptych.events.event import Event
from triptych.jobs.states import Priority

# kombu's: a list for each step of priority, the first of which has no suffix.
_SEPARATOR = "\x06\x16"
_STEPS = {Priority.INTERACTIVE: 0, Priority.BATCH: 3}
ORIGIN = f"triptych@{socket.gethostname()}"


@dataclass(frozen=True, slots=True)
class Ring:
    """A doorbell: jobs of one pipeline that a worker of ``lane`` may claim now and do together.

    ``alone``: beside nothing else in its process.
    """

    lane: Lane
    pipeline: str
    job_ids: tuple[str, ...]
    priority: Priority = Priority.INTERACTIVE
    alone: bool = False
    came: tuple[Event, ...] = field(default=(), compare=False)  # of jobs so new that it may not have been told yet

    @property
    def key(self) -> str:
        """The Redis list that it goes into, as kombu names it: workers empty that of the first class first."""
        return key_of(self.lane, self.priority)


def celery_message(ring: Ring) -> str:
    """A Celery task message (protocol 2) as kombu's Redis transport stores it: a task named by pipeline, and job ids.

    Pushed by hand it costs a quarter of ``apply_async``; a contract test holds it against Celery's own.
    Source: https://docs.celeryq.dev/en/v5.6.3/internals/protocol.html
    """
    options = {"alone": True} if ring.alone else {}
    body = base64.b64encode(json.dumps([ring.job_ids, options, {}]).encode()).decode()
    message_id = str(uuid4())
    return json.dumps(
        {
            "body": body,
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {
                "lang": "py",
                "task": ring.pipeline,
                "id": message_id,
                "root_id": message_id,
                "parent_id": None,
                "group": None,
                "retries": 0,
                "eta": None,
                "expires": None,
                "timelimit": [None, None],
                "argsrepr": repr(ring.job_ids),
                "kwargsrepr": repr(options),
                "origin": ORIGIN,
                "ignore_result": True,
            },
            "properties": {
                "correlation_id": message_id,
                "reply_to": "",
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": ring.lane.value},
                "priority": _STEPS[ring.priority],
                "body_encoding": "base64",
                "delivery_tag": str(uuid4()),
            },
        }
    )


def key_of(lane: Lane, priority: Priority) -> str:
    """The Redis list of a lane's rings of one class."""
    step = _STEPS[priority]
    return f"{lane.value}{_SEPARATOR}{step}" if step else lane.value


def job_ids_of(message: str) -> list[str]:
    """The jobs that a message in such a list rings for."""
    try:
        args, _kwargs, _embed = json.loads(base64.b64decode(json.loads(message)["body"]))
        return [str(job_id) for job_id in args]
    except (ValueError, KeyError, TypeError):
        return []  # somebody else's message: it stands for none of our jobs
