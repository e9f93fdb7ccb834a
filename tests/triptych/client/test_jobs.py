"""Jobs as a program asks for them, against the API as users run it."""

from pathlib import Path

import pytest
from support.at_work import AtWork
from support.running import make_part, start, succeed
from support.work import fail

from triptych.client import Client, JobFailed, NoOutput, NotFound, Refused, Source
from triptych.client.records.job import JobState

POEM = "The quick brown fox jumps over the lazy dog while rivers carry water to the sea."


def test_a_text_is_done_and_its_output_fetched(client: Client, tmp_path: Path) -> None:
    job = client.jobs.create("text.keywords", text=POEM, params={"count": 3})

    done = client.jobs.result(job.id, timeout_s=60)
    size_bytes = client.jobs.download(client.jobs.output(done, "keywords.json"), tmp_path / "words.json")

    assert (done.state, done.params["count"], done.engine and done.engine.name) == ("succeeded", 3, "yake")
    assert size_bytes == done.outputs[0].size_bytes == (tmp_path / "words.json").stat().st_size
    assert [path.name for path in tmp_path.iterdir()] == ["words.json"]


def test_a_file_that_goes_along_is_told_while_it_is_sent(client: Client, tmp_path: Path) -> None:
    path = tmp_path / 'poem "one".txt'
    path.write_text(POEM * 2000)
    sent: list[int] = []

    job = client.jobs.create("text.keywords", sources=[Source.of_path(path)], on_sent=sent.append)

    assert [(one.name, one.size_bytes) for one in job.inputs] == [(path.name, path.stat().st_size)]
    assert sent[-1] == path.stat().st_size
    assert len(sent) > 1


def test_a_key_makes_one_job_however_often_it_is_asked_for(client: Client) -> None:
    first = client.jobs.create("text.keywords", text=POEM, key="poem-1")

    again = client.jobs.create("text.keywords", text=POEM, key="poem-1")

    assert again.id == first.id


def test_what_is_refused_tells_its_code_and_place(client: Client) -> None:
    with pytest.raises(Refused) as refused:
        client.jobs.create("text.keywords", text=POEM, params={"count": 0})

    assert (refused.value.status, refused.value.code) == (422, "invalid_params")
    assert [error.where for error in refused.value.errors] == ["params.count"]


def test_a_job_that_is_not_there_is_not_found(client: Client) -> None:
    with pytest.raises(NotFound):
        client.jobs.get("00000000-0000-7000-8000-000000000000")


def test_waiting_ends_with_the_patience_of_who_waits(client: Client) -> None:
    job = client.jobs.create("audio.speak", text="Nobody does this.")

    with pytest.raises(TimeoutError, match=r"is queued after 0\.01 s"):
        client.jobs.wait(job.id, timeout_s=0.01)


def test_a_failed_job_is_raised_with_its_reason_and_retried(client: Client, working: AtWork) -> None:
    job = client.jobs.create("audio.speak", text="Good morning.")
    fail(working.store, start(working.store, job.id), "engine_unavailable", "nobody can speak")

    with pytest.raises(JobFailed, match="nobody can speak") as failed:
        client.jobs.result(job.id)
    again = client.jobs.retry(job.id)

    assert failed.value.job.error is not None
    assert failed.value.job.error.code == "engine_unavailable"
    assert (again.id, again.state) == (job.id, JobState.QUEUED)
    assert [attempt.attempt for attempt in client.jobs.attempts(job.id)] == [1]


def test_a_cancelled_job_is_cancelled_and_can_be_deleted(client: Client) -> None:
    job = client.jobs.create("audio.speak", text="Good evening.")

    cancelled = client.jobs.cancel(job.id)
    client.jobs.delete(job.id, inputs=True)

    assert cancelled.state is JobState.CANCELLED
    with pytest.raises(NotFound):
        client.jobs.get(job.id)


def test_parts_come_in_their_order(client: Client, working: AtWork) -> None:
    job = client.jobs.create("audio.speak", text="One, two.")
    claimed = start(working.store, job.id)
    for seq in (1, 2):
        make_part(working.store, claimed, seq, str(seq))
    succeed(working.store, claimed)

    parts = list(client.jobs.parts(job.id))

    assert [(part.seq, part.body["text"]) for part in parts] == [(1, "1"), (2, "2")]


def test_an_output_of_another_name_is_told_with_those_there_are(client: Client) -> None:
    job = client.jobs.result(client.jobs.create("text.keywords", text=POEM).id)

    with pytest.raises(NoOutput, match=r"there are: keywords\.json"):
        client.jobs.output(job, "words.txt")
