import pytest
from support.executing import run_all
from support.work import OWNER

from pipelines.catalogue import catalogue
from triptych.jobs.reading import get_job
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store

pytestmark = pytest.mark.redis


def pulled(store: Store):
    """A job that brings Whisper base, as it ended."""
    pull = catalogue()["models.pull"]
    job = submit(store, Submission(OWNER, pull, {"name": "whisper/base"}))
    run_all(store, [job], pull)
    return get_job(store, OWNER, job.id)


def test_job_without_inputs_finds_the_weights_that_are_here(sqlite_store: Store) -> None:
    weights = sqlite_store.settings.models / "whisper" / "base.pt"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"12345")

    job = pulled(sqlite_store)

    assert job.result == {"name": "whisper/base", "files": ["base.pt"], "size_bytes": 5}


def test_pull_on_a_machine_without_network_fails_with_the_mend(sqlite_store: Store) -> None:
    job = pulled(sqlite_store)

    assert job.error is not None
    assert job.error["code"] == "engine_unavailable"
    assert "put the weights of whisper/base into the models' folder" in job.error["message"]
