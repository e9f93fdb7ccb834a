"""What becomes of the jobs of a process that the warden kills, or that dies by itself."""

import sys
from collections.abc import Iterator

import psutil
import pytest
from sqlalchemy.exc import IntegrityError
from support.until import until
from support.watching import Scene
from support.work import OWNER, a_claim, a_job

from triptych.database import DatabaseAway
from triptych.jobs.job import Job
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState
from triptych.store import Store
from workers.warden import PATIENCE_S

pytestmark = pytest.mark.redis

LIMIT_S = 60.0


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)


@pytest.fixture
def deaf() -> Iterator[psutil.Popen]:
    """A process of the worker that does not hear that it is to stop."""
    with psutil.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        yield process
        process.kill()


def test_a_run_that_was_killed_for_its_time_fails_for_it_when_the_database_is_back(
    scene: Scene, deaf: psutil.Popen
) -> None:
    job = a_job(scene.store)

    with scene.running(scene.claim(job, deaf.pid), time_limit_s=LIMIT_S, process_id=deaf.pid):
        scene.now += LIMIT_S + 1
        scene.warden.look()
        scene.now += PATIENCE_S
        scene.trouble = DatabaseAway("it was taken away")
        with pytest.raises(DatabaseAway):
            scene.warden.look()
        scene.trouble = None
        scene.warden.look()

    told = get_job(scene.store, OWNER, job.id)
    assert (told.state, told.error and told.error["code"]) == (JobState.FAILED, "time_limit")


def test_a_run_that_was_killed_goes_back_where_the_database_refuses_its_end(scene: Scene, deaf: psutil.Popen) -> None:
    job = a_job(scene.store)

    with scene.running(scene.claim(job, deaf.pid), time_limit_s=LIMIT_S, process_id=deaf.pid):
        scene.now += LIMIT_S + 1
        scene.warden.look()
        scene.now += PATIENCE_S
        scene.trouble = IntegrityError("UPDATE jobs", {}, Exception("it is refused"))
        scene.warden.look()
        scene.trouble = None
        until(lambda: deaf.status() == psutil.STATUS_ZOMBIE)
        scene.warden.look()

    assert codes(scene, job) == ["handed_back"]


def test_a_job_that_was_killed_is_not_held_against_a_later_process_of_that_number(
    scene: Scene, deaf: psutil.Popen
) -> None:
    first, second = a_job(scene.store), a_job(scene.store)

    with scene.running(scene.claim(first, deaf.pid), process_id=deaf.pid):
        cancel(scene.store, OWNER, first.id)
        scene.warden.look()
        scene.now += PATIENCE_S
        scene.warden.look()
        until(lambda: deaf.status() == psutil.STATUS_ZOMBIE)
        scene.warden.look()
        scene.claim(second, deaf.pid)
        scene.warden.look()

    assert codes(scene, second) == ["worker_died"]


def test_what_a_dead_process_ran_says_nothing_of_a_later_process_of_that_number(
    scene: Scene, deaf: psutil.Popen
) -> None:
    first, second = a_job(scene.store), a_job(scene.store)

    with scene.running(scene.claim(first, deaf.pid), process_id=deaf.pid):
        deaf.kill()
        until(lambda: deaf.status() == psutil.STATUS_ZOMBIE)
        scene.warden.look()
        scene.claim(second, deaf.pid)
        scene.warden.look()

    assert (codes(scene, first), codes(scene, second)) == (["worker_died"], ["worker_died"])


def test_a_cancel_of_one_of_several_that_are_done_at_once_ends_the_run_and_hands_the_others_back(
    scene: Scene, deaf: psutil.Popen
) -> None:
    jobs = [a_job(scene.store) for _ in range(3)]

    with scene.running(*(scene.claim(job, deaf.pid) for job in jobs), process_id=deaf.pid):
        cancel(scene.store, OWNER, jobs[1].id)
        scene.warden.look()
        scene.now += PATIENCE_S
        scene.warden.look()
        until(lambda: deaf.status() == psutil.STATUS_ZOMBIE)
        scene.warden.look()

    assert [codes(scene, job) for job in jobs] == [["handed_back"], ["cancelled"], ["handed_back"]]
    assert a_claim(scene.store, jobs[2]).row.failures == 0


def test_each_of_several_that_were_done_at_once_when_their_process_died_is_alone_from_then_on(
    scene: Scene, deaf: psutil.Popen
) -> None:
    jobs = [a_job(scene.store) for _ in range(3)]
    behind = a_job(scene.store)

    with scene.running(*(scene.claim(job, deaf.pid) for job in jobs), process_id=deaf.pid):
        scene.claim(behind, deaf.pid)
        deaf.kill()
        until(lambda: deaf.status() == psutil.STATUS_ZOMBIE)
        scene.warden.look()

    assert [codes(scene, job) for job in jobs] == [["worker_died"]] * 3
    assert [a_claim(scene.store, job).row.failures for job in (*jobs, behind)] == [1, 1, 1, 0]


def test_several_that_take_too_long_at_once_are_given_their_time_alone(scene: Scene, deaf: psutil.Popen) -> None:
    jobs = [a_job(scene.store) for _ in range(2)]

    with scene.running(*(scene.claim(job, deaf.pid) for job in jobs), time_limit_s=LIMIT_S, process_id=deaf.pid):
        scene.now += LIMIT_S + 1
        scene.warden.look()
        scene.now += PATIENCE_S
        scene.warden.look()

    assert [scene.state(job) for job in jobs] == [JobState.QUEUED] * 2
    assert [a_claim(scene.store, job).row.failures for job in jobs] == [1, 1]


def codes(scene: Scene, job: Job) -> list[str | None]:
    """How the job's attempts ended."""
    return [one.error and one.error["code"] for one in list_attempts(scene.store, OWNER, job.id)]
