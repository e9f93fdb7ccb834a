"""A call's job while its client waits for it: looked at when something happened to it, cancelled when nobody waits."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from flask import request

from api.offload import offload
from api.problems import Refused
from api.relay.subscription import Ended, Gap, Lagging, Subscription
from api.room import Room, owner, room
from api.routes.waiting import LOOK_S, has_gone
from triptych.events.event import Numbered
from triptych.jobs import owner as owners
from triptych.jobs.job import Job, StoredPart
from triptych.jobs.reading import get_job, list_parts, why_waiting
from triptych.jobs.states import JobState
from triptych.openai.calls import Made, NotNow
from triptych.openai.failures import failure
from triptych.store import Store

LOST_S = 15.0  # its last event may have been lost: then it is looked at all the same
PAGE = 500  # parts


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


@dataclass(slots=True)
class Followed:
    """A job whose end somebody waits for. What it tells needs no request around it."""

    here: Room
    owner: str
    events: Subscription
    job: Job
    connection: socket.socket | None
    seen: int = field(default=0)  # parts

    def end(self) -> Made:
        """What the job made, once it has succeeded. Raises BadCall, ClientGone and Refused."""
        while not self.job.is_finished:
            self._wait(each_part=False)
            self._look()
        if self.job.state is not JobState.SUCCEEDED:
            raise failure(self.job)
        return Made(self.job, self._all_parts, self._output)

    def parts(self) -> Iterator[StoredPart]:
        """Each part as it is made, until the job has ended. Raises as ``end`` does."""
        while True:
            attempt = self.job.attempt
            self._look()
            if self.seen and self.job.attempt != attempt:
                raise NotNow("what made this was lost on the way: ask again", "interrupted")
            if (
                self.job.state is not JobState.QUEUED
            ):  # else what is there is of a run that is over, or not seen to begin
                yield from self._new_parts()
            if self.job.is_finished:
                self.end()
                return
            self._wait(each_part=True)

    def give_up(self) -> None:
        """Cancel the job unless it has ended."""
        with suppress(owners.JobFinished, owners.UnknownJob):
            self.here.writer.change(owners.cancel, self.here.store, self.owner, self.job.id)

    def piece(self, name: str) -> bytes | None:
        """An output of the run that is under way; None where it is through and has dropped it."""
        if all(one.name != name for one in self.job.outputs):
            self.job = get_job(self.here.store, self.owner, self.job.id)
        return self._output(name) if any(one.name == name for one in self.job.outputs) else None

    def _look(self) -> None:
        """See where the job stands. Raises NotNow where it waits for what is away: who calls would rather know."""
        self.job = get_job(self.here.store, self.owner, self.job.id)
        if self.job.state is JobState.QUEUED:
            refuse_if_away(self.here, self.job.pipeline, self.job.note)

    def _new_parts(self) -> Iterator[StoredPart]:
        while page := list_parts(self.here.store, self.owner, self.job.id, self.seen, PAGE):
            for part in page:
                self.seen = part.seq
                yield part

    def _all_parts(self) -> Iterator[StoredPart]:
        self.seen = 0
        return self._new_parts()

    def _output(self, name: str) -> bytes:
        sha256 = next(one.sha256 for one in self.job.outputs if one.name == name)
        return offload(_content, self.here.store, sha256)

    def _wait(self, *, each_part: bool) -> None:
        """Wait until the job is worth a look. Raises ClientGone, and Refused where this server stops."""
        until = time.monotonic() + LOST_S
        while time.monotonic() < until:
            if has_gone(self.connection):
                raise ClientGone
            try:
                event = self.events.next(LOOK_S)
            except Lagging:  # no more is told of it: look now and again
                time.sleep(LOOK_S)
                return
            except Ended:
                raise Refused(503, "stopping", "the server stops: ask again in a moment", again_s=5) from None
            if event is not None and _matters(event, each_part=each_part):
                return


def refuse_if_away(here: Room, pipeline: str, note: str | None = None) -> None:
    """Raise NotNow where a job of ``pipeline`` that tells this ``note`` would wait for what is away."""
    if why := why_waiting(here.store, pipeline, note):
        raise NotNow(why, "away")


@contextmanager
def following(events: Subscription, job: Job) -> Iterator[Followed]:
    """Follow the current request's ``job``, whose ``events`` were watched before it was accepted.

    It is cancelled where the block is left in any other way than by its end.
    """
    followed = Followed(room(), owner(), events, job, request.environ.get("gunicorn.socket"))
    try:
        yield followed
    finally:
        if not followed.job.is_finished:
            followed.give_up()


def _matters(event: Numbered | Gap, *, each_part: bool) -> bool:
    return isinstance(event, Gap) or event.is_end or event.is_queued or each_part


def _content(store: Store, sha256: str) -> bytes:
    with store.blobs.at_hand(sha256) as path:
        return path.read_bytes()
