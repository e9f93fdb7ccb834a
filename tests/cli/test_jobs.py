"""What is done with jobs that are there: watched, fetched, cancelled, retried."""

import json
from pathlib import Path

import pytest
from support.running import make_part, start, succeed
from support.scripted_server import Answer, scripted
from support.work import fail

from cli.exits import Exit
from triptych.client.records.job import JobState

WORDS = "text.keywords"
SPEECH = "audio.speak"


@pytest.fixture
def done_job(client) -> str:
    """The id of a job that has succeeded."""
    return client.jobs.result(client.jobs.create(WORDS, text="Rivers carry water to the sea.").id).id


def test_a_result_is_told_with_who_made_it_and_what_it_made(triptych, done_job: str) -> None:
    done = triptych("get", done_job)

    assert done.status == Exit.DONE
    assert done.out.startswith(f"{done_job}  text.keywords  succeeded")
    assert "made by yake " in done.out
    assert "output keywords.json  application/json" in done.out


def test_an_output_goes_to_standard_output_as_it_is(triptych, client, done_job: str, tmp_path: Path) -> None:
    done = triptych("get", done_job, "--output", "keywords.json")
    triptych("get", done_job, "--output", "keywords.json", "-o", str(tmp_path / "words.json"))

    assert done.raw == (tmp_path / "words.json").read_bytes()
    assert json.loads(done.out)["language"] == "en"


def test_all_outputs_go_into_a_folder(triptych, done_job: str, tmp_path: Path) -> None:
    done = triptych("get", done_job, "-o", str(tmp_path / "made"))

    assert done.status == Exit.DONE
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["keywords.json"]


def test_an_output_that_is_not_there_is_told_with_those_that_are(triptych, done_job: str) -> None:
    done = triptych("get", done_job, "--output", "summary.txt")

    assert (done.status, done.out) == (Exit.REFUSED, "")
    assert done.err == f"triptych: the job {done_job} has no output 'summary.txt'; there are: keywords.json\n"


def test_a_failed_job_is_told_by_its_reason_and_status(triptych, client, working) -> None:
    job = client.jobs.create(SPEECH, text="Good morning.")
    fail(working.store, start(working.store, job.id), "engine_unavailable", "nobody can \x1b[31mspeak")

    got = triptych("get", job.id)
    watched = triptych("watch", job.id)

    assert (got.status, watched.status) == (Exit.JOB_FAILED, Exit.JOB_FAILED)
    assert "engine_unavailable: nobody can [31mspeak" in got.out
    assert watched.err.endswith(f"audio.speak {job.id}: failed, nobody can [31mspeak\n")


def test_parts_are_lines_as_they_come(triptych, client, working) -> None:
    job = client.jobs.create(SPEECH, text="Sing.")
    claimed = start(working.store, job.id)
    for seq, text in enumerate(("The ships ", "sail\nout", " again"), 1):
        make_part(working.store, claimed, seq, text)
    succeed(working.store, claimed)

    done = triptych("watch", job.id)

    assert (done.status, done.out) == (Exit.DONE, "The ships sail\nout again\n")
    assert done.err.endswith(f"audio.speak {job.id}: succeeded\n")


def test_a_job_that_was_retried_is_watched_to_its_newest_end(triptych, client, working) -> None:
    job = client.jobs.create(SPEECH, text="Sing again.")
    triptych("cancel", job.id)
    triptych("retry", job.id)
    claimed = start(working.store, job.id)
    make_part(working.store, claimed, 1, "Ships sail.")
    succeed(working.store, claimed)

    done = triptych("watch", job.id)

    assert (done.status, done.out) == (Exit.DONE, "Ships sail.\n")


def test_a_job_that_is_retried_as_it_ends_is_watched_on(triptych, client, done_job: str, monkeypatch) -> None:
    ended = client.jobs.get(done_job)
    queued = ended.model_copy(update={"state": JobState.QUEUED, "finished_at": None})
    *_, finish = [event for event in client.jobs.watch(done_job) if event.type == "job.finished"]

    def stream(event_id: str) -> Answer:
        told = finish.model_copy(update={"id": event_id}).model_dump_json()
        head = {"Content-Type": "text/event-stream"}
        return Answer(200, f"id: {event_id}\nevent: job.finished\ndata: {told}\n\n".encode(), head)

    first, again, last = (Answer(200, job.model_dump_json().encode()) for job in (queued, queued, ended))
    with scripted(first, stream("1-0"), again, stream("2-0"), last) as server:
        monkeypatch.setenv("TRIPTYCH_URL", server.url)
        done = triptych("watch", done_job)

    assert (done.status, server.asked[3].headers["Last-Event-ID"]) == (Exit.DONE, "1-0")


def test_events_are_told_as_json(triptych, done_job: str) -> None:
    done = triptych("watch", done_job, "--json")

    told = [json.loads(line)["type"] for line in done.out.splitlines()]
    assert (told[0], done.err) == ("job.queued", "")
    assert "job.finished" in told


def test_several_jobs_are_watched_to_the_end_of_the_last(triptych, client, done_job: str) -> None:
    other = client.jobs.create(WORDS, text="Ships sail.")

    done = triptych("watch", done_job, other.id)

    assert done.status == Exit.DONE
    assert {line.split()[0] for line in done.out.splitlines()} == {done_job, other.id}


def test_jobs_are_cancelled_and_retried(triptych, client) -> None:
    ids = [client.jobs.create(SPEECH, text="One.").id for _ in range(2)]

    cancelled = triptych("cancel", *ids)
    retried = triptych("retry", *ids, "--json")
    triptych("cancel", *ids)

    assert cancelled.out.splitlines() == [f"{job_id}  audio.speak  cancelled" for job_id in ids]
    assert [json.loads(line)["state"] for line in retried.out.splitlines()] == ["queued", "queued"]


def test_one_that_is_refused_keeps_no_other_from_it(triptych, client, done_job: str) -> None:
    job = client.jobs.create(SPEECH, text="One.")

    done = triptych("cancel", done_job, job.id)

    assert done.status == Exit.REFUSED
    assert done.err == f"triptych: {done_job}: the job is succeeded already\n"
    assert done.out == f"{job.id}  audio.speak  cancelled\n"


def test_what_is_no_id_is_told_in_one_line(triptych) -> None:
    done = triptych("get", "../../memory/status")

    assert (done.status, done.out, len(done.err.splitlines())) == (Exit.REFUSED, "", 1)
