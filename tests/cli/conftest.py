"""The command against the API at work."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.at_work import AtWork
from support.shell import Done, run
from support.until import until

from triptych.client import Client
from triptych.jobs.job import Job
from triptych.jobs.reading import Filter, list_jobs
from triptych.jobs.states import JobState
from triptych.store import Store

LOCAL_USER = "local"

POEM = "The quick brown fox jumps over the lazy dog while rivers carry water to the sea.\n"


@pytest.fixture
def triptych(working: AtWork, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Run a command in this process; it asks the API at work."""
    monkeypatch.setenv("TRIPTYCH_URL", working.url)
    return run


@pytest.fixture
def client(working: AtWork):
    with Client(working.url) as client:
        yield client


@pytest.fixture
def poem(tmp_path: Path) -> Path:
    """A short text in a file."""
    path = tmp_path / "poem.txt"
    path.write_text(POEM)
    return path


@pytest.fixture
def doing(working: AtWork):
    """For a block, do the next job of a pipeline by hand once somebody has asked for it."""

    @contextmanager
    def does(pipeline: str, do: Callable[[Store, str], None]) -> Iterator[None]:
        known = {job.id for job in waiting(working.store, pipeline)}

        def new() -> list[str]:
            return [job.id for job in waiting(working.store, pipeline) if job.id not in known]

        worker = threading.Thread(target=lambda: do(working.store, until(new, pause_s=0.05)[0]))
        worker.start()
        yield
        worker.join()

    return does


def waiting(store: Store, pipeline: str) -> list[Job]:
    return list_jobs(store, LOCAL_USER, Filter(JobState.QUEUED, pipeline), 200)
