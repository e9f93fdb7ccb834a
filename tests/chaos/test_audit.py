"""An audit that finds nothing is only worth what it would have found."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import delete, insert, update
from support.work import OWNER, a_claim, a_job

from chaos.audit import audit
from chaos.ledger import Ledger, Run
from chaos.recorder import Recorder
from pipelines.contract import EngineUsed, Part, PartKind, Result
from triptych.jobs import ending, ends, making
from triptych.jobs.tables import attempts, jobs, parts
from triptych.store import Store
from triptych.wire import Wire, connect


@dataclass
class Scene:
    """One job that went well."""

    store: Store
    ledger: Ledger
    recorder: Recorder
    job_id: str

    def change(self, statement) -> None:
        with self.store.database.write() as connection:
            connection.execute(statement)

    def audit(self) -> None:
        audit(self.store, self.ledger, [self.recorder], [self.job_id], was_killed=False, marks_within_s=0)


@pytest.fixture
def scene(sqlite_store):
    recorder = Recorder(Wire(connect(sqlite_store.settings.redis)), OWNER)
    job = a_job(sqlite_store)
    ledger, run = Ledger.of(sqlite_store.settings.home), Run(job.id, "a-token", 1)
    claimed = a_claim(sqlite_store, job)
    ledger.note("begin", run)
    making.keep_part(sqlite_store, claimed, 1, Part(PartKind.TOKEN, {"text": "1", "run": run.token}))
    ledger.note("end", run)
    result = Result({"run": run.token, "tokens": 1}, EngineUsed("chaos", "none"))
    ending.end(sqlite_store, ends.succeeded(claimed.row, sqlite_store.clock(), result))
    recorder.catch_up(sqlite_store.wire)
    yield Scene(sqlite_store, ledger, recorder, job.id)
    recorder.stop()


def test_job_that_went_well_passes(scene):
    scene.audit()


WRONGS: dict[str, Callable[[Scene], None]] = {
    "accepted, and not there": lambda scene: scene.change(delete(jobs)),
    ": queued": lambda scene: scene.change(update(jobs).values(state="queued")),
    "with result None": lambda scene: scene.change(update(jobs).values(result=None)),
    "made by no run": lambda scene: scene.change(update(jobs).values(result={"run": "another", "tokens": 1})),
    "failures counted": lambda scene: scene.change(update(jobs).values(failures=1)),
    "attempts [2, 1]": lambda scene: scene.change(
        insert(attempts).values(job_id=scene.job_id, attempt=2, worker="w", started_at=1.0, ended_at=2.0)
    ),
    "has no end": lambda scene: scene.change(update(jobs).values(finished_at=0.0)),
    "0 parts": lambda scene: scene.change(delete(parts)),
    "told as succeeded": lambda scene: scene.change(update(jobs).values(state="failed")),
    "begun 2 times": lambda scene: scene.ledger.note("begin", Run(scene.job_id, "second", 1)),
    "left in the work directory": lambda scene: leave_a_file(scene.store),
    "left in the blob store": lambda scene: keep_a_blob(scene.store),
}


def leave_a_file(store: Store) -> None:
    """Have something lie in a worker's desk."""
    desk = store.settings.work / "worker.0"
    desk.mkdir(parents=True)
    (desk / "left").write_bytes(b"x")


@pytest.mark.parametrize("words", list(WRONGS))
def test_audit_finds(scene, words):
    WRONGS[words](scene)

    with pytest.raises(AssertionError) as found:
        scene.audit()

    assert words in str(found.value)


def test_audit_finds_what_was_never_told(scene):
    with pytest.raises(AssertionError, match="never told: finished of attempt 1"):
        audit(scene.store, scene.ledger, [], [scene.job_id], was_killed=False, marks_within_s=0)


def keep_a_blob(store: Store) -> None:
    store.blobs.keep(store.blobs.receive([b"nobody's"], 100))
