"""From a job to its memories: found again by words and by meaning, at the place, until they are forgotten."""

import io
import shutil
import wave
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from checkpoints.drawn_shapes import drawn
from sqlalchemy import select
from support.executing import run_all
from support.indexing import answered_questions, done, indexed
from support.rebuilding import took_over
from support.remembering import passage, remember, vector
from support.stores import with_settings
from support.until import until
from support.work import OWNER, a_claim, a_file, a_job, hand_back

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Part, PartKind, Result, Run, Source
from pipelines.errors import TransientFailure
from pipelines.house import Memory, MemoryKind, Modality, Space, SpaceKind
from triptych.files import File
from triptych.jobs.job import Job
from triptych.jobs.owner import delete_job, retry
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.tables import jobs
from triptych.memory.asking import vectors_of_picture, vectors_of_text
from triptych.memory.search import search
from triptych.memory.spaces import open_space
from triptych.memory.values import Found, Question
from triptych.store import Store
from workers.ports.memory import MemoryOfOwner

pytestmark = [pytest.mark.redis, pytest.mark.engine]

CHECKPOINTS = Path(__file__).parents[1] / "checkpoints"
HARBOUR = "The harbour office opens at seven in the morning."
BEES = "A hive of bees has a single queen, who lays all of its eggs."


def speak_twice(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Hear two sentences."""
    yield Part(PartKind.SEGMENT, {"start_s": 0.0, "end_s": 5.5, "text": HARBOUR})
    yield Part(PartKind.SEGMENT, {"start_s": 5.5, "end_s": 9.0, "text": BEES})
    return Result({"language": "en"}, EngineUsed("abacus", "wooden"))


HEARING = Pipeline("test.hear", "Hear", Lane.CPU, ("*",), NoParams, speak_twice, remember=True)


@pytest.fixture
def drawing(store: Store) -> Callable[[str, int], File]:
    """A function that draws a shape, another each time the chance is another, and keeps it as a file without a row."""

    def draw(shape: str, chance: int) -> File:
        buffer = io.BytesIO()
        drawn(Random(chance), shape).picture.save(buffer, "PNG")
        return replace(a_file(store, buffer.getvalue()), name=f"{chance}.png", media_type="image/png")

    return draw


@pytest.fixture
def seeing(store: Store, tmp_path: Path) -> Store:
    """The store, with models that know drawn shapes, one of which compares them with words."""
    for family, name in (("open-clip", "joint"), ("timm", "shapes")):
        shutil.copytree(CHECKPOINTS / name, tmp_path / "models" / family / name)
    with store.database.write() as connection:
        open_space(connection, Space(SpaceKind.PICTURE, "joint", 32, is_joint=True), store.clock())
    return with_settings(store, models_dir=tmp_path / "models")


def by_words(store: Store, text: str) -> Found:
    return search(store, OWNER, Question(text))


def heard(store: Store) -> tuple[Job, Job]:
    """A recording in which two sentences were heard, and the job that remembered them."""
    job = done(store, HEARING, replace(a_file(store), name="talk.mp3", media_type="audio/mpeg"))
    [index] = indexed(store, job)
    return job, index


def test_sentence_is_found_by_a_word_at_the_second_at_which_it_was_said(store: Store) -> None:
    job, index = heard(store)

    [hit] = by_words(store, "queens").hits

    assert index.state is JobState.SUCCEEDED
    assert index.result == {"memories": 3}  # with the recording's name
    assert (hit.memory.text, hit.memory.place) == (BEES, {"start_s": 5.5, "end_s": 9.0})
    assert (hit.memory.job_id, hit.source.title, hit.source.file_id) == (job.id, "talk.mp3", job.inputs[0].id)


def test_sentence_is_found_by_what_it_means(store: Store) -> None:
    heard(store)

    with answered_questions(store):
        vectors = until(lambda: vectors_of_text(store, "when can ships come to the port").vectors)
    found = search(store, OWNER, Question("when can ships come to the port", vectors))

    assert found.hits[0].memory.text == HARBOUR
    assert [one.by for one in found.hits[0].by] == ["meaning"]


def test_run_recalls_what_fits_its_question(store: Store) -> None:
    job, _ = heard(store)
    another = a_claim(store, a_job(store))

    recalled = MemoryOfOwner(store, another).recall("queen", 5, {"modality": ["audio"]})

    [item] = recalled.items
    assert (item.text, item.job_id, item.title, item.by) == (BEES, job.id, "talk.mp3", {"words": 1})
    assert len(recalled.warnings) == 1  # nobody answers questions here


def test_recording_that_was_heard_is_found_by_what_was_said(sqlite_store: Store, digit_models: Path) -> None:
    from checkpoints.spoken_digits import RATE_HZ, recited

    [phrase] = recited([("en", (3, 1, 4, 2))])
    store = with_settings(sqlite_store, models_dir=digit_models)
    file = replace(a_file(store, _wav(phrase.samples, RATE_HZ)), name="digits.wav", media_type="audio/wav")
    job = done(store, "audio.transcribe", file, params={"size": "tiny"})

    indexed(store, job)

    [hit] = by_words(store, "four").hits
    assert "three one four two" in hit.memory.text
    assert (hit.memory.kind, hit.memory.language) == (MemoryKind.SEGMENT, "en")


def test_picture_is_found_by_its_label_and_by_a_description(seeing: Store, drawing: Callable[..., File]) -> None:
    seen = [
        done(seeing, "image.analyze", drawing(shape, 1), params={"classifier": "shapes"})
        for shape in ("star", "circle")
    ]
    indexed(seeing, *seen)

    labelled = by_words(seeing, "star").hits
    with answered_questions(seeing):
        vectors = until(lambda: vectors_of_text(seeing, "a photo of a star").vectors)
    described = search(seeing, OWNER, Question(vectors=vectors)).hits

    assert labelled[0].source.file_id == seen[0].inputs[0].id
    assert described[0].source.file_id == seen[0].inputs[0].id
    assert {one.by for one in described[0].by} <= {"picture", "meaning"}


def test_picture_finds_pictures_that_are_like_it(seeing: Store, drawing: Callable[..., File]) -> None:
    seen = [done(seeing, "image.enhance", drawing(shape, 1)) for shape in ("star", "circle", "square")]
    indexed(seeing, *seen)

    with answered_questions(seeing):
        vectors = until(lambda: vectors_of_picture(seeing, drawing("circle", 2)).vectors)
    found = search(seeing, OWNER, Question(vectors=vectors))

    assert found.hits[0].source.file_id == seen[1].inputs[0].id
    assert [one.by for one in found.hits[0].by] == ["picture"]


def test_jobs_that_wait_together_are_remembered_together(store: Store) -> None:
    texts = [replace(a_file(store, text.encode()), name="text.txt") for text in (HARBOUR, BEES)]
    read = [done(store, "text.keywords", text) for text in texts]

    outcomes = indexed(store, *read)

    assert [outcome.state for outcome in outcomes] == [JobState.SUCCEEDED] * 2
    assert [by_words(store, word).hits[0].memory.job_id for word in ("harbour", "hive")] == [job.id for job in read]


def test_deleted_job_is_forgotten(store: Store) -> None:
    job, _ = heard(store)

    delete_job(store, OWNER, job.id)

    assert by_words(store, "harbour").hits == []


def test_job_that_is_deleted_before_it_is_remembered_leaves_nothing(store: Store) -> None:
    job = done(store, HEARING, a_file(store))
    delete_job(store, OWNER, job.id)

    outcomes = indexed(store, job)

    assert [outcome.state for outcome in outcomes] in ([], [JobState.FAILED])
    assert by_words(store, "harbour").hits == []


def test_job_that_was_told_not_to_be_is_not_remembered(store: Store) -> None:
    job = done(store, HEARING, a_file(store), remember=False)

    assert indexed(store, job) == []
    assert by_words(store, "harbour").hits == []


def test_run_that_was_cut_short_is_made_good_and_doubles_nothing(store: Store) -> None:
    job = done(store, HEARING, a_file(store))
    first = a_claim(store, _follower(store, job))
    stale = Memory(MemoryKind.SEGMENT, Modality.AUDIO, "Nobody said this harbour.", {"start_s": 99.0}, 99.0)
    said = Memory(MemoryKind.SEGMENT, Modality.AUDIO, HARBOUR, {"start_s": 0.0, "end_s": 5.5}, 0.0, "en")
    MemoryOfOwner(store, first).keep(job.id, [said, stale])
    hand_back(store, first)

    [index] = indexed(store, job)

    assert index.state is JobState.SUCCEEDED
    assert [hit.memory.text for hit in by_words(store, "harbour").hits] == [HARBOUR]


def test_run_that_another_model_overtakes_is_tried_again_and_keeps_nothing(store: Store) -> None:
    remember(store, passage("a quay", 0, vector(1, 0, 0)))
    job = done(store, HEARING, a_file(store))
    first = a_claim(store, _follower(store, job))
    took_over(store)
    said = Memory(MemoryKind.SEGMENT, Modality.AUDIO, HARBOUR, {"start_s": 0.0}, 0.0, "en", vectors=[vector(1, 0, 0)])

    with pytest.raises(TransientFailure, match="sextant"):
        MemoryOfOwner(store, first).keep(job.id, [said])

    assert by_words(store, "harbour").hits == []


def test_job_that_is_done_again_is_remembered_as_it_is_then(store: Store) -> None:
    job, _ = heard(store)
    retry(store, OWNER, job.id)

    assert by_words(store, "harbour").hits == []
    run_all(store, [job], HEARING)
    indexed(store, job)
    assert len(by_words(store, "harbour").hits) == 1


def test_served_result_is_remembered_for_its_own_file(store: Store) -> None:
    first, served = (
        done(store, "text.keywords", replace(a_file(store, HARBOUR.encode()), name=name))
        for name in ("quay.txt", "jetty.txt")
    )

    indexed(store, first, served)

    assert served.cached
    assert [by_words(store, word).hits[0].memory.job_id for word in ("quay", "jetty")] == [first.id, served.id]


def _follower(store: Store, job: Job) -> Job:
    with store.database.read() as connection:
        [job_id] = connection.execute(select(jobs.c.id).where(jobs.c.parent_id == job.id)).scalars()
    return get_job(store, OWNER, job_id)


def _wav(samples: np.ndarray, rate_hz: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setparams((1, 2, rate_hz, 0, "NONE", "NONE"))
        sound.writeframes((samples.clip(-1, 1) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()
