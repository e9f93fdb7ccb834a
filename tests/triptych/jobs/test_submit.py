from dataclasses import replace

import pytest
from support.work import COUNTING, OWNER, a_claim, a_file, a_job, a_text, story

from triptych.files import UnknownFile
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.states import JobState
from triptych.jobs.submission import Idempotency, IdempotencyMismatch, Submission, WrongMedia
from triptych.jobs.submit import submit, submit_all
from triptych.jobs.window import PLACES_FOR_NOBODY
from triptych.store import Store
from triptych.uploads import list_owned

pytestmark = pytest.mark.redis


def test_an_accepted_job_is_queued_and_rung_for(store: Store) -> None:
    job = a_job(store)

    assert get_job(store, OWNER, job.id).state is JobState.QUEUED
    assert store.wire.waiting(COUNTING.lane) == {job.id}
    assert story(store, job) == ["job.queued"]


def test_a_job_keeps_its_inputs_in_order(store: Store) -> None:
    first, second = a_file(store, b"first"), a_file(store, b"second")

    job = submit(store, Submission(OWNER, COUNTING, {}, new_files=(first, second)))

    assert get_job(store, OWNER, job.id).inputs == (first, second)


def test_a_text_comes_to_its_worker_from_the_database(store: Store) -> None:
    kept = a_file(store, b"kept")
    text, content = a_text(store, b"a text")

    job = submit(store, Submission(OWNER, COUNTING, {}, new_files=(kept, text), content=content))

    claimed = a_claim(store, job)
    assert claimed.job.inputs == (kept, text)
    assert claimed.content == {text.id: b"a text"}
    assert not store.blobs.path(text.sha256).exists()


def test_a_refused_submission_leaves_no_file_row(store: Store) -> None:
    stored, unknown = a_file(store), a_file(store)

    with pytest.raises(UnknownFile, match=unknown.id):
        submit(store, Submission(OWNER, COUNTING, {}, (unknown.id,), new_files=(stored,)))

    assert submit(store, Submission(OWNER, COUNTING, {}, new_files=(stored,))).inputs == (stored,)


def test_inputs_are_the_stored_files_and_then_the_new_ones(store: Store) -> None:
    stored, new = a_file(store, b"stored"), a_file(store, b"new")
    submit(store, Submission(OWNER, COUNTING, {}, new_files=(stored,)))

    job = submit(store, Submission(OWNER, COUNTING, {}, (stored.id,), new_files=(new,)))

    assert job.inputs == get_job(store, OWNER, job.id).inputs == (stored, new)


def test_a_file_of_a_wrong_kind_is_named_by_its_number_and_leaves_no_row(store: Store) -> None:
    fitting, other = a_file(store), replace(a_file(store), media_type="image/png")
    of_text = replace(COUNTING, accepts=("text/*",))

    with pytest.raises(WrongMedia, match="takes text/\\*, not image/png") as refused:
        submit(store, Submission(OWNER, of_text, {}, new_files=(fitting, other)))

    assert refused.value.number == 1
    assert list_owned(store, OWNER, None, limit=10) == []


def test_the_same_key_answers_the_first_job(store: Store) -> None:
    asked = Submission(OWNER, COUNTING, {}, idempotency=Idempotency("key", "hash"))

    first, second = submit(store, asked), submit(store, asked)

    assert first.id == second.id
    assert store.wire.waiting(COUNTING.lane) == {first.id}


def test_the_same_key_for_another_request_is_refused(store: Store) -> None:
    submit(store, Submission(OWNER, COUNTING, {}, idempotency=Idempotency("key", "hash")))

    with pytest.raises(IdempotencyMismatch, match="key"):
        submit(store, Submission(OWNER, COUNTING, {}, idempotency=Idempotency("key", "other")))


def test_two_owners_may_use_the_same_key(store: Store) -> None:
    key = Idempotency("key", "hash")

    ours = submit(store, Submission("ada", COUNTING, {}, idempotency=key))
    theirs = submit(store, Submission("bob", COUNTING, {}, idempotency=key))

    assert ours.id != theirs.id


def test_a_job_is_accepted_while_redis_is_away(store: Store, away: Store) -> None:
    job = a_job(away)

    assert get_job(store, OWNER, job.id).state is JobState.QUEUED
    assert store.wire.waiting(COUNTING.lane) == set()


def test_jobs_accepted_together_are_each_rung_for_and_told_their_place(store: Store) -> None:
    accepted = submit_all(store, [Submission(OWNER, COUNTING, {}) for _ in range(3)])

    assert store.wire.waiting(COUNTING.lane) == {job.id for job in accepted}
    assert sorted(job.place.position for job in accepted if job.place) == [1, 2, 3]
    assert [get_job(store, OWNER, job.id).place for job in accepted] == [job.place for job in accepted]


def test_jobs_accepted_together_are_none_when_one_cannot_be(store: Store) -> None:
    unknown = a_file(store)

    with pytest.raises(UnknownFile, match=unknown.id):
        submit_all(store, [Submission(OWNER, COUNTING, {}), Submission(OWNER, COUNTING, {}, (unknown.id,))])

    assert list_jobs(store, OWNER, Filter(), 10) == []
    assert store.wire.waiting(COUNTING.lane) == set()


def test_more_jobs_than_the_window_holds_wait_for_a_place(store: Store) -> None:
    window = PLACES_FOR_NOBODY

    accepted = submit_all(store, [Submission(OWNER, COUNTING, {}) for _ in range(window + 2)])

    assert len(accepted) == window + 2
    assert len(store.wire.waiting(COUNTING.lane)) == window
