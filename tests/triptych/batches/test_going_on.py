"""What interrupts a batch, runs beside it or bounds it: nothing is doubled, lost, or in anybody's way."""

import json

import pytest
from sqlalchemy import insert, update
from support.batching import KEYWORDS, a_batch, do_jobs, jobs_of, standing, tend, texts
from support.stores import HandClock, admitted, with_settings
from support.work import COUNTING, OWNER, a_claim, a_file, a_job

from triptych.batches import validating
from triptych.batches.owner import start
from triptych.batches.reading import list_lines
from triptych.batches.results import results_as_lines
from triptych.batches.states import BatchState, LineState, Step
from triptych.batches.tables import batch_lines, batches
from triptych.batches.tending import Told
from triptych.files import add_files
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.states import JobState
from triptych.store import Store
from triptych.uploads import remove_file

pytestmark = pytest.mark.redis


def test_jobs_are_made_some_ahead_alone_so_that_the_owner_may_ask_for_more(store: Store) -> None:
    narrow = with_settings(store, quota_queued=10, window=2)
    batch_id = a_batch(narrow, texts(20), asked={**KEYWORDS, "remember": False})
    tend(narrow)

    ahead = len(jobs_of(narrow, batch_id))
    a_job(narrow)
    while standing(narrow, batch_id).state is BatchState.RUNNING:
        do_jobs(narrow, batch_id)
        tend(narrow)

    assert ahead == 5
    assert standing(narrow, batch_id).lines.succeeded == 20


def test_interactive_job_goes_before_all_that_waits_of_a_batch(store: Store) -> None:
    narrow = with_settings(store, window=2)
    batch_id = a_batch(narrow, texts(10))
    tend(narrow)
    rung = narrow.wire.waiting(COUNTING.lane)

    interactive = a_job(narrow)
    a_claim(narrow, next(job for job in jobs_of(narrow, batch_id) if job.id in rung))
    admitted(narrow)

    assert len(rung) == 2
    assert narrow.wire.waiting(COUNTING.lane) - rung == {interactive.id}


def test_owner_whose_lines_run_long_leaves_what_comes_free_to_another(store: Store) -> None:
    narrow = with_settings(store, window=2)
    slow = a_batch(narrow, texts(10))
    tend(narrow)
    for job in jobs_of(narrow, slow)[:2]:
        a_claim(narrow, job)
    quick = a_batch(narrow, texts(2), owner="bob")
    tend(narrow)
    rung = narrow.wire.waiting(COUNTING.lane)

    for job in jobs_of(narrow, slow, JobState.QUEUED):
        if job.id in rung:
            a_claim(narrow, job)
    admitted(narrow)

    of_bob = {job.id for job in list_jobs(narrow, "bob", Filter(batch_id=quick), 10)}
    assert of_bob <= narrow.wire.waiting(COUNTING.lane)


def test_full_quota_of_bytes_pauses_the_batch_and_says_so(store: Store) -> None:
    batch_id = a_batch(store, texts(3))
    poor = with_settings(store, quota_bytes=10)

    tend(poor)

    batch = standing(poor, batch_id)
    assert (batch.state, batch.error and batch.error["code"]) == (BatchState.PAUSED, "quota_exceeded")
    assert jobs_of(poor, batch_id) == []


def test_file_that_is_deleted_before_its_job_is_made_is_an_invalid_line(store: Store) -> None:
    file = a_file(store)
    with store.database.write() as connection:
        add_files(connection, [file])
    batch_id = a_batch(store, [{"file": file.id}, *texts(1)], is_dry_run=True)
    tend(store)
    remove_file(store, OWNER, file.id)

    start(store, OWNER, batch_id)
    tend(store)

    lines = list_lines(store, OWNER, batch_id, None, 0, 10)
    assert [(line.state, line.error["code"] if line.error else None) for line in lines] == [
        (LineState.INVALID, "not_found"),
        (LineState.QUEUED, None),
    ]


def test_custom_id_may_stand_once_in_all_of_the_manifest(store: Store) -> None:
    lines = [*texts(validating.PAGE_LINES), {"custom_id": "line-1", "text": "again"}]

    batch_id = a_batch(store, lines)
    tend(store)

    [line] = list_lines(store, OWNER, batch_id, LineState.INVALID, 0, 10)
    assert (line.number, line.error and line.error["code"]) == (validating.PAGE_LINES + 1, "duplicate_custom_id")


def test_line_that_cannot_be_done_keeps_its_custom_id_which_no_later_one_may_have(store: Store) -> None:
    lines = [
        {"custom_id": "one", "text": "bees", "pipeline": "text.nothing"},
        {"custom_id": "two", "text": "bees", "params": {"nothing": 1}},
        {"custom_id": "one", "text": "bees"},
        {"custom_id": "two", "text": " "},
        {"custom_id": 7, "text": "bees"},
    ]

    batch_id = a_batch(store, lines)
    tend(store)

    found = list_lines(store, OWNER, batch_id, LineState.INVALID, 0, 10)
    assert [(line.custom_id, line.error and line.error["code"]) for line in found] == [
        ("one", "unknown_pipeline"),
        ("two", "invalid_params"),
        (None, "duplicate_custom_id"),
        (None, "duplicate_custom_id"),
        (None, "invalid_request"),
    ]


def test_batch_that_has_not_ended_in_time_is_cancelled(timed: Store, clock: HandClock) -> None:
    batch_id = a_batch(timed, texts(2), expires_at=clock() + 3600)
    tend(timed)

    clock.forward(3601)
    tend(timed)

    batch = standing(timed, batch_id)
    assert (batch.state, batch.error and batch.error["code"]) == (BatchState.CANCELLED, "expired")
    assert [job.state for job in jobs_of(timed, batch_id)] == [JobState.CANCELLED] * 2


def test_manifest_with_too_many_lines_fails_its_batch(sqlite_store: Store) -> None:
    store = with_settings(sqlite_store, batch_lines=2)

    batch_id = a_batch(store, texts(3))
    tend(store)

    batch = standing(store, batch_id)
    assert (batch.state, batch.error and batch.error["code"]) == (BatchState.FAILED, "too_many_lines")


def test_empty_manifest_fails_its_batch(sqlite_store: Store) -> None:
    batch_id = a_batch(sqlite_store, [])

    tend(sqlite_store)

    assert (standing(sqlite_store, batch_id).error or {})["code"] == "empty_manifest"


def test_what_becomes_of_a_batch_is_told_to_its_owner(sqlite_store: Store) -> None:
    batch_id, told = a_batch(sqlite_store, texts(2)), Told()

    tend(sqlite_store, told)
    do_jobs(sqlite_store, batch_id)
    tend(sqlite_store, told)

    events = [event for event in sqlite_store.wire.read("0-0") if batch_id in event.body and not event.job_id]
    assert {event.owner for event in events} == {OWNER}
    assert '"type":"batch.progress"' in events[0].body
    assert events[-1].body.startswith(f'{{"type":"batch.finished","batch_id":"{batch_id}"')
    assert '"succeeded":2' in events[-1].body


def test_line_may_be_longer_and_lie_further_off_than_four_gigabytes(store: Store) -> None:
    batch_id = a_batch(store, texts(1), is_dry_run=True)
    tend(store)
    far = {"batch_id": batch_id, "number": 2, "step": Step.INVALID, "offset": 2**33, "size_bytes": 2**32}
    error = {"code": "too_large", "message": "the line has more than 1,048,576 bytes"}

    with store.database.write() as connection:
        connection.execute(insert(batch_lines).values(**far, error=error, brings=False))
        grown = {"total": 2, "invalid": 1, "read_bytes": 2**33 + 2**32, "size_bytes": 2**40}
        connection.execute(update(batches).where(batches.c.id == batch_id).values(**grown))

    assert standing(store, batch_id).size_bytes == 2**40
    assert [line.error for line in list_lines(store, OWNER, batch_id, None, 1, 10)] == [error]
    [told] = b"".join(results_as_lines(store, OWNER, batch_id, None)).splitlines()
    assert json.loads(told)["error"] == error
