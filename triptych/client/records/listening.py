"""What the socket of a live recording tells, beside the events of its job."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from triptych.client.records.base import Record
from triptych.client.records.events import KNOWN as KNOWN_EVENTS
from triptych.client.records.events import Event
from triptych.client.records.problem import Problem


class Hello(Record):
    """Events behind ``id`` are told from now on."""

    type: Literal["hello"]
    id: str


class ListenStarted(Record):
    """The recording goes on behind its first ``received_bytes``."""

    type: Literal["started"]
    job_id: str
    file_id: str
    received_bytes: int


class ListenReceived(Record):
    """So many bytes of it are on the server's disk, and survive whatever dies."""

    type: Literal["received"]
    received_bytes: int


class ListenKept(Record):
    """The recording has ended, for ``reason``, and is the file ``file_id`` from now on."""

    type: Literal["kept"]
    file_id: str
    received_bytes: int
    reason: str


class Refusal(Record):
    """Nothing more is taken, and why; what had come stays."""

    type: Literal["refused"]
    problem: Problem


Heard = ListenStarted | ListenReceived | ListenKept | Event
Said = Annotated[Heard | Refusal | Hello, Field(discriminator="type")]
SAID: TypeAdapter[Said] = TypeAdapter(Said)
KNOWN = KNOWN_EVENTS | {"hello", "started", "received", "kept", "refused"}
"""What this client understands; whatever else is told is passed over."""
