"""A run whose source is still being made: it reads on until that ends, and what it shows is not stored."""

from collections.abc import Sequence
from contextlib import closing

import pytest
from support.executing import run_all
from support.work import OWNER, story

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Part, PartKind, Result, Run, Source
from pipelines.media.recording import RECORDING
from triptych import recordings
from triptych.files import File
from triptych.jobs.job import Job
from triptych.jobs.reading import get_job, list_parts
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store
from triptych.tapes import Tape
from workers.tally import Outcome

pytestmark = pytest.mark.redis

FOR_S = 60.0


def a_recording(store: Store, pipeline: Pipeline) -> tuple[Job, File, Tape]:
    file = recordings.begin(store, OWNER, "talk.wav", FOR_S)
    job = submit(store, Submission(OWNER, pipeline, {}, new_files=(file,)))
    return job, file, Tape(store.blobs.growing(file.id))


def following(pipeline_function) -> Pipeline:
    return Pipeline("test.follow", "Follow", Lane.CPU, (RECORDING,), NoParams, pipeline_function)


def test_run_reads_on_until_the_recording_has_ended(store: Store) -> None:
    def follow(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        [source] = sources
        assert source.grows is not None
        with source.path.open("rb", buffering=0) as reader:
            before = (source.grows(), reader.read())
            tape.append(b"second")
            recordings.keep(store, file.id)
            after = (source.grows(), reader.read())
        yield Part(PartKind.TOKEN, {"text": repr([before, after])})
        return Result({}, EngineUsed("ear", "left"))

    job, file, tape = a_recording(store, following(follow))
    tape.append(b"first ")

    with closing(tape):
        outcomes = run_all(store, [job], following(follow))

    assert outcomes == [Outcome.SUCCEEDED]
    [part] = list_parts(store, OWNER, job.id, 0, 10)
    assert part.body["text"] == repr([(True, b"first "), (False, b"second")])


def test_run_after_the_end_is_given_the_file(store: Store) -> None:
    def look(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        [source] = sources
        yield Part(PartKind.TOKEN, {"text": f"{source.media_type} {source.grows} {source.path.read_bytes()[:4]!r}"})
        return Result({}, EngineUsed("ear", "left"))

    job, file, tape = a_recording(store, following(look))
    with closing(tape):
        tape.append(b"sound.")
        recordings.keep(store, file.id)

    run_all(store, [job], following(look))

    [part] = list_parts(store, OWNER, job.id, 0, 10)
    assert part.body["text"] == "audio/wav None b'RIFF'"


def test_what_is_shown_is_told_and_not_stored(store: Store) -> None:
    def show(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
        context.partial(Part(PartKind.TOKEN, {"text": "may"}))
        yield Part(PartKind.TOKEN, {"text": "maybe"})
        return Result({}, EngineUsed("ear", "left"))

    job, _, tape = a_recording(store, following(show))

    with closing(tape):
        run_all(store, [job], following(show))

    assert story(store, job) == ["job.queued", "job.started", "job.partial", "job.part", "job.finished"]
    assert [part.body["text"] for part in list_parts(store, OWNER, job.id, 0, 10)] == ["maybe"]
    assert get_job(store, OWNER, job.id).is_finished
