"""``triptych models`` against the API as users run it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.api_process import Served, free_port, served_api
from support.running import finish, start
from support.until import until
from support.work import fail

from triptych.jobs.job import Job
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.states import JobState
from triptych.settings import Settings
from triptych.store import Store

ROOT = Path(__file__).parents[2]


def triptych(*arguments: str, port: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cli.main import main; main()", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_PORT": str(port)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, redis_url: str, migrated_sqlite: Path) -> Settings:
    """The settings of one API for all of these tests: each has a model of its own."""
    home = tmp_path_factory.mktemp("home")
    shutil.copy(migrated_sqlite, home / "triptych.db")
    return Settings(home=home, redis_url=redis_url, offline=True, window=16)


@pytest.fixture(scope="module")
def served(settings: Settings) -> Iterator[Served]:
    with served_api(settings) as api:
        yield api


def test_models_are_listed_and_removed(served: Served) -> None:
    weights = served.home / "models" / "whisper" / "base.pt"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(bytes(3 << 20))

    before = triptych("models", port=served.port)
    removed = triptych("models", "remove", "whisper/base", port=served.port)
    again = triptych("models", "remove", "whisper/base", port=served.port)

    [line] = [line for line in before.stdout.splitlines() if line.startswith("whisper/base ")]
    assert line.split() == ["whisper/base", "yes", "0", "3", "MiB", "274", "MiB", "MIT"]
    assert (removed.stdout, weights.exists()) == ("whisper/base is removed.\n", False)
    assert (again.returncode, again.stderr) == (5, "triptych: there are no weights of 'whisper/base' here\n")


def test_api_that_does_not_run_is_told_in_one_line() -> None:
    port = free_port()

    done = triptych("models", "pull", "whisper/base", port=port)

    assert done.returncode == 4
    assert done.stderr.startswith(f"triptych: http://127.0.0.1:{port} does not answer: ")
    assert done.stderr.endswith("Start it with `triptych up`, or say where it is in TRIPTYCH_URL.\n")


@pytest.fixture
def pulling(served: Served, request: pytest.FixtureRequest):
    """The command that brings a model, while it runs."""
    command = [sys.executable, "-c", "from cli.main import main; main()", "models", "pull", request.param]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRIPTYCH_PORT": str(served.port)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def the_job(store: Store, model: str) -> Job:
    """The job that brings the model, once the command has asked for it."""

    def found() -> list[Job]:
        return [job for job in list_jobs(store, "local", Filter(), 10) if job.params["name"] == model]

    until(lambda: bool(found()))
    [job] = found()
    return job


@pytest.mark.parametrize("pulling", ["whisper/tiny"], indirect=True)
def test_pull_ends_when_the_model_is_there(pulling, sqlite_store: Store) -> None:
    finish(sqlite_store, the_job(sqlite_store, "whisper/tiny").id)

    told, _ = pulling.communicate(timeout=60)

    assert (pulling.returncode, told.splitlines()[-1]) == (0, "whisper/tiny is here.")


@pytest.mark.parametrize("pulling", ["whisper/small"], indirect=True)
def test_pull_that_failed_says_why_in_one_line(pulling, sqlite_store: Store) -> None:
    job = the_job(sqlite_store, "whisper/small")
    fail(sqlite_store, start(sqlite_store, job.id), "engine_unavailable", "there is no network")

    _, told = pulling.communicate(timeout=60)

    assert (pulling.returncode, told.splitlines()[-1]) == (3, "triptych: there is no network")


@pytest.mark.parametrize("pulling", ["whisper/medium"], indirect=True)
def test_interrupted_pull_leaves_its_job_running(pulling, sqlite_store: Store) -> None:
    job = the_job(sqlite_store, "whisper/medium")
    start(sqlite_store, job.id)
    assert "whisper/medium: " in pulling.stderr.readline()  # it is being followed

    pulling.send_signal(signal.SIGINT)
    _, told = pulling.communicate(timeout=60)

    assert told.endswith(f"whisper/medium goes on: triptych watch {job.id}\n")
    assert get_job(sqlite_store, "local", job.id).state is JobState.RUNNING
