"""Two writers at once on PostgreSQL, which locks row by row: both get through, and neither undoes the other's work."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, insert, select
from support.stores import HandClock, somebody_waits
from support.until import until
from support.work import COUNTING, OWNER, a_claim, a_file, a_job, fail_in_passing

from triptych.files import File, UnknownFile, delete_file, get_files
from triptych.jobs import ending, ends
from triptych.jobs.counts import lane_loads
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim, Holder, claim_in
from triptych.jobs.owner import cancel, delete_job
from triptych.jobs.pauses import Pause, pause
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.jobs.sweep import wake
from triptych.jobs.tables import job_inputs, jobs
from triptych.store import Store

pytestmark = pytest.mark.postgres

WHY = "http://whisper.example:9000 does not answer"


def find_it_away(store: Store, claimed: Claim) -> None:
    ending.end(store, ends.server_away(claimed.row, store.clock(), "server_away", WHY))


def the_pause(store: Store) -> Pause:
    [only] = [pause for load in lane_loads(store) for pause in load.paused]
    return only


@contextmanager
def held(store: Store, job: Job) -> Iterator[None]:
    """Another transaction has the job's row, and may want any other."""
    with store.database.write() as connection:
        connection.execute(select(jobs.c.id).where(jobs.c.id == job.id).with_for_update())
        yield


def not_before(store: Store, job: Job) -> float | None:
    return get_job(store, OWNER, job.id).not_before


def is_rung(store: Store, job: Job) -> bool:
    with store.database.read() as connection:
        rung_at = connection.execute(select(jobs.c.rung_at).where(jobs.c.id == job.id)).scalar()
    return rung_at is not None


def test_two_who_find_a_server_still_away_at_once_count_as_one_try_more(impatient: Store, clock: HandClock) -> None:
    first, second = (a_claim(impatient, a_job(impatient)) for _ in range(2))
    for _ in range(4):
        with impatient.database.write() as connection:
            pause(connection, first.row, WHY, clock(), impatient.random)
        clock.forward(the_pause(impatient).until - clock())

    with ThreadPoolExecutor(1) as another:
        with impatient.database.write() as connection:
            pause(connection, first.row, WHY, clock(), impatient.random)
            also = another.submit(find_it_away, impatient, second)
            until(lambda: also.done() or somebody_waits(impatient))
        also.result()

    assert 40 <= the_pause(impatient).until - clock() <= 80  # the fifth: as after 5, 10, 20 and 40 s


def test_a_delayed_job_that_another_holds_is_woken_the_next_time(impatient: Store, clock: HandClock) -> None:
    delayed = [a_job(impatient) for _ in range(2)]
    for job in delayed:
        fail_in_passing(impatient, a_claim(impatient, job))
    clock.forward(impatient.settings.retry_s)

    with held(impatient, delayed[0]):
        next_try = wake(impatient)
        at_first = [not_before(impatient, job) is None for job in delayed]
    wake(impatient)

    assert at_first == [False, True]
    assert next_try is not None
    assert next_try <= clock()
    assert [not_before(impatient, job) for job in delayed] == [None, None]


def test_a_ring_whose_job_another_holds_is_left_to_it(impatient: Store) -> None:
    claimed = a_claim(impatient, a_job(impatient))
    first, second = (a_job(impatient) for _ in range(2))

    with held(impatient, first):
        find_it_away(impatient, claimed)

    assert [is_rung(impatient, job) for job in (first, second)] == [True, False]


def test_a_cancel_that_waits_for_a_claim_ends_the_run_after_its_start(impatient: Store, clock: HandClock) -> None:
    job = a_job(impatient)

    with ThreadPoolExecutor(1) as another, impatient.database.write() as connection:
        connection.execute(select(jobs.c.id).where(jobs.c.id == job.id).with_for_update())
        cancelled = another.submit(cancel, impatient, OWNER, job.id)
        until(lambda: somebody_waits(impatient))
        clock.forward(1.0)
        claim_in(connection, impatient, [job.id], Holder("worker-1"), clock())

    cancelled.result()
    [attempt] = list_attempts(impatient, OWNER, job.id)
    assert attempt.ended_at is not None
    assert attempt.ended_at >= attempt.started_at


def a_done_job_of(store: Store, *inputs: File) -> Job:
    job = submit(store, Submission(OWNER, COUNTING, {}, new_files=inputs))
    cancel(store, OWNER, job.id)
    return job


def test_inputs_that_another_submits_a_job_with_this_moment_are_not_deleted(impatient: Store) -> None:
    files = sorted((a_file(impatient, body) for body in (b"1", b"2")), key=lambda file: file.id)
    done = a_done_job_of(impatient, *files)

    with ThreadPoolExecutor(1) as another, impatient.database.write() as connection:
        get_files(connection, OWNER, [file.id for file in reversed(files)], held=True)  # as a submit does
        deleted = another.submit(delete_job, impatient, OWNER, done.id, with_inputs=True)
        until(lambda: deleted.done() or somebody_waits(impatient))
        using = insert(job_inputs).values(job_id=a_job(impatient).id)
        connection.execute(using.values(ordinal=0, file_id=files[1].id))

    deleted.result()
    with impatient.database.read() as connection:
        assert get_files(connection, OWNER, [files[1].id]) == [files[1]]
        with pytest.raises(UnknownFile):
            get_files(connection, OWNER, [files[0].id])


def test_a_job_with_inputs_that_another_deletes_this_moment_is_refused(impatient: Store) -> None:
    file = a_file(impatient)
    done = a_done_job_of(impatient, file)

    with ThreadPoolExecutor(1) as another, impatient.database.write() as connection:
        connection.execute(delete(jobs).where(jobs.c.id == done.id))
        delete_file(connection, OWNER, file.id)
        submitted = another.submit(submit, impatient, Submission(OWNER, COUNTING, {}, files=(file.id,)))
        until(lambda: submitted.done() or somebody_waits(impatient))

    assert isinstance(submitted.exception(), UnknownFile)
