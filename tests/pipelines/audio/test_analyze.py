import json
import re

import numpy as np
import pytest
from PIL import Image
from recordings import RATE_HZ, babble, encode, pcm, source, wav_bytes, write_pcm, write_wav
from scipy.io import wavfile

from pipelines.errors import Cancelled
from pipelines.standalone import run_pipeline


def tone(duration_s, peak=1.0, frequency_hz=1000, rate_hz=RATE_HZ):
    t = np.arange(round(duration_s * rate_hz)) / rate_hz
    return peak * np.sin(2 * np.pi * frequency_hz * t)


@pytest.fixture
def analyze(context, tmp_path):
    """A function that analyzes samples of shape (n,) or (n, channels) and returns the document."""

    def run(samples, rate_hz=RATE_HZ, **params):
        recording = write_wav(tmp_path / "talk.wav", samples, rate_hz)
        finished = run_pipeline("audio.analyze", [source(recording)], params, context)
        return json.loads(finished.output("analysis.json").path.read_text())

    return run


def places(found):
    return [(place["start_s"], place["end_s"]) for place in found["places"]]


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_sine_measures_what_it_was_made_with(analyze, channels):
    sine = np.repeat(tone(5, peak=0.1, rate_hz=48_000)[:, None], channels, axis=1)

    found = analyze(sine, 48_000)

    assert (found["duration_s"], found["sample_rate_hz"], found["channels"]) == (5.0, 48_000, channels)
    assert (found["container"], found["codec"]) == ("wav", "pcm_s16le")
    assert found["levels"]["sample_peak_dbfs"] == pytest.approx(-20, abs=0.01)
    assert found["levels"]["rms_dbfs"] == pytest.approx(-23.01, abs=0.01)
    assert found["loudness"]["true_peak_dbtp"] == pytest.approx(-20, abs=0.2)


def test_two_channels_are_as_loud_as_the_standard_says(analyze):
    sine = tone(5, peak=0.1, frequency_hz=997, rate_hz=48_000)

    found = analyze(np.stack([sine, sine], axis=1), 48_000)

    assert found["loudness"]["integrated_lufs"] == pytest.approx(-20, abs=0.1)  # BS.1770-4: -3.01 a channel
    assert found["loudness"]["range_lu"] == pytest.approx(0, abs=0.1)


def test_offset_of_one_channel_is_told(analyze):
    found = analyze(np.stack([tone(2, 0.2), tone(2, 0.2) - 0.25], axis=1))

    assert found["levels"]["dc_offset"] == pytest.approx(-0.25, abs=0.001)


@pytest.mark.parametrize(("right", "expected"), [(1.0, 1.0), (-0.5, -1.0), (0.0, None)])
def test_correlation_tells_whether_the_channels_cancel_out(analyze, right, expected):
    sine = tone(2, 0.5)

    found = analyze(np.stack([sine, right * sine], axis=1))

    assert found["stereo_correlation"] == expected


def test_channels_that_have_nothing_in_common_do_not_correlate(analyze):
    found = analyze(np.stack([tone(2, 0.5, 1000), tone(2, 0.5, 1500)], axis=1))

    assert found["stereo_correlation"] == pytest.approx(0, abs=0.01)


def test_overload_is_counted_and_placed(analyze):
    overload = np.clip(tone(2, peak=3.0, frequency_hz=100), -1, 1)

    found = analyze(np.concatenate([tone(3, 0.5), overload, tone(3, 0.5)]))["clipping"]

    assert found["runs"] == 2 * 100 * 2  # two a period
    assert places(found) == [(pytest.approx(3, abs=0.01), pytest.approx(5, abs=0.01))]
    assert found["share"] == pytest.approx(2 / 8 * (1 - 2 * np.arcsin(1 / 3) / np.pi), abs=0.005)


def test_tone_that_just_fits_is_not_clipped(analyze):
    found = analyze(tone(2))

    assert found["levels"]["sample_peak_dbfs"] == pytest.approx(0, abs=0.01)
    assert found["clipping"] == {"runs": 0, "samples": 0, "share": 0.0, "places": []}


def test_silence_gaps_are_mapped(analyze):
    loud, gap, breath = tone(2, 0.1), np.zeros(3 * RATE_HZ), np.zeros(RATE_HZ // 4)

    found = analyze(np.concatenate([loud, gap, loud, breath, loud, gap]))["silence"]

    assert places(found) == [(2.0, 5.0), (9.25, 12.25)]
    assert (found["count"], found["duration_s"]) == (2, 6.0)
    assert found["share"] == pytest.approx(6 / 12.25, abs=0.001)


@pytest.mark.parametrize(("silence_dbfs", "expected"), [(-30, [(0.0, 2.0)]), (-50, [])])
def test_what_counts_as_silence_can_be_said(analyze, silence_dbfs, expected):
    found = analyze(np.concatenate([tone(2, 0.01), tone(2, 0.5)]), silence_dbfs=silence_dbfs, min_silence_s=1)

    assert places(found["silence"]) == expected


def test_one_loud_channel_is_no_silence(analyze):
    found = analyze(np.stack([tone(3, 0.2), np.zeros(3 * RATE_HZ)], axis=1))

    assert found["silence"]["count"] == 0


def test_speech_is_found_between_silences(analyze):
    still = np.zeros(4 * RATE_HZ)

    found = analyze(np.concatenate([still, babble(4), still]))["speech"]

    assert found["places"][0]["start_s"] == pytest.approx(4, abs=0.5)
    assert found["places"][-1]["end_s"] == pytest.approx(8, abs=0.5)
    assert 0.1 < found["share"] < 0.5


def test_digital_silence_has_no_level_and_no_loudness(analyze):
    found = analyze(np.zeros(3 * RATE_HZ))

    assert found["loudness"] == {"integrated_lufs": None, "range_lu": None, "true_peak_dbtp": None}
    assert found["levels"] == {"sample_peak_dbfs": None, "rms_dbfs": None, "dc_offset": 0.0}
    assert (found["silence"]["share"], found["speech"]["share"]) == (1.0, 0.0)


def test_waveform_shows_each_stretch_at_its_place(analyze):
    found = analyze(np.concatenate([tone(2, 0.2), tone(2, 0.8)]), peaks=100)["peaks"]

    assert 50 <= len(found["low"]) == len(found["high"]) <= 100
    early, late = (round(at_s / found["step_s"]) for at_s in (1, 3))
    assert (found["low"][early], found["high"][early]) == (pytest.approx(-0.2, abs=0.01), pytest.approx(0.2, abs=0.01))
    assert (found["low"][late], found["high"][late]) == (pytest.approx(-0.8, abs=0.01), pytest.approx(0.8, abs=0.01))


def test_spectrogram_is_bright_where_the_tone_is_and_never_wider(context, tmp_path):
    recording = write_wav(tmp_path / "tone.wav", np.concatenate([tone(4, 0.5, 1000), np.zeros(4 * RATE_HZ)]))

    finished = run_pipeline("audio.analyze", [source(recording)], {}, context)

    with Image.open(finished.output("spectrogram.png").path) as picture:
        brightness = np.asarray(picture.convert("L")).astype(int)
    assert picture.size == (1600, 500)
    sounding, still = brightness[20:460, 400], brightness[20:460, 1200]
    assert sounding.max() > 120
    assert still.max() < 20
    pitch = 2595 * np.log10(1 + np.array([1000, 8000]) / 700)  # 1 kHz among what 16 kHz sound can hold
    assert np.argmax(sounding) == pytest.approx(440 * (1 - pitch[0] / pitch[1]), abs=4)


def test_sound_of_a_video_is_analyzed(context, tmp_path):
    film = encode(tmp_path / "film.mp4", tone(4, 0.5, rate_hz=44_100), 44_100, "aac", picture=True)

    finished = run_pipeline("audio.analyze", [source(film, "video/mp4")], {}, context)

    body = finished.result.body
    assert (body["codec"], body["sample_rate_hz"]) == ("aac", 44_100)
    assert body["duration_s"] == pytest.approx(4, abs=0.1)
    assert body["levels"]["rms_dbfs"] == pytest.approx(-9, abs=0.3)


def test_eight_bit_overload_is_clipping(context, tmp_path):
    samples = (np.clip(tone(1, 3.0, 100), -1, 1) * 127 + 128).astype(np.uint8)
    (tmp_path / "old.wav").write_bytes(wav_bytes(samples.tobytes(), bits=8))

    finished = run_pipeline("audio.analyze", [source(tmp_path / "old.wav")], {}, context)

    assert finished.result.body["clipping"]["runs"] == 200


def test_what_is_louder_than_full_scale_is_told(context, tmp_path):
    wavfile.write(tmp_path / "hot.wav", RATE_HZ, tone(4, 2.0).astype(np.float32))

    finished = run_pipeline("audio.analyze", [source(tmp_path / "hot.wav")], {}, context)

    assert finished.result.warnings == ("'hot.wav' is up to 6.0 dB louder than full scale; what is above is cut off",)


@pytest.mark.parametrize(("duration_s", "range_lu"), [(3.2, None), (5.0, 0.0)])
def test_sound_too_short_for_a_loudness_range_has_none(analyze, duration_s, range_lu):
    found = analyze(tone(duration_s, 0.1))

    assert found["loudness"]["range_lu"] == range_lu


def test_recording_cut_short_is_analyzed_with_a_warning(context, tmp_path):
    whole = wav_bytes(pcm(babble(3)))
    (tmp_path / "talk.wav").write_bytes(whole[: len(whole) // 2])

    finished = run_pipeline("audio.analyze", [source(tmp_path / "talk.wav")], {}, context)

    assert re.search(r"ends after 1\.5 s; its header promises 3\.0 s", finished.result.warnings[0])
    assert finished.result.body["duration_s"] == pytest.approx(1.5, abs=0.01)


def test_result_names_who_measured(context, tmp_path):
    recording = write_pcm(tmp_path / "a.wav", pcm(babble(1)), RATE_HZ)

    finished = run_pipeline("audio.analyze", [source(recording)], {}, context)

    assert (finished.result.engine.name, finished.result.engine.model) == ("ffmpeg", "ebur128, silero_vad_v6")
    assert "peaks" not in finished.result.body  # they are in the file, not in every list of jobs


def test_cancelled_run_ends_and_leaves_nothing(context, tmp_path):
    def cancelled():
        raise Cancelled

    recording = write_wav(tmp_path / "talk.wav", babble(5))
    stopped = type(context)(context.workdir, context.models_dir, context.models, context.network, check=cancelled)

    with pytest.raises(Cancelled):
        run_pipeline("audio.analyze", [source(recording)], {}, stopped)

    assert list(context.workdir.iterdir()) == []
