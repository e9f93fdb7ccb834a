"""A job's events, watched through connections that break."""

import pytest
from support.at_work import AtWork
from support.flaky_front import flaky_front
from support.running import make_part, start, succeed
from support.scripted_server import Answer

from triptych.client import Client, NotFound, Patience, Unreachable
from triptych.client.records.events import Event, Resync

HEAD = 700  # bytes: the answer's headers, and the first event as a rule


def spoken(client: Client, working: AtWork) -> str:
    """The id of a job that has told some parts and ended."""
    job = client.jobs.create("audio.speak", text="One, two, three.")
    claimed = start(working.store, job.id)
    for seq in range(1, 6):
        make_part(working.store, claimed, seq, f"word {seq}")
    succeed(working.store, claimed)
    return job.id


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
    end = '{"id": "2-0", "type": "job.deleted", "job_id": "J", "pipeline": "p", "at": "now", "data": {}}'
    body = f'id: 1-0\nevent: job.sung\ndata: {{"type": "job.sung"}}\n\nid: 2-0\nevent: job.deleted\ndata: {end}\n\n'
    answer = Answer(200, body.encode(), {"Content-Type": "text/event-stream"})

    with against(answer) as (_, client):
        told = [event.type for event in client.jobs.watch("J")]

    assert told == ["job.deleted"]
