"""Recordings that are being made: nothing that was taken is lost, whoever dies."""

import wave
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import pytest
from support.work import OWNER

from pipelines.catalogue import Pipeline
from pipelines.contract import Context, EngineUsed, Lane, NoParams, Result, Run, Source
from pipelines.media.recording import RECORDING
from triptych import recordings
from triptych.blobs import CHECK_DISK_BYTES, KEEP_FREE_BYTES, NoDisk
from triptych.files import File, UnknownFile
from triptych.garbage import GRACE_S, collect_garbage
from triptych.jobs.job import Job
from triptych.jobs.owner import UnknownJob, cancel
from triptych.jobs.quotas import QuotaExceeded
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission, WrongMedia
from triptych.jobs.submit import submit
from triptych.jobs.sweep import sweep
from triptych.recordings import NothingRecorded, RecordingEnded
from triptych.store import Store
from triptych.tapes import Tape, TapeTaken
from triptych.uploads import read_files

pytestmark = pytest.mark.redis

FOR_S = 60.0
SAMPLES = bytes(range(256)) * 10


def follow(sources: Sequence[Source], params: NoParams, context: Context) -> Run:
    """Follow a recording."""
    yield from ()
    return Result({}, EngineUsed("tape", "measure"))


FOLLOWING = Pipeline("test.follow", "Follow", Lane.CPU, (RECORDING,), NoParams, follow)
HEARING = Pipeline("test.hear", "Hear", Lane.CPU, ("audio/*",), NoParams, follow)


def a_recording(store: Store, samples: bytes = SAMPLES) -> tuple[Job, File]:
    """A recording of which so much has come, and the job that follows it; nobody holds its tape."""
    file = recordings.begin(store, OWNER, "talk.wav", FOR_S)
    job = submit(store, Submission(OWNER, FOLLOWING, {}, new_files=(file,)))
    with closing(Tape(store.blobs.growing(file.id))) as tape:
        tape.append(samples)
    return job, file


def stored(store: Store, file: File) -> File:
    return read_files(store, OWNER, [file.id])[0]


def later(store: Store, seconds: float) -> Store:
    return replace(store, clock=lambda: store.clock() + seconds)


def swept(store: Store) -> None:
    sweep(store, store.clock())


def test_recording_is_a_wav_file_when_it_is_kept(store: Store) -> None:
    _, file = a_recording(store)

    kept = recordings.keep(store, file.id)

    assert stored(store, file) == kept
    assert kept.media_type == "audio/wav"
    with wave.open(str(store.blobs.path(kept.sha256))) as wav:
        assert (wav.getframerate(), wav.readframes(wav.getnframes())) == (16_000, SAMPLES)
    assert kept.size_bytes == store.blobs.path(kept.sha256).stat().st_size


def test_half_a_sample_at_the_end_is_left_out(store: Store) -> None:
    _, file = a_recording(store, SAMPLES + b"x")

    kept = recordings.keep(store, file.id)

    assert kept.size_bytes == 44 + len(SAMPLES)


def test_recording_that_nobody_goes_on_with_is_kept_by_the_sweep(store: Store) -> None:
    job, file = a_recording(store)

    swept(later(store, FOR_S + 1))

    assert stored(store, file).media_type == "audio/wav"
    assert not recordings.still_grows(store, file.id)
    assert [one.media_type for one in get_job(store, OWNER, job.id).inputs] == ["audio/wav"]


def test_recording_that_is_prolonged_goes_on(store: Store) -> None:
    _, file = a_recording(store)
    recordings.prolong(later(store, FOR_S - 1), OWNER, file.id, len(SAMPLES), FOR_S)

    swept(later(store, FOR_S + 1))

    assert recordings.still_grows(store, file.id)
    assert stored(store, file).size_bytes == len(SAMPLES)


def test_recording_whose_tape_somebody_holds_is_left_to_them(store: Store) -> None:
    _, file = a_recording(store)

    with closing(Tape(store.blobs.growing(file.id))):
        swept(later(store, FOR_S + 1))

    assert recordings.still_grows(store, file.id)


def test_one_writer_at_a_time_appends(store: Store) -> None:
    _, file = a_recording(store)

    with closing(Tape(store.blobs.growing(file.id))) as tape, pytest.raises(TapeTaken):
        Tape(store.blobs.growing(file.id))

    with closing(Tape(store.blobs.growing(file.id))) as next_tape:
        assert next_tape.size_bytes == tape.size_bytes == len(SAMPLES)


def test_recording_ends_while_the_disk_still_has_room_to_keep_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    _, file = a_recording(store, SAMPLES)
    free = KEEP_FREE_BYTES + CHECK_DISK_BYTES - 1
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))

    with closing(Tape(store.blobs.growing(file.id))) as tape:
        tape.append(bytes(CHECK_DISK_BYTES))
        with pytest.raises(NoDisk):
            tape.append(bytes(CHECK_DISK_BYTES))
    kept = recordings.keep(store, file.id)

    assert kept.size_bytes > CHECK_DISK_BYTES


def test_recording_that_was_ended_is_neither_prolonged_nor_ended_again(store: Store) -> None:
    _, file = a_recording(store)
    recordings.keep(store, file.id)

    with pytest.raises(RecordingEnded):
        recordings.prolong(store, OWNER, file.id, 1, FOR_S)
    with pytest.raises(RecordingEnded):
        recordings.keep(store, file.id)


def test_recording_without_a_sample_leaves_nothing_behind(store: Store) -> None:
    job, file = a_recording(store, b"x")
    with pytest.raises(NothingRecorded):
        recordings.keep(store, file.id)

    swept(later(store, FOR_S + 1))

    with pytest.raises(UnknownJob):
        get_job(store, OWNER, job.id)
    with pytest.raises(UnknownFile):
        stored(store, file)


def test_recording_of_a_cancelled_job_is_kept(store: Store) -> None:
    job, file = a_recording(store)
    cancel(store, OWNER, job.id)

    swept(later(store, FOR_S + 1))

    assert get_job(store, OWNER, job.id).state is JobState.CANCELLED
    assert stored(store, file).media_type == "audio/wav"


def test_bytes_that_came_count_towards_the_quota(store: Store) -> None:
    _, file = a_recording(store)
    poor = replace(store, settings=store.settings.model_copy(update={"quota_bytes": 1000}))
    recordings.prolong(poor, OWNER, file.id, 900, FOR_S)

    with pytest.raises(QuotaExceeded):
        recordings.prolong(poor, OWNER, file.id, 1100, FOR_S)

    assert recordings.still_grows(store, file.id)


def test_recording_that_is_being_made_is_nothing_that_could_be_transcribed(store: Store) -> None:
    _, file = a_recording(store)

    with pytest.raises(WrongMedia):
        submit(store, Submission(OWNER, HEARING, {}, files=[file.id]))


def test_garbage_collection_leaves_what_grows_and_takes_what_became_a_file(store: Store) -> None:
    (_, growing), (_, whole) = a_recording(store), a_recording(store)
    kept = recordings.keep(store, whole.id)

    collect_garbage(later(store, 2 * GRACE_S))

    assert store.blobs.growing(growing.id).exists()
    assert not store.blobs.growing(whole.id).exists()
    assert store.blobs.path(kept.sha256).exists()
