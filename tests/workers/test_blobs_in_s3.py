"""Runs whose files lie in S3: fetched before, sent after, and waited for while nothing answers there."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from support.executing import run_all
from support.s3_server import BUCKET, S3
from support.work import DONE, OWNER, a_file

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, Lane, NoParams, Output, Run, Source
from triptych.garbage import GRACE_S, collect_garbage
from triptych.jobs.owner import delete_job
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store, open_blobs

pytestmark = pytest.mark.redis


def shout(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Say it loud."""
    path = context.workdir / "loud"
    path.write_text(sources[0].path.read_text().upper())
    yield Output("loud.txt", "text/plain", path)
    return DONE


SHOUTING = Pipeline("test.shout", "Shout", Lane.CPU, ("*",), NoParams, shout)


def at_s3(store: Store, home: str) -> Store:
    """The store as another machine has it."""
    root = store.settings.home / home
    settings = store.settings.model_copy(update={"blobs_url": f"s3://{BUCKET}/house", "home": root})
    return replace(store, settings=settings, blobs=open_blobs(settings))


def test_run_on_another_machine_fetches_its_input_and_its_output_is_there_for_all(sqlite_store: Store, s3: S3) -> None:
    api, worker, reader = (at_s3(sqlite_store, home) for home in ("api", "worker", "reader"))
    job = submit(api, Submission(OWNER, SHOUTING, {}, new_files=(a_file(api, b"hello"),)))

    run_all(worker, [job], SHOUTING)

    [output] = get_job(api, OWNER, job.id).outputs
    with reader.blobs.at_hand(output.sha256) as path:
        assert path.read_text() == "HELLO"
    assert [path for path in worker.settings.work.rglob("*") if path.is_file()] == []


def test_job_waits_uncounted_while_the_store_is_away(
    sqlite_store: Store, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = at_s3(sqlite_store, "api")
    job = submit(api, Submission(OWNER, SHOUTING, {}, new_files=(a_file(api, b"hello"),)))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    worker = at_s3(sqlite_store, "worker")

    run_all(worker, [job], SHOUTING)

    waiting = get_job(api, OWNER, job.id)
    assert waiting.state is JobState.QUEUED
    assert waiting.not_before is not None


def test_contents_that_nothing_refers_to_are_removed_there_too(sqlite_store: Store, s3: S3) -> None:
    store = at_s3(sqlite_store, "api")
    job = submit(store, Submission(OWNER, SHOUTING, {}, new_files=(a_file(store, b"hello"),)))
    run_all(store, [job], SHOUTING)
    later = replace(store, clock=lambda: store.clock() + 2 * GRACE_S)

    collect_garbage(later)
    kept = s3.keys()
    delete_job(store, OWNER, job.id, with_inputs=True)
    collect_garbage(later)

    assert len(kept) == 2
    assert s3.keys() == []
