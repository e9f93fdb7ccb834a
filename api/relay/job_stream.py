"""The events of one job as Server-Sent Events, from its creation or from the last one seen to its end."""

from collections.abc import Iterator
from dataclasses import dataclass

from api.relay.hub import Attached, Hub
from api.relay.messages import greeting, message_of, refusal
from api.relay.subscription import Dismissed, Ended, Gap, Lagging
from triptych.database import DatabaseAway
from triptych.events.event import EventType, Numbered
from triptych.jobs.job import Job
from triptych.jobs.owner import UnknownJob
from triptych.jobs.reading import get_job
from triptych.store import Store

HEARTBEAT_S = 15.0
EARLIER_MS = 5000  # the clocks of the database's writer and of Redis need not agree to the millisecond


@dataclass(frozen=True, slots=True)
class Stored:
    """What the stream still holds of a job; ``whole`` is False when something before it is lost."""

    events: list[Numbered]
    whole: bool


def stored_events(hub: Hub, attached: Attached, job: Job, after: str | None) -> Stored:
    """The job's stored events after ``after``, or from its creation on."""
    if after is not None:
        found = hub.replay(attached, after)
        return Stored(found or [], whole=found is not None)
    since_ms = int(job.created_at * 1000) - EARLIER_MS
    own = [event for event in hub.since(attached, since_ms) or [] if event.job_id == job.id]
    return Stored(own, whole=bool(own) and own[0].body.startswith(f'{{"type":"{EventType.QUEUED}"'))


def job_stream(
    store: Store, job: Job, attached: Attached, stored: Stored, heartbeat_s: float = HEARTBEAT_S
) -> Iterator[str]:
    """The stream's frames: stored events, then live ones until the job has ended. ``job`` was read after attaching.

    After ``heartbeat_s`` seconds without an event the job is looked at: its last event may have been lost.
    """
    if not stored.whole:
        yield _frame("resync", attached.position, greeting("resync", attached.position))
    for event in stored.events:
        yield _event_frame(event)
    if job.is_finished:  # an end that is told of any other is of an earlier attempt
        is_told = bool(stored.events) and stored.events[-1].is_end
        if stored.whole and not is_told:  # the end itself was told before ``after``, or was lost
            yield _frame("resync", attached.position, greeting("resync", attached.position))
        return
    seen = stored.events[-1].id if stored.events else attached.position
    yield from _live(store, job, attached, seen, heartbeat_s)


def _live(store: Store, job: Job, attached: Attached, seen: str, heartbeat_s: float) -> Iterator[str]:
    """Live events behind ``seen``, which a stream that ends without its last event resumes from."""
    while True:
        try:
            event = attached.subscription.next(heartbeat_s)
        except (Lagging, Ended):
            return
        except Dismissed as error:
            yield _last_frame(refusal(error.problem))
            return
        if event is not None:
            seen = event.id
            yield _event_frame(event)
            if isinstance(event, Numbered) and (event.is_end or _kind(event) == EventType.DELETED):
                return
        if (event is None or isinstance(event, Gap)) and _has_ended(store, job):
            if event is None:
                yield _frame("resync", seen, greeting("resync", seen))
            return
        if event is None:
            yield ": still here\n\n"


def _has_ended(store: Store, job: Job) -> bool:
    try:
        return get_job(store, job.owner, job.id).is_finished
    except UnknownJob:
        return True
    except DatabaseAway:
        return False  # the next look will tell


def _event_frame(event: Numbered | Gap) -> str:
    text = message_of(event)
    kind = "resync" if isinstance(event, Gap) or not event.job_id else _kind(event)
    return _frame(kind, event.id, text)


def _kind(event: Numbered) -> str:
    return event.body.removeprefix('{"type":"').partition('"')[0]


def _last_frame(text: str) -> str:
    """It has no id: who comes again with another key goes on behind the last event."""
    return f"event: refused\ndata: {text}\n\n"


def _frame(kind: str, entry_id: str, text: str) -> str:
    return f"id: {entry_id}\nevent: {kind}\ndata: {text}\n\n"
