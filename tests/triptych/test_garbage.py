import os
from dataclasses import replace
from pathlib import Path

import pytest
from support.work import COUNTING, OWNER, a_claim, a_file, a_job, succeed

from pipelines.contract import Output
from triptych.garbage import GRACE_S, collect_garbage
from triptych.jobs import making
from triptych.jobs.owner import delete_job
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store

pytestmark = pytest.mark.redis


def in_two_hours(store: Store) -> Store:
    return replace(store, clock=lambda: store.clock() + 2 * GRACE_S)


def test_bytes_that_a_job_uses_stay(sqlite_store: Store, tmp_path: Path) -> None:
    file = a_file(sqlite_store)
    claimed = a_claim(sqlite_store, submit(sqlite_store, Submission(OWNER, COUNTING, {}, new_files=(file,))))
    (tmp_path / "made").write_text("made")
    making.keep_output(sqlite_store, claimed, 0, Output("made.txt", "text/plain", tmp_path / "made"))

    removed = collect_garbage(in_two_hours(sqlite_store))

    assert removed == 0
    assert sqlite_store.blobs.path(file.sha256).exists()


def test_bytes_of_a_deleted_job_go(sqlite_store: Store, tmp_path: Path) -> None:
    claimed = a_claim(sqlite_store, a_job(sqlite_store))
    (tmp_path / "made").write_text("made")
    making.keep_output(sqlite_store, claimed, 0, Output("made.txt", "text/plain", tmp_path / "made"))
    succeed(sqlite_store, claimed)
    delete_job(sqlite_store, OWNER, claimed.job.id)

    removed = collect_garbage(in_two_hours(sqlite_store))

    assert removed == 1
    assert [path for path in sqlite_store.blobs.root.rglob("*") if path.is_file()] == []


def test_an_upload_that_has_no_row_yet_stays_for_its_grace(sqlite_store: Store) -> None:
    file = a_file(sqlite_store)

    removed = collect_garbage(sqlite_store)

    assert removed == 0
    assert sqlite_store.blobs.path(file.sha256).exists()


def test_the_directory_of_a_long_run_stays_and_a_killed_ones_goes(sqlite_store: Store) -> None:
    running = a_claim(sqlite_store, a_job(sqlite_store))
    long_run = sqlite_store.settings.work / f"{running.row.holder}.0"
    killed = sqlite_store.settings.work / "a-worker-that-was-killed.0"
    for directory in (long_run, killed):
        directory.mkdir(parents=True)
        os.utime(directory, (0, 0))

    collect_garbage(sqlite_store)

    assert long_run.exists()
    assert not killed.exists()
