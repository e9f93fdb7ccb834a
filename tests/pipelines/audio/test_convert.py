import numpy as np
import pytest
from pydantic import ValidationError
from recordings import RATE_HZ, babble, encode, source, write_wav

from pipelines.catalogue import catalogue
from pipelines.errors import BadInput
from pipelines.media.loudness import measure_loudness
from pipelines.media.sound import open_sound
from pipelines.standalone import run_pipeline


@pytest.mark.parametrize("form", ["wav", "mp3", "ogg", "flac"])
def test_piece_is_cut_resampled_and_made_loud(context, tmp_path, form):
    recording = write_wav(tmp_path / "talk.wav", babble(5))
    wanted = {"format": form, "start_s": 1, "end_s": 3.5, "sample_rate_hz": 48000, "channels": 2, "normalise": True}

    finished = run_pipeline("audio.convert", [source(recording)], wanted, context)

    assert finished.result.body == {
        "format": form,
        "sample_rate_hz": 48000,
        "channels": 2,
        "duration_s": 2.5,
        "peak_dbfs": -1.0,
    }
    made = finished.outputs[0]
    assert list(context.workdir.iterdir()) == [made.path]
    with open_sound(source(made.path, made.media_type)) as sound:
        assert (sound.rate_hz, sound.channels) == (48000, 2)
        assert sum(len(block) for block in sound.mono()) / RATE_HZ == pytest.approx(2.5, abs=0.1)


def test_silence_has_no_peak(context, tmp_path):
    recording = write_wav(tmp_path / "silence.wav", np.zeros(RATE_HZ))

    finished = run_pipeline("audio.convert", [source(recording)], {"normalise": True}, context)

    assert finished.result.body["peak_dbfs"] is None


def test_piece_after_the_end_is_refused(context, tmp_path):
    recording = write_wav(tmp_path / "talk.wav", babble(1))

    with pytest.raises(BadInput, match=r"ends at 1\.0 s") as refused:
        run_pipeline("audio.convert", [source(recording)], {"start_s": 9}, context)

    assert refused.value.code == "empty_piece"


@pytest.mark.parametrize(("start_s", "duration_s"), [(4.0, 1.0), (0.0, 2.0)])
def test_piece_of_a_film_is_counted_from_the_films_beginning(context, tmp_path, start_s, duration_s):
    film = encode(tmp_path / "film.mkv", babble(5, 48_000), 48_000, "aac", picture=True, late_s=3.0)
    wanted = {"format": "wav", "start_s": start_s, "end_s": 5.0}

    finished = run_pipeline("audio.convert", [source(film, "video/x-matroska")], wanted, context)

    assert finished.result.body["duration_s"] == pytest.approx(duration_s, abs=0.05)


def test_other_sound_tracks_are_told_of_a_piece_too(context, tmp_path):
    film = encode(tmp_path / "film.mkv", babble(2, 48_000), 48_000, "aac", picture=True, tracks=2)

    finished = run_pipeline("audio.convert", [source(film, "video/x-matroska")], {"end_s": 1.0}, context)

    assert finished.result.warnings == ("'film.mkv' has 2 sound tracks: the first is heard",)


def test_piece_before_a_films_sound_is_refused(context, tmp_path):
    film = encode(tmp_path / "film.mkv", babble(5, 48_000), 48_000, "aac", picture=True, late_s=3.0)

    with pytest.raises(BadInput, match=r"begins at 3\.0 s") as refused:
        run_pipeline("audio.convert", [source(film, "video/x-matroska")], {"end_s": 2.0}, context)

    assert refused.value.code == "empty_piece"


@pytest.mark.parametrize("rate_hz", [8000, 16000, 96000])
@pytest.mark.parametrize("bitrate_kbps", [64, 320])
def test_ogg_is_written_at_every_sample_rate(context, tmp_path, rate_hz, bitrate_kbps):
    recording = write_wav(tmp_path / "talk.wav", babble(1))
    wanted = {"format": "ogg", "sample_rate_hz": rate_hz, "bitrate_kbps": bitrate_kbps}

    finished = run_pipeline("audio.convert", [source(recording)], wanted, context)

    assert finished.result.body["sample_rate_hz"] == rate_hz
    assert finished.outputs[0].path.stat().st_size > 0


@pytest.mark.parametrize("normalise", [False, True])
def test_piece_becomes_as_loud_as_is_wanted(context, tmp_path, normalise):
    recording = write_wav(tmp_path / "talk.wav", 0.3 * babble(10))
    wanted = {"format": "wav", "loudness_lufs": -23, "normalise": normalise}

    finished = run_pipeline("audio.convert", [source(recording)], wanted, context)

    heard = measure_loudness(finished.outputs[0].path, context.check)
    assert heard.integrated_lufs == pytest.approx(-23, abs=0.3)
    assert finished.result.body["loudness_lufs"] == heard.integrated_lufs
    assert finished.result.body["true_peak_dbtp"] == heard.true_peak_dbtp
    assert finished.result.warnings == ()
    assert list(context.workdir.iterdir()) == [finished.outputs[0].path]


def test_loudness_that_the_peaks_do_not_allow_is_told(context, tmp_path):
    recording = write_wav(tmp_path / "talk.wav", 0.3 * babble(5))

    finished = run_pipeline("audio.convert", [source(recording)], {"format": "wav", "loudness_lufs": -5}, context)

    assert finished.result.body["loudness_lufs"] < -6
    assert "its peaks reach the ceiling of -1.5 dBTP" in finished.result.warnings[0]


def test_silence_has_no_loudness_to_change(context, tmp_path):
    recording = write_wav(tmp_path / "silence.wav", np.zeros(RATE_HZ))

    finished = run_pipeline("audio.convert", [source(recording)], {"loudness_lufs": -16}, context)

    assert (finished.result.body["loudness_lufs"], finished.result.body["true_peak_dbtp"]) == (None, None)
    assert "has no loudness" in finished.result.warnings[0]


def test_formats_of_speech_are_not_offered():
    with pytest.raises(ValidationError, match="opus is for speech alone"):
        catalogue()["audio.convert"].params.model_validate({"format": "opus"})
