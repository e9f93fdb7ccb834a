"""A job's events as they happen, from the last one seen on, however often the connection breaks."""

from collections.abc import Iterator
from http import HTTPStatus

import httpx2
from pydantic import ValidationError

from triptych.client.absence import MAY_PASS, Absence
from triptych.client.paths import at
from triptych.client.records.events import EVENT, KNOWN, Event, JobDeleted, JobFinished
from triptych.client.transport import Ask, Transport

JOBS = "/api/v1/jobs"


def follow(transport: Transport, job_id: str, after: str | None = None) -> Iterator[Event]:
    """The job's events behind ``after``, or from its creation, up to its end. Raises Unreachable, Refused.

    A job that was retried has ended before, which is told too: an end is the last where the API ends the stream there.
    A connection that breaks is made anew with the id of the last event (``Last-Event-ID``): nothing is missing and
    nothing comes twice, unless a ``Resync`` says that events were lost. It is given up when the API is away for
    longer than the client's ``patience.away_s``.
    """
    seen, absence = after, Absence(transport)
    while True:
        has_ended, headers = False, {"Last-Event-ID": seen} if seen else {}
        try:
            with transport.stream(Ask("GET", at(JOBS, job_id, "events"), headers=headers)) as response:
                if response.status_code == HTTPStatus.NO_CONTENT:  # the end was told before, or was lost
                    return
                for event in _events(response):
                    absence.end()
                    seen = event.id or seen
                    has_ended = isinstance(event, JobFinished)
                    yield event
                    if isinstance(event, JobDeleted):
                        return
            if has_ended:
                return
        except MAY_PASS as error:
            absence.endure(error)
        else:
            absence.pause()


def _events(response: httpx2.Response) -> Iterator[Event]:
    """What one connection tells, up to its end or to an event that was cut off."""
    for told in httpx2.EventSource(response):
        if told.event in KNOWN:
            try:
                yield EVENT.validate_json(told.data)
            except ValidationError:
                return
