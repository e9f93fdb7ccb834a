"""Quotas: what would be too much is refused whole, and the house goes on for the others."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.stores import ids_of, waiting_jobs, with_settings
from support.work import COUNTING, OWNER, a_claim, a_job, a_text, succeed

from triptych.files import File
from triptych.jobs.owner import JobNotFinished, cancel_many, delete_job, retry, retry_many
from triptych.jobs.quotas import QuotaExceeded
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.selection import Changes, Selection
from triptych.jobs.states import JobState
from triptych.jobs.submission import Idempotency, Submission
from triptych.jobs.submit import submit, submit_all, submit_many
from triptych.store import Store
from triptych.uploads import Upload, keep_upload, list_owned


def a_submission(store: Store, owner: str = OWNER, content: bytes = b"hello") -> Submission:
    """A job on a text of its own."""
    text, kept = a_text(store, content, owner)
    return Submission(owner, COUNTING, {}, new_files=(text,), content=kept)


def jobs_of(store: Store, owner: str = OWNER) -> list[str]:
    return ids_of(list_jobs(store, owner, Filter(), limit=100))


def files_of(store: Store, owner: str = OWNER) -> list[File]:
    return list_owned(store, owner, None, limit=100)


def test_more_waiting_jobs_than_the_quota_are_refused_with_nothing_left_behind(store: Store) -> None:
    bounded = with_settings(store, quota_queued=2)
    accepted = [submit(bounded, a_submission(store)) for _ in range(2)]

    with pytest.raises(QuotaExceeded, match="2 of your jobs may wait at a time, and 2 do") as refused:
        submit(bounded, a_submission(store))

    assert refused.value.what == "queued"
    assert set(jobs_of(store)) == store.wire.waiting(COUNTING.lane) == set(ids_of(accepted))
    assert len(files_of(store)) == 2


def test_several_jobs_of_which_one_is_too_many_are_refused_together(store: Store) -> None:
    bounded = with_settings(store, quota_queued=2)

    with pytest.raises(QuotaExceeded):
        submit_all(bounded, [a_submission(store) for _ in range(3)])

    assert (jobs_of(store), files_of(store)) == ([], [])


def test_jobs_in_any_state_but_queued_do_not_count(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    a_claim(bounded, a_job(bounded))
    succeed(bounded, a_claim(bounded, a_job(bounded)))

    assert submit(bounded, a_submission(store)).id in jobs_of(store)


def test_another_owners_jobs_do_not_count(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    waiting_jobs(bounded, "bob", 1, COUNTING)

    assert submit(bounded, a_submission(store)).id in jobs_of(store)


def test_one_owner_over_the_quota_takes_nobody_along_who_is_tried_alone(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    waiting_jobs(bounded, "bob", 1, COUNTING)
    ours, theirs = a_submission(store, "ada"), a_submission(store, "bob")

    with pytest.raises(QuotaExceeded):
        submit_all(bounded, [ours, theirs])
    together = jobs_of(store, "ada")
    submit_all(bounded, [ours])

    assert together == []
    assert jobs_of(store, "ada") == [ours.id]
    assert theirs.id not in jobs_of(store, "bob")


def test_a_repeat_of_an_accepted_request_is_answered_although_the_quota_is_used_up(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    asked = replace(a_submission(store), idempotency=Idempotency("key", "hash"))
    first = submit(bounded, asked)

    assert submit(bounded, asked).id == first.id


def test_a_bulk_over_the_quota_leaves_nothing(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1500)

    with pytest.raises(QuotaExceeded):
        submit_many(bounded, (Submission(OWNER, COUNTING, {}) for _ in range(1501)))

    assert jobs_of(store) == []


def cancelled_jobs(store: Store, count: int) -> list[str]:
    """The ids of jobs that can be retried, in their order."""
    ids = ids_of(waiting_jobs(store, OWNER, count, COUNTING))
    cancel_many(store, OWNER, Selection(ids))
    return sorted(ids)


def states_of(store: Store, ids: Sequence[str]) -> list[JobState]:
    return [get_job(store, OWNER, job_id).state for job_id in ids]


def test_a_retry_beyond_the_quota_is_refused_and_changes_nothing(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    [ended] = cancelled_jobs(store, 1)
    a_job(bounded)

    with pytest.raises(QuotaExceeded, match="1 of your jobs may wait") as refused:
        retry(bounded, OWNER, ended)

    assert refused.value.what == "queued"
    assert states_of(store, [ended]) == [JobState.CANCELLED]


def test_a_job_that_waits_is_told_to_be_so_beyond_the_quota_too(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    waiting = a_job(bounded)

    with pytest.raises(JobNotFinished, match="queued"):
        retry(bounded, OWNER, waiting.id)


def test_as_many_are_retried_as_there_is_room_for_and_more_are_told(store: Store) -> None:
    bounded = with_settings(store, quota_queued=3)
    ended = cancelled_jobs(store, 4)
    a_job(bounded)

    changed = retry_many(bounded, OWNER, Selection(ended))

    assert changed == Changes(2, next=ended[1])
    assert states_of(store, ended) == [JobState.QUEUED] * 2 + [JobState.CANCELLED] * 2


def test_a_bulk_that_fills_the_quota_to_the_last_place_leaves_no_more(store: Store) -> None:
    bounded = with_settings(store, quota_queued=2)

    changed = retry_many(bounded, OWNER, Selection(cancelled_jobs(store, 2)))

    assert changed == Changes(2)


def test_a_bulk_of_which_none_may_wait_is_refused(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    ended = cancelled_jobs(store, 2)
    a_job(bounded)

    with pytest.raises(QuotaExceeded):
        retry_many(bounded, OWNER, Selection(ended))

    assert states_of(store, ended) == [JobState.CANCELLED] * 2


def test_a_bulk_of_nothing_is_not_refused_beyond_the_quota(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    a_job(bounded)

    assert retry_many(bounded, OWNER, Selection(states=[JobState.FAILED])) == Changes(0)


def test_bytes_up_to_the_quota_are_taken_and_one_more_is_not(store: Store) -> None:
    bounded = with_settings(store, quota_bytes=10)
    submit(bounded, a_submission(store, content=b"12345"))
    submit(bounded, a_submission(store, content=b"12345"))

    with pytest.raises(QuotaExceeded, match="10 bytes") as refused:
        submit(bounded, a_submission(store, content=b"1"))

    assert refused.value.what == "bytes"
    assert len(jobs_of(store)) == len(files_of(store)) == 2


def test_the_bytes_of_deleted_files_may_be_used_again(store: Store) -> None:
    bounded = with_settings(store, quota_bytes=10)
    job = submit(bounded, a_submission(store, content=b"1234567890"))
    succeed(bounded, a_claim(bounded, job))

    delete_job(bounded, OWNER, job.id, with_inputs=True)

    assert submit(bounded, a_submission(store, content=b"1234567890")).id in jobs_of(store)


def test_jobs_on_files_that_are_there_need_no_room_for_them(store: Store) -> None:
    bounded = with_settings(store, quota_bytes=5)
    [file] = submit(bounded, a_submission(store, content=b"12345")).inputs

    again = submit(bounded, Submission(OWNER, COUNTING, {}, (file.id,)))

    assert again.inputs == (file,)


def test_an_upload_over_the_quota_leaves_neither_a_row_nor_bytes(store: Store) -> None:
    bounded = with_settings(store, quota_bytes=4)
    draft = store.blobs.receive([b"hello"], 100)

    with pytest.raises(QuotaExceeded):
        keep_upload(bounded, OWNER, Upload("hello.txt", draft))
    draft.discard()

    assert files_of(store) == []
    assert [path for path in store.blobs.root.rglob("*") if path.is_file()] == []


def test_a_quota_of_nothing_is_no_bound(store: Store) -> None:
    free = with_settings(store, quota_queued=0, quota_bytes=0)

    accepted = submit_all(free, [a_submission(store, content=bytes(1000)) for _ in range(20)])

    assert set(jobs_of(store)) == set(ids_of(accepted))


def test_a_child_is_refused_by_no_quota_of_jobs(store: Store) -> None:
    bounded = with_settings(store, quota_queued=1)
    parent = a_job(bounded)

    child = submit(bounded, Submission(OWNER, COUNTING, {}, parent_id=parent.id, child=0))

    assert get_job(store, OWNER, child.id).parent_id == parent.id
    with pytest.raises(QuotaExceeded):
        a_job(bounded)
