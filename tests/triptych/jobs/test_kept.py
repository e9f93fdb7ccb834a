"""Results that are kept serve again: for the same owner and the same work, and told as what they are."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.stores import with_settings
from support.work import COUNTING, DONE, OWNER, a_claim, a_job, fail, story

from pipelines.contract import Output, Part, PartKind
from triptych.events.event import Numbered
from triptych.jobs import ending, ends, making
from triptych.jobs.job import Job
from triptych.jobs.kept import serve_again
from triptych.jobs.leases import Claim, LeaseLost
from triptych.jobs.owner import cancel, delete_job, retry
from triptych.jobs.reading import get_job, list_attempts, list_parts
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store

KEY = "the same work"


def keep(store: Store, claimed: Claim, answer: int = 42) -> Job:
    """End a run so that its result is kept."""
    result = replace(DONE, body={"answer": answer}, warnings=("it guessed",))
    ending.end(store, ends.succeeded(claimed.row, store.clock(), result, KEY))
    return claimed.job


def kept_with_all_it_made(store: Store, directory: Path, owner: str = OWNER) -> Job:
    """A job with two parts and an output, whose result is kept."""
    claimed = a_claim(store, a_job(store, owner=owner))
    for seq, text in enumerate(("forty", "two"), start=1):
        making.keep_part(store, claimed, seq, Part(PartKind.TOKEN, {"text": text}))
    (directory / "answer.txt").write_text("forty-two")
    making.keep_output(store, claimed, 0, Output("answer.txt", "text/plain", directory / "answer.txt"))
    return keep(store, claimed)


def events_of(store: Store, job: Job) -> list[Numbered]:
    return [event for event in store.wire.read("0-0") if event.job_id == job.id]


def is_served(store: Store, job: Job) -> bool:
    served = serve_again(store, a_claim(store, job).row, KEY)
    if served is not None:
        store.wire.send(served.rings, served.events)
    return served is not None


def test_a_kept_result_serves_again_with_all_that_was_made(store: Store, tmp_path: Path) -> None:
    first = get_job(store, OWNER, kept_with_all_it_made(store, tmp_path).id)
    job = a_job(store)

    served = is_served(store, job)

    told = get_job(store, OWNER, job.id)
    assert served
    assert (told.state, told.cached, told.attempt, told.fraction) == (JobState.SUCCEEDED, True, 1, 1.0)
    assert (told.result, told.engine, told.warnings) == (first.result, first.engine, ("it guessed",))
    assert told.outputs == first.outputs
    assert list_parts(store, OWNER, job.id, 0, 10) == list_parts(store, OWNER, first.id, 0, 10)
    assert [attempt.error for attempt in list_attempts(store, OWNER, job.id)] == [None]
    assert not first.cached


def test_a_result_that_serves_again_is_told_as_its_own_run_would_be(store: Store, tmp_path: Path) -> None:
    kept_with_all_it_made(store, tmp_path)
    job = a_job(store)

    is_served(store, job)

    assert story(store, job) == ["job.queued", "job.started", "job.part", "job.part", "job.output", "job.finished"]
    [output] = [event for event in events_of(store, job) if "job.output" in event.body]
    assert f"/api/v1/jobs/{job.id}/outputs/answer.txt" in output.body


def test_the_parts_are_told_in_their_order(store: Store, tmp_path: Path) -> None:
    kept_with_all_it_made(store, tmp_path)
    job = a_job(store)

    is_served(store, job)

    told = [json.loads(event.body)["data"] for event in events_of(store, job) if "job.part" in event.body]
    assert [(part["seq"], part["body"]["text"]) for part in told] == [(1, "forty"), (2, "two")]


def test_another_owners_result_does_not_serve(store: Store, tmp_path: Path) -> None:
    kept_with_all_it_made(store, tmp_path, owner="bob")
    job = a_job(store, owner="ada")

    assert not is_served(store, job)
    assert get_job(store, "ada", job.id).state is JobState.RUNNING


def test_the_result_of_other_work_does_not_serve(store: Store) -> None:
    keep(store, a_claim(store, a_job(store)))
    claimed = a_claim(store, a_job(store))

    assert serve_again(store, claimed.row, "other work") is None


def test_a_result_that_was_not_to_be_kept_does_not_serve(store: Store) -> None:
    claimed = a_claim(store, a_job(store))
    ending.end(store, ends.succeeded(claimed.row, store.clock(), DONE))

    assert not is_served(store, a_job(store))


def test_the_result_of_a_deleted_job_does_not_serve(store: Store, tmp_path: Path) -> None:
    first = kept_with_all_it_made(store, tmp_path)

    delete_job(store, OWNER, first.id)

    assert not is_served(store, a_job(store))


def test_a_result_that_served_goes_on_serving_when_the_first_job_is_deleted(store: Store, tmp_path: Path) -> None:
    first, second = kept_with_all_it_made(store, tmp_path), a_job(store)
    is_served(store, second)

    delete_job(store, OWNER, first.id)
    third = a_job(store)

    assert is_served(store, third)
    assert get_job(store, OWNER, third.id).outputs == get_job(store, OWNER, second.id).outputs
    assert len(list_parts(store, OWNER, third.id, 0, 10)) == 2


def test_the_newest_result_serves(store: Store) -> None:
    for answer in (41, 42):
        keep(store, a_claim(store, a_job(store)), answer)
    job = a_job(store)

    is_served(store, job)

    assert get_job(store, OWNER, job.id).result == {"answer": 42}


def test_only_the_attempt_that_succeeded_serves(store: Store) -> None:
    job = a_job(store)
    first = a_claim(store, job)
    making.keep_part(store, first, 1, Part(PartKind.TOKEN, {"text": "in vain"}))
    fail(store, first)
    retry(store, OWNER, job.id)
    second = a_claim(store, job)
    making.keep_part(store, second, 1, Part(PartKind.TOKEN, {"text": "at last"}))
    keep(store, second)
    again = a_job(store)

    is_served(store, again)

    assert [part.body for part in list_parts(store, OWNER, again.id, 0, 10)] == [{"text": "at last"}]


def test_a_cancelled_job_is_not_served(store: Store, tmp_path: Path) -> None:
    kept_with_all_it_made(store, tmp_path)
    job = a_job(store)
    claimed = a_claim(store, job)
    cancel(store, OWNER, job.id)

    with pytest.raises(LeaseLost):
        serve_again(store, claimed.row, KEY)

    told = get_job(store, OWNER, job.id)
    assert (told.state, told.cached, told.outputs) == (JobState.CANCELLED, False, ())
    assert list_parts(store, OWNER, job.id, 0, 10) == []
    assert story(store, job) == ["job.queued", "job.started", "job.finished"]


def test_a_job_that_was_asked_for_afresh_says_so_to_who_runs_it(store: Store) -> None:
    usual, fresh = (submit(store, Submission(OWNER, COUNTING, {}, fresh=wanted)) for wanted in (False, True))

    assert [a_claim(store, job).row.fresh for job in (usual, fresh)] == [False, True]


def test_the_retry_of_a_job_that_succeeded_is_done_afresh(store: Store) -> None:
    job = keep(store, a_claim(store, a_job(store)))

    retry(store, OWNER, job.id)

    assert a_claim(store, job).row.fresh
    assert not is_served(store, a_job(store))


@pytest.mark.parametrize("wanted", [False, True])
def test_the_retry_of_a_job_that_failed_is_as_fresh_as_the_job_was(store: Store, wanted: bool) -> None:
    job = submit(store, Submission(OWNER, COUNTING, {}, fresh=wanted))
    fail(store, a_claim(store, job))

    retry(store, OWNER, job.id)

    assert a_claim(store, job).row.fresh is wanted


def test_a_job_that_is_served_makes_room_for_its_owners_next(store: Store, tmp_path: Path) -> None:
    limited = with_settings(store, quota_in_flight=1)
    kept_with_all_it_made(limited, tmp_path)
    job, following = a_job(limited), a_job(limited)

    rung_before = limited.wire.waiting(COUNTING.lane)
    is_served(limited, job)

    assert limited.wire.waiting(COUNTING.lane) - rung_before == {following.id}
