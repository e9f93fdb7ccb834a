"""The same work once: a kept result serves again, while it is what would be made now."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from support.executing import run_all
from support.work import OWNER, a_file, story

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Output, Part, PartKind, Result, Run, Source
from triptych.events.event import Event, EventType
from triptych.files import File
from triptych.jobs.job import Job
from triptych.jobs.owner import retry
from triptych.jobs.reading import get_job, list_parts
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.rings import Ring
from triptych.store import Store
from triptych.wire import Wire, connect
from workers.posts import Board, Seen

pytestmark = pytest.mark.redis


class Abacus:
    """A pipeline whose runs are counted and whose engine can change."""

    def __init__(self) -> None:
        self.runs = 0
        self.version = "1"
        self.engine = "abacus"
        self.is_whole = True
        self.pipeline = Pipeline(
            "test.abacus", "Abacus", Lane.CPU, ("*",), NoParams, self._work, made_by=lambda *_: self._maker()
        )

    def _maker(self) -> str:
        return f"abacus beads={self.version}"

    def _work(self, sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        self.runs += 1
        path = context.workdir / "sum"
        path.write_text(sources[0].path.read_text() * 2)
        yield Part(PartKind.TOKEN, {"text": "two"})
        yield Output("sum.txt", "text/plain", path)
        engine = EngineUsed(self.engine, "wooden", self.version)
        return Result({"answer": 42}, engine, ("mind the beads",), self.is_whole)


@pytest.fixture
def abacus() -> Abacus:
    return Abacus()


@pytest.fixture
def done(store: Store, abacus: Abacus) -> Callable[..., Job]:
    """Submit a job of the abacus and run it; what is asked for is the same each time but for what is said."""

    def do(file: File | None = None, **asked: object) -> Job:
        new = file or a_file(store, b"hello")
        wanted = {"owner": OWNER, "pipeline": abacus.pipeline, "params": {}, "new_files": (new,), **asked}
        job = submit(store, Submission(**wanted))  # type: ignore[arg-type]  # each of its own type
        run_all(store, [job], abacus.pipeline)
        return get_job(store, job.owner, job.id)

    return do


def test_the_same_work_is_done_once(store: Store, abacus: Abacus, done: Callable[..., Job]) -> None:
    first, again = done(), done()

    assert abacus.runs == 1
    assert (first.cached, again.cached) == (False, True)
    assert (again.result, again.engine, again.warnings) == (first.result, first.engine, first.warnings)
    assert [output.sha256 for output in again.outputs] == [output.sha256 for output in first.outputs]
    assert [part.body for part in list_parts(store, OWNER, again.id, after=0, limit=5)] == [{"text": "two"}]
    assert story(store, again) == ["job.queued", "job.started", "job.part", "job.output", "job.finished"]


@pytest.mark.parametrize(
    "different",
    [
        lambda store: {"file": a_file(store, b"other words")},
        lambda store: {"owner": "bob", "file": a_file(store, b"hello", owner="bob")},
        lambda store: {"fresh": True},
    ],
    ids=["other content", "another owner", "wanted afresh"],
)
def test_other_work_is_done(
    store: Store, abacus: Abacus, done: Callable[..., Job], different: Callable[[Store], dict[str, object]]
) -> None:
    done()

    again = done(**different(store))

    assert (abacus.runs, again.cached) == (2, False)


def test_a_new_version_of_the_engine_does_the_work_anew(abacus: Abacus, done: Callable[..., Job]) -> None:
    done()
    abacus.version = "2"

    again = done()

    assert (abacus.runs, again.cached) == (2, False)


def test_a_result_of_an_engine_that_stood_in_is_not_kept(abacus: Abacus, done: Callable[..., Job]) -> None:
    abacus.engine = "fingers"
    done()

    again = done()

    assert (abacus.runs, again.cached) == (2, False)


def test_a_result_with_a_piece_missing_is_not_kept(abacus: Abacus, done: Callable[..., Job]) -> None:
    abacus.is_whole = False
    done()
    abacus.is_whole = True

    again, once_more = done(), done()

    assert (abacus.runs, again.cached, once_more.cached) == (2, False, True)


def test_a_pipeline_that_does_not_say_what_it_is_made_by_is_run_each_time(store: Store, abacus: Abacus) -> None:
    unsaid = replace(abacus.pipeline, made_by=None)

    for _ in range(2):
        run_all(store, [submit(store, Submission(OWNER, unsaid, {}, new_files=(a_file(store),)))], unsaid)

    assert abacus.runs == 2


def test_a_retry_of_what_succeeded_is_another_run(store: Store, abacus: Abacus, done: Callable[..., Job]) -> None:
    job = done()

    retry(store, OWNER, job.id)
    run_all(store, [job], abacus.pipeline)

    assert abacus.runs == 2
    assert get_job(store, OWNER, job.id).result == {"answer": 42}


class Overlooking(Wire):
    """A wire that notes which runs the board shows when the end of a job is sent."""

    def __init__(self, board: Board, url: str) -> None:
        super().__init__(connect(url))
        self._board = board
        self.shown: list[Seen] = []

    def send(self, rings: Sequence[Ring] = (), events: Sequence[Event] = ()) -> bool:
        if any(event.type is EventType.FINISHED for event in events):
            self.shown += self._board.seen()
        return super().send(rings, events)


def test_a_slow_redis_is_not_waited_for_in_a_run_that_was_served(
    store: Store, abacus: Abacus, done: Callable[..., Job]
) -> None:
    done()
    board = Board()
    wire = Overlooking(board, store.settings.redis)
    watched = replace(store, wire=wire)
    job = submit(watched, Submission(OWNER, abacus.pipeline, {}, new_files=(a_file(store, b"hello"),)))

    run_all(watched, [job], abacus.pipeline, board=board)

    assert get_job(store, OWNER, job.id).cached
    assert wire.shown == []
    assert story(store, job)[-1] == "job.finished"
