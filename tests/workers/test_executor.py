from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from support.executing import run_all
from support.work import DONE, OWNER, a_claim, a_file, a_job, a_text, story

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, Lane, NoParams, Output, Part, PartKind, Result, Run, Source
from pipelines.engines.model_cache import MAX_BYTES
from pipelines.errors import BadInput
from triptych.jobs.job import Job
from triptych.jobs.owner import cancel
from triptych.jobs.reading import get_job, list_parts
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store
from workers.executor import never
from workers.tally import Outcome

pytestmark = pytest.mark.redis


def run(store: Store, job: Job, *pipelines: Pipeline, draining: Callable[[], bool] = never) -> Outcome:
    [outcome] = run_all(store, [job], *pipelines, draining=draining)
    return outcome


def a_pipeline(function: Callable[[Sequence[Source], NoParams, Context], Run]) -> Pipeline:
    return Pipeline("test.special", "Special", Lane.CPU, ("*",), NoParams, function)


def test_a_run_tells_its_story_in_order(store: Store) -> None:
    job = a_job(store)

    outcome = run(store, job)

    assert outcome is Outcome.SUCCEEDED
    assert story(store, job) == ["job.queued", "job.started", *["job.part"] * 3, "job.finished"]
    assert [part.body["text"] for part in list_parts(store, OWNER, job.id, after=0, limit=10)] == ["1", "2", "3"]


def test_a_job_rung_for_twice_runs_once(store: Store) -> None:
    job = a_job(store)

    outcomes = [run(store, job), run(store, job)]

    assert outcomes == [Outcome.SUCCEEDED, Outcome.NOTHING_TO_DO]
    assert story(store, job).count("job.started") == 1


def test_a_run_reads_its_inputs_and_keeps_its_outputs(store: Store) -> None:
    def shout(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        path = context.workdir / "loud"
        path.write_text(" ".join(source.path.read_text() for source in sources).upper())
        yield Output("loud.txt", "text/plain", path)
        return DONE

    pipeline, kept, (text, content) = a_pipeline(shout), a_file(store, b"hello"), a_text(store, b"world")
    job = submit(store, Submission(OWNER, pipeline, {}, new_files=(kept, text), content=content))

    run(store, job, pipeline)

    [output] = get_job(store, OWNER, job.id).outputs
    assert store.blobs.path(output.sha256).read_text() == "HELLO WORLD"


def test_a_run_stops_when_its_job_is_cancelled(store: Store) -> None:
    made: list[int] = []

    def go_on_and_on(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        for number in range(1000):
            made.append(number)
            if number == 2:
                cancel(store, OWNER, job.id)
            yield Part(PartKind.TOKEN, {"text": str(number)})
        return DONE

    pipeline = a_pipeline(go_on_and_on)
    job = a_job(store, pipeline=pipeline)

    outcome = run(store, job, pipeline)

    assert outcome is Outcome.DROPPED
    assert made == [0, 1, 2]
    assert get_job(store, OWNER, job.id).state is JobState.CANCELLED


def test_a_cancel_wakes_a_run_that_only_checks(store: Store) -> None:
    def check_forever(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        cancel(store, OWNER, job.id)
        while True:
            context.check()
        yield

    pipeline = a_pipeline(check_forever)
    job = a_job(store, pipeline=pipeline)

    outcome = run(store, job, pipeline)

    assert outcome is Outcome.DROPPED


def test_nothing_is_left_in_the_work_directory(store: Store) -> None:
    def litter(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        (context.workdir / "litter").write_bytes(b"x" * 1000)
        raise BadInput("no")
        yield

    pipeline = a_pipeline(litter)

    run(store, a_job(store, pipeline=pipeline), pipeline)

    assert [path for path in store.settings.work.rglob("*") if path.is_file()] == []


def test_an_output_that_names_a_path_is_refused(store: Store) -> None:
    def climb(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        (context.workdir / "x").write_text("x")
        yield Output("../x", "text/plain", context.workdir / "x")
        return DONE

    pipeline = a_pipeline(climb)
    job = a_job(store, pipeline=pipeline)

    outcome = run(store, job, pipeline)

    assert outcome is Outcome.FAILED
    assert get_job(store, OWNER, job.id).outputs == ()


def test_what_no_database_can_hold_is_replaced(store: Store) -> None:
    def scribble(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        yield Part(PartKind.TOKEN, {"text": "a\x00b\ud800c"})
        return replace(DONE, body={"score": float("nan")})

    pipeline = a_pipeline(scribble)
    job = a_job(store, pipeline=pipeline)

    run(store, job, pipeline)

    assert get_job(store, OWNER, job.id).result == {"score": None}
    assert list_parts(store, OWNER, job.id, after=0, limit=1)[0].body == {"text": "a\ufffdb\ufffdc"}


def test_progress_reaches_the_job(store: Store) -> None:
    def progress(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        context.progress(0.25, "a quarter")
        seen.append(get_job(store, OWNER, job.id).fraction)
        yield Part(PartKind.TOKEN, {"text": ""})
        return Result({}, DONE.engine, ("be careful",))

    seen: list[float | None] = []
    pipeline = a_pipeline(progress)
    job = a_job(store, pipeline=pipeline)

    run(store, job, pipeline)

    assert seen == [0.25]
    assert get_job(store, OWNER, job.id).warnings == ("be careful",)


def test_a_worker_that_is_going_away_claims_nothing(store: Store) -> None:
    job = a_job(store)

    outcome = run(store, job, draining=lambda: True)

    assert outcome is Outcome.NOTHING_TO_DO
    assert get_job(store, OWNER, job.id).state is JobState.QUEUED


def test_a_run_that_outlives_the_grace_is_handed_back_uncounted(store: Store) -> None:
    going_away: list[bool] = []

    def work_on(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        going_away.append(True)
        while True:
            context.check()
        yield

    brief = replace(store, settings=store.settings.model_copy(update={"grace_s": 0.001}))
    pipeline = a_pipeline(work_on)
    job = a_job(brief, pipeline=pipeline)

    outcome = run(brief, job, pipeline, draining=lambda: bool(going_away))

    assert outcome is Outcome.DROPPED
    assert get_job(brief, OWNER, job.id).state is JobState.QUEUED
    assert a_claim(brief, job).row.failures == 0


def test_passing_output_is_there_while_the_run_goes_on_and_gone_behind_it(store: Store) -> None:
    seen: list[list[str]] = []

    def speaks(_: Sequence[Source], __: NoParams, context: Context) -> Run:
        for name, passing in (("piece.txt", True), ("whole.txt", False)):
            path = context.workdir / name
            path.write_text("hello")
            yield Output(name, "text/plain", path, passing=passing)
        seen.append([output.name for output in get_job(store, OWNER, job.id).outputs])
        return DONE

    pipeline = a_pipeline(speaks)
    job = a_job(store, pipeline=pipeline)

    run(store, job, pipeline)

    assert seen == [["piece.txt", "whole.txt"]]
    assert [output.name for output in get_job(store, OWNER, job.id).outputs] == ["whole.txt"]


def test_a_run_keeps_the_models_it_took(store: Store) -> None:
    loads: list[str] = []

    def take_in_turn(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        for name in ("a", "b", "a"):
            context.models.get(name, lambda name=name: loads.append(name), lambda _: MAX_BYTES)
        return DONE
        yield

    pipeline = a_pipeline(take_in_turn)

    outcome = run(store, a_job(store, pipeline=pipeline), pipeline)

    assert outcome is Outcome.SUCCEEDED
    assert loads == ["a", "b"]
