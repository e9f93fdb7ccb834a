"""What becomes of the jobs of a process that the warden kills, or that dies by itself."""

import sys
from collections.abc import Iterator

import psutil
import pytest
from support.watching import Scene
from support.work import OWNER, a_job

from triptych.database import DatabaseAway
from triptych.jobs.reading import get_job
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

    with scene.running(scene.claim(job, deaf.pid), LIMIT_S, deaf.pid):
        scene.now += LIMIT_S + 1
        scene.warden.look()
        scene.now += PATIENCE_S
        scene.is_database_away = True
        with pytest.raises(DatabaseAway):
            scene.warden.look()
        scene.is_database_away = False
        scene.warden.look()

    told = get_job(scene.store, OWNER, job.id)
    assert (told.state, told.error and told.error["code"]) == (JobState.FAILED, "time_limit")
