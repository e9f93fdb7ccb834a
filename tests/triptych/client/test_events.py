"""A job's events, watched through connections that break."""

import json
from collections.abc import Mapping

import pytest
from support.at_work import AtWork
from support.flaky_front import flaky_front
from support.running import finish, make_part, start, succeed
from support.scripted_server import Answer

from triptych.client import Client, NotFound, Patience, Unreachable
from triptych.client.records.events import Event, Resync

QUEUED = {"type": "job.queued", "data": {"position": None, "eta_s": None, "attempt": 1, "not_before": None}}
ENDED = {
    "type": "job.finished",
    "data": {"state": "failed", "error": None, "warnings": [], "cached": False, "attempt": 1},
}
HEAD = 700  # bytes: the answer's headers, and the first event as a rule


def spoken(client: Client, working: AtWork) -> str:
    """The id of a job that has told some parts and ended."""
    job = client.jobs.create("audio.speak", text="One, two, three.")
    claimed = start(working.store, job.id)
    for seq in range(1, 6):
        make_part(working.store, claimed, seq, f"word {seq}")
    succeed(working.store, claimed)
    return job.id


def frame(number: int, told: Mapping[str, object]) -> bytes:
    """An event of the job J as its stream tells it."""
    event = {"id": f"{number}-0", "job_id": "J", "pipeline": "p", "at": "now", **told}
    return f"id: {number}-0\nevent: {told['type']}\ndata: {json.dumps(event)}\n\n".encode()


def watched(client: Client, job_id: str, after: str | None = None) -> list[Event]:
    """The job's events. A job whose end is only just being told is told to be looked at first."""
    return [event for event in client.jobs.watch(job_id, after=after) if not isinstance(event, Resync)]


def test_events_come_from_the_jobs_creation_to_its_end(client: Client, working: AtWork) -> None:
    job_id = spoken(client, working)

    told = [event.type for event in watched(client, job_id)]

    assert told == ["job.queued", "job.started", *["job.part"] * 5, "job.finished"]


def test_broken_connections_lose_nothing_and_tell_nothing_twice(
    client: Client, working: AtWork, quick: Patience
) -> None:
    job_id = spoken(client, working)
    whole = watched(client, job_id)

    with flaky_front(working.url, [HEAD, 2 * HEAD, HEAD + 500]) as front, Client(front.url, patience=quick) as away:
        told = watched(away, job_id)

    assert told == whole
    assert front.connections >= 4


def test_watching_goes_on_behind_an_event(client: Client, working: AtWork) -> None:
    job_id = spoken(client, working)
    whole = watched(client, job_id)

    rest = watched(client, job_id, whole[2].id)
    nothing = watched(client, job_id, whole[-1].id)

    assert (rest, nothing) == (whole[3:], [])


def test_a_job_that_is_done_again_is_told_to_the_end_of_its_newest_attempt(client: Client, working: AtWork) -> None:
    job_id = spoken(client, working)
    client.jobs.retry(job_id)
    finish(working.store, job_id)

    told = [event.type for event in watched(client, job_id)]

    again = ["job.queued", "job.started", "job.finished"]
    assert told == ["job.queued", "job.started", *["job.part"] * 5, "job.finished", *again]


def test_an_end_behind_which_the_connection_breaks_may_not_be_the_last(against) -> None:
    headers = {"Content-Type": "text/event-stream"}
    cut = Answer(200, frame(1, ENDED), headers, claims_bytes=10_000)
    rest = Answer(200, frame(2, QUEUED) + frame(3, ENDED), headers)

    with against(cut, rest) as (_, client):
        told = [(event.id, event.type) for event in client.jobs.watch("J")]

    assert told == [("1-0", "job.finished"), ("2-0", "job.queued"), ("3-0", "job.finished")]


def test_a_job_that_is_not_there_is_told_at_once(client: Client) -> None:
    with pytest.raises(NotFound):
        list(client.jobs.watch("00000000-0000-7000-8000-000000000000"))


def test_an_api_that_stays_away_is_given_up(against) -> None:
    patience = Patience(first_pause_s=0.001, longest_pause_s=0.001, away_s=0.0)

    with (
        against(Answer(502, b"no gateway"), patience=patience) as (_, client),
        pytest.raises(Unreachable, match="it answers 502"),
    ):
        list(client.jobs.watch("some-job"))


def test_events_of_a_newer_api_are_passed_over(against) -> None:
    body = frame(1, {"type": "job.sung"}) + frame(2, {"type": "job.deleted", "data": {}})
    answer = Answer(200, body, {"Content-Type": "text/event-stream"})

    with against(answer) as (_, client):
        told = [event.type for event in client.jobs.watch("J")]

    assert told == ["job.deleted"]
