"""Jobs that a worker holds and does not run: they come back, but not for ever."""

import os
from dataclasses import replace

import pytest
from support.stores import stream_begun
from support.watching import Scene
from support.work import OWNER, a_job, story

from triptych.database import DatabaseAway
from triptych.jobs.job import Job
from triptych.jobs.leases import claim
from triptych.jobs.reading import get_job, list_attempts
from triptych.jobs.states import JobState
from triptych.jobs.sweep import wake
from triptych.store import Store
from workers.posts import Board
from workers.warden import UNSEEN_S

pytestmark = pytest.mark.redis

HOUR_S = 3600.0


@pytest.fixture
def scene(store: Store) -> Scene:
    return Scene(store)


def look_for(scene: Scene, seconds: float) -> None:
    """Let the warden look, and again when so much has passed."""
    scene.warden.look()
    scene.now += seconds
    scene.warden.look()


def codes(scene: Scene, job: Job) -> list[str | None]:
    return [one.error and one.error["code"] for one in list_attempts(scene.store, OWNER, job.id)]


def test_what_is_held_and_not_run_is_tried_again_later(scene: Scene) -> None:
    job = a_job(scene.store)
    scene.claim(job)

    scene.warden.look()
    before = scene.state(job)
    look_for(scene, UNSEEN_S)

    told = get_job(scene.store, OWNER, job.id)
    assert (before, told.state) == (JobState.RUNNING, JobState.QUEUED)
    assert told.not_before is not None
    assert codes(scene, job) == ["transient_failure"]


@pytest.mark.parametrize("leases", [0, 10])
def test_a_claim_of_which_nobody_heard_leaves_no_hole_in_the_jobs_story(scene: Scene, away: Store, leases: int) -> None:
    """However long the database is away behind it: when it is back, the lease is renewed first of all."""
    stream_begun(scene.store, HOUR_S)
    job = a_job(scene.store)
    claim(replace(scene.store, wire=away.wire), job.id, scene.holder)
    scene.now += leases * scene.store.settings.lease_s
    look_for(scene, UNSEEN_S)

    assert story(scene.store, job) == ["job.queued", "job.started", "job.queued"]


def test_what_can_never_be_kept_fails_in_the_end(scene: Scene) -> None:
    job = a_job(scene.store)

    for _ in range(scene.store.settings.max_attempts):
        scene.claim(job)
        look_for(scene, UNSEEN_S)
        scene.now += HOUR_S
        wake(scene.store)

    told = get_job(scene.store, OWNER, job.id)
    assert (told.state, told.error and told.error["code"]) == (JobState.FAILED, "transient_failure")


def test_what_waits_behind_others_of_its_message_goes_back_uncounted_after_a_lease(scene: Scene) -> None:
    first, behind = a_job(scene.store), a_job(scene.store)

    with scene.post.at_work(scene.now):
        claimed = scene.claim(first)
        scene.claim(behind)
        with scene.running(claimed):
            look_for(scene, UNSEEN_S)
            before = scene.state(behind)
            look_for(scene, scene.store.settings.lease_s)

    assert (before, scene.state(first)) == (JobState.RUNNING, JobState.RUNNING)
    assert codes(scene, behind) == ["handed_back"]


def test_an_end_that_takes_long_to_write_is_waited_for(scene: Scene) -> None:
    job = a_job(scene.store)

    with scene.post.at_work(scene.now):
        scene.claim(job)
        look_for(scene, UNSEEN_S)

    assert scene.state(job) is JobState.RUNNING


def test_what_an_earlier_message_left_behind_is_not_in_the_hands_of_a_later_one(scene: Scene) -> None:
    job = a_job(scene.store)
    scene.claim(job)

    with scene.post.at_work(scene.now + 1):
        look_for(scene, UNSEEN_S)

    assert codes(scene, job) == ["transient_failure"]


def test_what_could_not_be_kept_while_the_database_was_away_goes_back_uncounted(scene: Scene) -> None:
    job = a_job(scene.store)
    scene.claim(job)
    scene.warden.look()

    scene.now += HOUR_S
    scene.trouble = DatabaseAway("it was taken away")
    with pytest.raises(DatabaseAway):
        scene.warden.look()
    scene.trouble = None
    look_for(scene, UNSEEN_S)

    assert codes(scene, job) == ["handed_back"]


def test_a_process_is_at_work_since_it_took_the_oldest_of_its_messages() -> None:
    board = Board()
    post = board.post()

    with post.at_work(5.0):
        during = board.at_work()

    assert (during, board.at_work()) == ({os.getpid(): 5.0}, {})
