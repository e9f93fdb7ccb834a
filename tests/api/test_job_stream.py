"""One job's events as SSE: from the beginning, or from the last one seen, to the end; it never hangs."""

from redis import Redis
from support.running import finish, make_part, start, succeed

from api.relay.hub import Attached
from api.relay.job_stream import Stored, job_stream
from api.relay.subscription import Subscription
from api.room import LOCAL_USER
from triptych.events.event import EventType, Numbered
from triptych.jobs.reading import get_job
from triptych.wire import STREAM

JOBS = "/api/v1/jobs"


def kinds(text: str) -> list[str]:
    return [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]


def ids(text: str) -> list[str]:
    return [line.removeprefix("id: ") for line in text.splitlines() if line.startswith("id: ")]


def test_finished_job_is_told_from_its_creation_and_ends(client, store, fetch, new_job):
    job = new_job()
    claimed = start(store, job["id"])
    make_part(store, claimed, 1, "one")
    succeed(store, claimed)

    response = fetch(f"{JOBS}/{job['id']}/events")

    assert response.mimetype == "text/event-stream"
    assert kinds(response.text) == ["job.queued", "job.started", "job.part", "job.finished"]


def test_live_events_follow_the_stored_ones(sqlite_client, sqlite_store, new_job):
    job = new_job()

    with sqlite_client.get(f"{JOBS}/{job['id']}/events") as response:
        frames = response.iter_encoded()
        first = next(frames).decode()
        finish(sqlite_store, job["id"])
        rest = b"".join(frames).decode()

    assert kinds(first) == ["job.queued"]
    assert kinds(rest) == ["job.started", "job.finished"]


def test_stream_goes_on_behind_the_last_event_seen(sqlite_client, sqlite_store, fetch, new_job):
    job = new_job()
    finish(sqlite_store, job["id"])
    seen = ids(fetch(f"{JOBS}/{job['id']}/events").text)

    rest = fetch(f"{JOBS}/{job['id']}/events", Last_Event_ID=seen[0])
    nothing = fetch(f"{JOBS}/{job['id']}/events", Last_Event_ID=seen[-1])

    assert kinds(rest.text) == ["job.started", "job.finished"]
    assert nothing.status_code == 204


def test_retried_job_is_told_to_its_last_end(sqlite_client, sqlite_store, fetch, new_job):
    job = new_job()
    finish(sqlite_store, job["id"])
    sqlite_client.post(f"{JOBS}/{job['id']}/retry")
    finish(sqlite_store, job["id"])

    text = fetch(f"{JOBS}/{job['id']}/events").text

    assert kinds(text) == ["job.queued", "job.started", "job.finished"] * 2


def test_end_of_an_earlier_attempt_is_no_end_before_the_next_is_told(sqlite_client, sqlite_store, new_job):
    job_id = new_job()["id"]
    finish(sqlite_store, job_id)
    sqlite_client.post(f"{JOBS}/{job_id}/retry")
    attached = Attached(Subscription(LOCAL_USER, job_id), "1-0")
    ended, queued, ended_again = (
        Numbered(f"{place}-0", LOCAL_USER, job_id, f'{{"type":"{kind}"}}')
        for place, kind in enumerate((EventType.FINISHED, EventType.QUEUED, EventType.FINISHED), 1)
    )

    frames = job_stream(sqlite_store, get_job(sqlite_store, LOCAL_USER, job_id), attached, Stored([ended], whole=True))
    attached.subscription.offer(queued)
    attached.subscription.offer(ended_again)

    assert kinds("".join(frames)) == ["job.finished", "job.queued", "job.finished"]


def test_lost_events_are_told_and_a_finished_job_still_ends(sqlite_client, sqlite_store, settings, fetch, new_job):
    job = new_job()
    finish(sqlite_store, job["id"])
    with Redis.from_url(settings.redis_url) as redis:
        redis.delete(STREAM)

    fresh = fetch(f"{JOBS}/{job['id']}/events")
    resumed = fetch(f"{JOBS}/{job['id']}/events", Last_Event_ID="1-1")

    assert kinds(fresh.text) == ["resync"]
    assert kinds(resumed.text) == ["resync"]


def silent_stream(store, job_id: str):
    """The stream of a job whose further events are all lost; silence is looked into at once."""
    job = get_job(store, LOCAL_USER, job_id)
    attached = Attached(Subscription(LOCAL_USER, job_id), "7-0")
    return job_stream(store, job, attached, Stored([], whole=True), heartbeat_s=0)


def test_stream_ends_when_the_last_event_was_lost(sqlite_store, sqlite_client, new_job):
    job = new_job()
    frames = silent_stream(sqlite_store, job["id"])

    waiting = next(frames)
    finish(sqlite_store, job["id"])
    rest = "".join(frames)

    assert waiting == ": still here\n\n"
    assert (kinds(rest), ids(rest)) == (["resync"], ["7-0"])


def test_stream_of_a_job_that_was_deleted_meanwhile_ends(sqlite_store, sqlite_client, new_job):
    job = new_job()
    frames = silent_stream(sqlite_store, job["id"])

    next(frames)
    finish(sqlite_store, job["id"])
    sqlite_client.delete(f"{JOBS}/{job['id']}")
    rest = "".join(frames)

    assert kinds(rest) == ["resync"]
