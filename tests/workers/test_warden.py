"""The warden, looking when it is told to."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from support.stores import stream_begun
from support.until import until
from support.watching import Scene
from support.work import OWNER, a_job, story

from pipelines.errors import Cancelled
from triptych.jobs.leases import Holder, claim, still_ours
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState
from triptych.store import Store
from workers.executor import never
from workers.forks import ForkGuard
from workers.posts import Verdict
from workers.warden import PATIENCE_S, TICK_S, Warden

pytestmark = pytest.mark.redis

HOUR_S = 3600.0


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)


@pytest.fixture
def a_dead_process() -> Iterator[int]:
    """The id of a process that has ended and that its parent has not looked after yet."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        yield process.pid


def test_a_run_keeps_its_lease_for_as_long_as_it_takes(scene: Scene) -> None:
    job = a_job(scene.store)
    claimed = scene.claim(job)

    with scene.running(claimed):
        for _ in range(10):
            scene.now += scene.store.settings.lease_s / 2
            scene.warden.look()
        scene.post.check()

    assert scene.state(job) is JobState.RUNNING
    assert scene.lease_until() > scene.now


def test_a_clock_that_is_set_back_stops_no_renewal(scene: Scene) -> None:
    lease_s = scene.store.settings.lease_s

    with scene.running(scene.claim(a_job(scene.store))):
        scene.warden.look()
        scene.set_back_s = HOUR_S
        scene.now += lease_s / 2
        scene.warden.look()

    assert scene.lease_until() == pytest.approx(scene.store.clock() + lease_s, abs=1)


def test_a_clock_that_is_set_back_keeps_no_run_that_does_not_listen(scene: Scene) -> None:
    job = a_job(scene.store)

    with scene.running(scene.claim(job), time_limit_s=60.0):
        scene.now += 61.0
        scene.warden.look()
        scene.set_back_s = HOUR_S
        scene.now += PATIENCE_S
        scene.warden.look()

    assert scene.state(job) is JobState.FAILED


def test_a_cancelled_run_hears_of_it(scene: Scene) -> None:
    job = a_job(scene.store)

    with scene.running(scene.claim(job)):
        cancel(scene.store, OWNER, job.id)
        scene.warden.look()

        with pytest.raises(Cancelled):
            scene.post.check()


def test_the_run_that_comes_after_a_cancelled_one_is_not_stopped(scene: Scene) -> None:
    first, second = a_job(scene.store), a_job(scene.store)
    with scene.running(scene.claim(first)):
        [seen] = scene.board.seen()

    with scene.running(scene.claim(second)):
        scene.board.condemn(seen, Verdict.LOST)

        scene.post.check()

    assert scene.post.verdict is Verdict.GO_ON


def test_a_run_that_takes_too_long_is_told_so(scene: Scene) -> None:
    job = a_job(scene.store)

    with scene.running(scene.claim(job), time_limit_s=60.0):
        scene.now += 61.0
        scene.warden.look()

        assert scene.post.verdict is Verdict.TIMED_OUT


def test_a_run_that_takes_too_long_and_does_not_listen_fails_all_the_same(scene: Scene) -> None:
    job = a_job(scene.store)

    with scene.running(scene.claim(job), time_limit_s=60.0):
        for _ in range(3):
            scene.now += 61.0
            scene.warden.look()

    told = get_job(scene.store, OWNER, job.id)
    assert told.state is JobState.FAILED
    assert told.error is not None
    assert told.error["code"] == "time_limit"


def test_a_dead_processs_job_is_queued_again_at_once(scene: Scene, a_dead_process: int) -> None:
    job = a_job(scene.store)
    scene.claim(job, a_dead_process)

    scene.warden.look()

    assert scene.state(job) is JobState.QUEUED
    assert [one.error and one.error["code"] for one in list_attempts(scene.store, OWNER, job.id)] == ["worker_died"]


def test_a_process_that_dies_before_it_tells_of_a_run_leaves_no_hole_in_its_story(
    scene: Scene, away: Store, a_dead_process: int
) -> None:
    stream_begun(scene.store, HOUR_S)
    job = a_job(scene.store)
    claimed = claim(replace(scene.store, wire=away.wire), job.id, replace(scene.holder, process_id=a_dead_process))
    scene.warden.look()

    assert claimed is not None
    assert story(scene.store, job) == ["job.queued", "job.started", "job.queued"]


def test_a_job_that_kills_its_processes_is_poisoned(scene: Scene, a_dead_process: int) -> None:
    job = a_job(scene.store)

    for _ in range(scene.store.settings.max_attempts):
        scene.claim(job, a_dead_process)
        scene.warden.look()

    told = get_job(scene.store, OWNER, job.id)
    assert told.state is JobState.FAILED
    assert told.error is not None
    assert told.error["code"] == "poisoned"


def test_another_workers_runs_are_not_its_business(scene: Scene, a_dead_process: int) -> None:
    job = a_job(scene.store)
    claim(scene.store, job.id, replace(Holder("worker-1"), process_id=a_dead_process))

    scene.warden.look()

    assert scene.state(job) is JobState.RUNNING


def test_a_worker_that_goes_away_hands_back_when_the_grace_is_over(scene: Scene) -> None:
    job = a_job(scene.store)

    with scene.running(scene.claim(job)):
        scene.going_away = True
        scene.warden.look()
        within_grace = scene.state(job)
        scene.now += scene.store.settings.grace_s + 1
        scene.warden.look()

        with pytest.raises(Cancelled):
            scene.post.check()

    assert (within_grace, scene.state(job)) == (JobState.RUNNING, JobState.QUEUED)


def test_the_thread_looks_by_itself(store: Store) -> None:
    scene = Scene(store)
    job = a_job(scene.store)
    warden = Warden(store, scene.board, scene.holder.token, never, ForkGuard(), tick_s=0.01)

    with scene.running(scene.claim(job)):
        cancel(scene.store, OWNER, job.id)
        warden.start()
        verdict = until(lambda: scene.post.verdict)
        warden.stop()

    assert verdict is Verdict.LOST


def test_a_warden_that_stumbles_looks_again(store: Store) -> None:
    scene = Scene(store)
    job = a_job(scene.store)
    stumbles = iter([ZeroDivisionError("a defect of ours")])

    def is_draining() -> bool:
        for error in stumbles:
            raise error
        return False

    warden = Warden(store, scene.board, scene.holder.token, is_draining, ForkGuard(), tick_s=0.01)

    with capture_logs() as lines, scene.running(scene.claim(job)):
        warden.start()
        until(lambda: lines)
        cancel(scene.store, OWNER, job.id)
        verdict = until(lambda: scene.post.verdict)
        warden.stop()

    assert verdict is Verdict.LOST
    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["the warden stumbled"]


def test_a_warden_that_stumbles_keeps_the_leases_all_the_same(scene: Scene) -> None:
    def is_draining() -> bool:
        raise ZeroDivisionError("a defect of ours")

    warden = Warden(
        scene.store, scene.board, scene.holder.token, is_draining, ForkGuard(), running_clock=lambda: scene.now
    )
    lease_s = scene.store.settings.lease_s

    with scene.running(scene.claim(a_job(scene.store))):
        scene.now += lease_s / 2
        with pytest.raises(ZeroDivisionError):
            warden.look()

    assert scene.lease_until() == pytest.approx(scene.now + lease_s, abs=1)


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_lease_that_could_not_be_kept_this_moment_is_kept_at_the_next_look(scene: Scene) -> None:
    lease_s = scene.store.settings.lease_s
    claimed = scene.claim(a_job(scene.store))

    with scene.running(claimed):
        scene.now += lease_s / 2
        with scene.store.database.write() as connection:
            still_ours(connection, claimed)  # the run is writing
            scene.warden.look()
        missed = scene.lease_until()
        scene.now += TICK_S
        scene.warden.look()

    assert missed < scene.now + lease_s / 2
    assert scene.lease_until() == pytest.approx(scene.now + lease_s, abs=0.1)
