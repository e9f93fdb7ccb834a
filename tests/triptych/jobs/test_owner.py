import pytest
from support.work import COUNTING, OWNER, a_claim, a_file, a_job, a_text, fail, story, succeed

from triptych.jobs.owner import JobFinished, JobNotFinished, UnknownJob, cancel, delete_job, retry
from triptych.jobs.reading import Filter, get_job, list_attempts, list_jobs, list_parts
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store
from triptych.uploads import list_owned, read_content

pytestmark = pytest.mark.redis


def test_cancelling_twice_tells_it_once(store: Store) -> None:
    job = a_job(store)

    cancel(store, OWNER, job.id)
    cancel(store, OWNER, job.id)

    assert get_job(store, OWNER, job.id).state is JobState.CANCELLED
    assert story(store, job) == ["job.queued", "job.finished"]


def test_a_finished_job_cannot_be_cancelled(store: Store) -> None:
    job = a_job(store)
    succeed(store, a_claim(store, job))

    with pytest.raises(JobFinished, match="succeeded"):
        cancel(store, OWNER, job.id)

    assert get_job(store, OWNER, job.id).state is JobState.SUCCEEDED


@pytest.mark.parametrize("act", [cancel, retry, delete_job])
def test_somebody_elses_job_is_unknown(store: Store, act) -> None:  # type: ignore[no-untyped-def]
    job = a_job(store, owner="bob")

    with pytest.raises(UnknownJob):
        act(store, "ada", job.id)

    assert get_job(store, "bob", job.id).state is JobState.QUEUED


def test_a_retried_job_runs_again_under_its_id(store: Store) -> None:
    job = a_job(store)
    fail(store, a_claim(store, job), "bad_input", "no")

    retry(store, OWNER, job.id)
    succeed(store, a_claim(store, job))

    told = get_job(store, OWNER, job.id)
    assert (told.state, told.attempt, told.error) == (JobState.SUCCEEDED, 2, None)


def test_a_running_job_is_neither_retried_nor_deleted(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    for act in (retry, delete_job):
        with pytest.raises(JobNotFinished, match="running"):
            act(store, OWNER, job.id)

    assert get_job(store, OWNER, job.id).state is JobState.RUNNING


def test_a_deleted_job_is_gone_with_what_it_made(store: Store) -> None:
    job = a_job(store)
    succeed(store, a_claim(store, job))

    delete_job(store, OWNER, job.id)

    assert list_jobs(store, OWNER, Filter(), limit=10) == []
    with pytest.raises(UnknownJob):
        list_parts(store, OWNER, job.id, after=0, limit=10)


def test_a_cancelled_run_has_an_end_in_its_history(store: Store) -> None:
    job = a_job(store)
    a_claim(store, job)

    cancel(store, OWNER, job.id)

    [attempt] = list_attempts(store, OWNER, job.id)
    assert attempt.ended_at is not None
    assert attempt.error is not None
    assert attempt.error["code"] == "cancelled"


def test_an_attempt_that_succeeded_stays_in_the_history_of_a_job_that_is_done_again(store: Store) -> None:
    job = a_job(store)
    succeed(store, a_claim(store, job))
    [first] = list_attempts(store, OWNER, job.id)

    retry(store, OWNER, job.id)
    waiting = list_attempts(store, OWNER, job.id)
    succeed(store, a_claim(store, job))
    retry(store, OWNER, job.id)

    assert (first.worker, first.error) == ("worker-1", None)
    assert waiting == [first]
    assert [attempt.attempt for attempt in list_attempts(store, OWNER, job.id)] == [1, 2]


def test_a_job_is_deleted_with_those_inputs_that_no_other_job_uses(store: Store) -> None:
    own, shared = a_file(store, b"own"), a_file(store, b"shared")
    job = submit(store, Submission(OWNER, COUNTING, {}, new_files=(own, shared)))
    other = submit(store, Submission(OWNER, COUNTING, {}, (shared.id,)))
    succeed(store, a_claim(store, job))

    delete_job(store, OWNER, job.id, with_inputs=True)

    assert [file.id for file in list_owned(store, OWNER, None, limit=10)] == [shared.id]
    assert get_job(store, OWNER, other.id).inputs == (shared,)


def test_the_content_of_a_text_goes_with_its_job_when_asked(store: Store) -> None:
    text, content = a_text(store)
    job = submit(store, Submission(OWNER, COUNTING, {}, new_files=(text,), content=content))
    succeed(store, a_claim(store, job))

    delete_job(store, OWNER, job.id, with_inputs=True)

    assert read_content(store, text) is None


def test_a_deleted_jobs_inputs_stay_unless_asked(store: Store) -> None:
    file = a_file(store)
    job = submit(store, Submission(OWNER, COUNTING, {}, new_files=(file,)))
    succeed(store, a_claim(store, job))

    delete_job(store, OWNER, job.id)

    assert list_owned(store, OWNER, None, limit=10) == [file]
