"""Waiting for a job's end: woken by the relay, never asking again and again."""

import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from api.relay.subscription import Ended, Gap, Lagging, Subscription
from api.room import attend, owner, room
from triptych.jobs.job import Job
from triptych.jobs.reading import get_job

LOOK_S = 1.0  # how often to see whether the client is still there


@contextmanager
def watching(job_id: str) -> Iterator[Subscription]:
    """The events of one of the caller's jobs, for the block. The job need not be there yet."""
    with attend(job_id) as attached:
        yield attached.subscription


def wait_for_end(events: Subscription, job: Job, wait_s: float) -> Job:
    """The job when it has ended, or as it stands after ``wait_s`` seconds, or when the client has gone.

    ``job`` was read, or accepted, after its ``events`` were watched. Raises Dismissed.
    """
    until = time.monotonic() + wait_s
    while not job.is_finished and _may_have_ended(events, until):
        job = get_job(room().store, owner(), job.id)
    return job if job.is_finished else get_job(room().store, owner(), job.id)


def _may_have_ended(events: Subscription, until: float) -> bool:
    """Wait until the job may have ended: True to look at it again, False to wait no longer."""
    while (left := until - time.monotonic()) > 0 and not has_gone(request.environ.get("gunicorn.socket")):
        try:
            event = events.next(min(left, LOOK_S))
        except Lagging:  # no more is told of it: look now and again
            time.sleep(min(left, LOOK_S))
            return True
        except Ended:
            return False
        if isinstance(event, Gap) or (event is not None and event.is_end):
            return True
    return False


def has_gone(connection: socket.socket | None) -> bool:
    """Whether the client at the other end of ``connection`` is there no more; without one nobody can tell."""
    if connection is None:
        return False
    readable, _, _ = select.select([connection], [], [], 0)
    return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
