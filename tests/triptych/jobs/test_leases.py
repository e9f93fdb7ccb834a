from dataclasses import replace
from pathlib import Path

import pytest
from support.work import COUNTING, OWNER, a_claim, a_file, a_job, fail, fail_in_passing, hand_back, story, succeed

from pipelines.contract import Output, Part, PartKind
from triptych.jobs import leases, making
from triptych.jobs.leases import LeaseLost
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job, list_attempts, list_parts
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.sweep import wake
from triptych.store import Store

pytestmark = pytest.mark.redis


def test_a_job_is_claimed_once(store: Store) -> None:
    job = a_job(store)

    first, second = (leases.claim(store, job.id, leases.Holder(name)) for name in ("worker-1", "worker-2"))

    assert first is not None
    assert second is None
    assert get_job(store, OWNER, job.id).state is JobState.RUNNING


def test_a_claim_brings_the_inputs(store: Store) -> None:
    file = a_file(store)
    job = submit(store, Submission(OWNER, COUNTING, {}, new_files=(file,)))

    claimed = a_claim(store, job)

    assert claimed.job.inputs == (file,)


def test_cancelled_job_is_never_claimed(store: Store) -> None:
    job = a_job(store)
    cancel(store, OWNER, job.id)

    claimed = leases.claim(store, job.id, leases.Holder("worker-1"))

    assert claimed is None


def test_a_finished_job_shows_all_that_it_made(store: Store, tmp_path: Path) -> None:
    job = a_job(store)
    claimed = a_claim(store, job)
    (tmp_path / "answer.txt").write_text("forty-two")

    making.record_progress(store, claimed, 0.5, "thinking")
    making.keep_part(store, claimed, 1, Part(PartKind.TOKEN, {"text": "forty"}))
    making.keep_output(store, claimed, 0, Output("answer.txt", "text/plain", tmp_path / "answer.txt"))
    succeed(store, claimed)

    finished = get_job(store, OWNER, job.id)
    assert (finished.state, finished.result) == (JobState.SUCCEEDED, {"answer": 42})
    assert finished.engine == {"name": "abacus", "model": "wooden", "version": "1"}
    assert [(output.name, output.size_bytes) for output in finished.outputs] == [("answer.txt", 9)]
    assert store.blobs.path(finished.outputs[0].sha256).read_text() == "forty-two"
    assert [part.body for part in list_parts(store, OWNER, job.id, after=0, limit=10)] == [{"text": "forty"}]
    assert story(store, job) == [
        "job.queued",
        "job.started",
        "job.progress",
        "job.part",
        "job.output",
        "job.finished",
    ]


def test_a_failed_job_says_why_in_its_history_too(store: Store) -> None:
    job = a_job(store)

    fail(store, a_claim(store, job), "bad_input", "the file is empty")

    error = {"code": "bad_input", "message": "the file is empty"}
    assert get_job(store, OWNER, job.id).error == error
    assert [attempt.error for attempt in list_attempts(store, OWNER, job.id)] == [error]


@pytest.mark.parametrize(
    "write",
    [
        lambda store, claimed: making.record_progress(store, claimed, 0.5, "on"),
        lambda store, claimed: making.keep_part(store, claimed, 1, Part(PartKind.TOKEN, {"text": "x"})),
        lambda store, claimed: succeed(store, claimed),
        lambda store, claimed: fail(store, claimed, "bad_input", "no"),
        lambda store, claimed: hand_back(store, claimed),
    ],
    ids=["progress", "part", "succeed", "fail", "hand back"],
)
def test_a_cancelled_run_can_write_nothing(store: Store, write) -> None:  # type: ignore[no-untyped-def]
    job = a_job(store)
    claimed = a_claim(store, job)
    cancel(store, OWNER, job.id)

    with pytest.raises(LeaseLost):
        write(store, claimed)

    told = get_job(store, OWNER, job.id)
    assert (told.state, told.result, told.fraction) == (JobState.CANCELLED, None, None)
    assert list_parts(store, OWNER, job.id, after=0, limit=10) == []


def test_a_run_that_lost_its_lease_cannot_finish_for_its_successor(store: Store) -> None:
    job = a_job(store)
    first = a_claim(store, job, "worker-1")
    hand_back(store, first)
    second = a_claim(store, job, "worker-2")

    with pytest.raises(LeaseLost):
        succeed(store, first)
    fail(store, second, "bad_input", "no")

    assert get_job(store, OWNER, job.id).state is JobState.FAILED


def test_only_the_last_attempts_parts_are_told(store: Store) -> None:
    job = a_job(store)
    first = a_claim(store, job)
    making.keep_part(store, first, 1, Part(PartKind.TOKEN, {"text": "first"}))
    hand_back(store, first)

    second = a_claim(store, job)
    making.keep_part(store, second, 1, Part(PartKind.TOKEN, {"text": "second"}))
    succeed(store, second)

    assert [part.body for part in list_parts(store, OWNER, job.id, after=0, limit=10)] == [{"text": "second"}]


def test_a_job_that_was_handed_back_is_rung_for_again(store: Store) -> None:
    job = a_job(store)

    hand_back(store, a_claim(store, job))

    assert get_job(store, OWNER, job.id).state is JobState.QUEUED
    assert story(store, job) == ["job.queued", "job.started", "job.queued"]
    assert a_claim(store, job).row.failures == 0


def test_a_failure_that_may_pass_is_tried_again_and_then_ends(store: Store) -> None:
    job = a_job(store)

    for _ in range(store.settings.max_attempts):
        fail_in_passing(store, a_claim(store, job))
        wake(replace(store, clock=lambda: store.clock() + 3600))

    told = get_job(store, OWNER, job.id)
    assert (told.state, told.attempt) == (JobState.FAILED, store.settings.max_attempts)
    assert told.error == {"code": "transient_failure", "message": "the network is away"}
