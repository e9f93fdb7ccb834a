"""Live recordings: sound goes in while it is made, and what is heard in it comes out."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from threading import Thread
from typing import Any

from triptych.client import events
from triptych.client.absence import MAY_PASS, Absence
from triptych.client.errors import Unreachable
from triptych.client.records.events import JobDeleted, JobFinished
from triptych.client.records.listening import (
    KNOWN,
    SAID,
    Heard,
    Hello,
    ListenKept,
    ListenReceived,
    ListenStarted,
    Refusal,
)
from triptych.client.refusals import refused_by
from triptych.client.sockets import Socket
from triptych.client.tape import Hand, Tape
from triptych.client.transport import Transport

PATH = "/api/v1/listen"


class Listening:
    """What is heard while somebody speaks."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def record(
        self, sound: Iterable[bytes], *, name: str | None = None, params: Mapping[str, Any] | None = None
    ) -> Iterator[Heard]:
        """Record ``sound`` (16-bit little-endian PCM, mono, 16 kHz, cut anywhere), and tell what is heard to the end.

        Told are that the recording has started, as which job and file, what is heard in it, as the events of that job,
        and that it is kept. A connection that breaks is made anew, for as long as the API is not away for longer than
        ``patience.away_s``, and nothing that was said is lost. Whoever stops listening ends the recording within half a
        minute. Raises Unreachable, Refused, Unusable where wsproto is not installed, and what reading ``sound`` raises.
        """
        tape = Tape(sound)
        try:
            asked = {"type": "start", "params": dict(params or {}), **({"name": name} if name else {})}
            yield from _Recording(self._transport, tape, asked).heard()
        finally:
            tape.close()
        if tape.error is not None:
            raise tape.error


class _Recording:
    """One recording, over as many connections as it takes."""

    def __init__(self, transport: Transport, tape: Tape, start: Mapping[str, Any]) -> None:
        self._transport = transport
        self._tape = tape
        self._begin = start
        self._job_id = self._seen = ""
        self._is_kept = self._has_ended = False

    def heard(self) -> Iterator[Heard]:
        """Everything that is told, to the job's end."""
        absence = Absence(self._transport)
        while not (self._has_ended or self._is_kept):
            try:
                with self._transport.socket(PATH) as socket:
                    yield from self._over(socket, absence.end)
            except MAY_PASS as error:
                if not self._is_kept:
                    absence.endure(error)
        if not self._has_ended:  # what is left is the job's alone, and is told as that of any other
            yield from events.follow(self._transport, self._job_id, self._seen or None)

    def _over(self, socket: Socket, on_started: Callable[[], None]) -> Iterator[Heard]:
        """What one connection tells. Raises Unreachable where it breaks before the job's end, and Refused."""
        resumed = {"type": "resume", "job_id": self._job_id, "after": self._seen or None}
        socket.send(json.dumps(resumed if self._job_id else self._begin))
        with ExitStack() as sending:
            for said in _said(socket):
                self._note(said)
                if isinstance(said, ListenStarted):
                    on_started()
                    sending.enter_context(self._sending(socket, said.received_bytes))
                if not isinstance(said, Hello):
                    yield said
                if self._has_ended:
                    return

    def _note(self, said: Heard | Hello) -> None:
        if isinstance(said, ListenStarted):
            self._job_id = said.job_id
        elif isinstance(said, ListenReceived):
            self._tape.forget(said.received_bytes)
        elif isinstance(said, ListenKept):
            self._is_kept = True
        else:
            self._seen = said.id or self._seen
            self._has_ended = isinstance(said, JobDeleted) or (self._is_kept and isinstance(said, JobFinished))

    @contextmanager
    def _sending(self, socket: Socket, received_bytes: int) -> Iterator[None]:
        """Send what comes, by a thread of its own, until the block ends."""
        self._tape.forget(received_bytes)
        hand = Hand()
        sender = Thread(target=self._send, args=(socket, received_bytes, hand), daemon=True)
        sender.start()
        try:
            yield
        finally:
            self._tape.take_off(hand)
            socket.close()
            sender.join()

    def _send(self, socket: Socket, at: int, hand: Hand) -> None:
        try:
            while piece := self._tape.read(at, hand):
                socket.send(piece)
                at += len(piece)
            if not hand.is_off:
                socket.send(json.dumps({"type": "stop"}))
        except Unreachable:
            return  # whoever receives finds the same


def _said(socket: Socket) -> Iterator[Heard | Hello]:
    """What is understood of what comes. Raises Unreachable, Refused."""
    while True:
        text = socket.receive()
        if json.loads(text).get("type") in KNOWN:
            said = SAID.validate_json(text)
            if isinstance(said, Refusal):
                raise refused_by(said.problem)
            yield said
