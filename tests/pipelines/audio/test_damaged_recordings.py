"""Recordings that are damaged, absurd or hostile: refused in words, or heard as far as they go, with a warning."""

import re
import struct

import av
import numpy as np
import pytest
from recordings import RATE_HZ, babble, encode, pcm, source, wav_bytes

from pipelines.errors import BadInput
from pipelines.media.sound import open_sound
from pipelines.standalone import run_pipeline

TALK = pcm(babble(3))
EACH = pytest.mark.parametrize("pipeline", ["audio.analyze", "audio.transcribe", "audio.convert"])


@pytest.fixture
def recording(tmp_path):
    def write(content, name="talk.wav"):
        path = tmp_path / name
        path.write_bytes(content)
        return source(path)

    return write


ABSURD = {
    "empty": (b"", "'talk.wav' is not a recording that can be read"),
    "header only": (wav_bytes(b""), "nothing can be decoded"),
    "no channel": (wav_bytes(TALK, channels=0), "claims 0 channels; 1 to 32 are accepted"),
    "33 channels": (wav_bytes(TALK, channels=33), "claims 33 channels; 1 to 32 are accepted"),
    "65535 channels": (wav_bytes(TALK, channels=65_535), "1 to 32 are accepted"),
    "no rate": (wav_bytes(TALK, rate_hz=0), "not a recording that can be read"),
    "1 Hz": (wav_bytes(TALK, rate_hz=1), "claims 1 samples a second; 1000 to 768000 are accepted"),
    "2 GHz": (wav_bytes(TALK, rate_hz=0x7FFFFFFF), "claims 2147483647 samples a second"),
    "no bits": (wav_bytes(TALK, bits=0), "in a format that cannot be decoded"),
}


@EACH
@pytest.mark.parametrize(("content", "refusal"), ABSURD.values(), ids=ABSURD)
def test_absurd_header_is_refused_in_words(context, recording, pipeline, content, refusal):
    with pytest.raises(BadInput, match=refusal) as refused:
        run_pipeline(pipeline, [recording(content)], {}, context)

    assert refused.value.code == "bad_media"
    assert list(context.workdir.iterdir()) == []


@EACH
def test_silent_film_is_refused(context, tmp_path, pipeline):
    film = tmp_path / "silent.mp4"
    with av.open(str(film), "w") as container:
        video = container.add_stream("mpeg4", rate=5)
        video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
        black = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        container.mux([*video.encode(black), *video.encode()])

    with pytest.raises(BadInput, match=r"'silent\.mp4' has no sound track") as refused:
        run_pipeline(pipeline, [source(film, "video/mp4")], {}, context)

    assert refused.value.code == "no_audio"
    assert list(context.workdir.iterdir()) == []


@pytest.mark.parametrize("part", [0.1, 0.9])
def test_wav_cut_short_is_heard_as_far_as_it_goes(context, recording, part):
    whole = wav_bytes(TALK)

    finished = run_pipeline("audio.convert", [recording(whole[: round(len(whole) * part)])], {}, context)

    assert finished.result.body["duration_s"] == pytest.approx(3 * part, abs=0.01)
    assert finished.result.warnings == (f"'talk.wav' ends after {3 * part:.1f} s; its header promises 3.0 s",)


@pytest.mark.parametrize("promised_bytes", [0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFF0])
def test_wav_from_a_pipe_promises_nothing(context, recording, promised_bytes):
    piped = recording(wav_bytes(TALK, promised_bytes=promised_bytes))

    finished = run_pipeline("audio.convert", [piped], {}, context)

    assert finished.result.body["duration_s"] == 3.0
    assert finished.result.warnings == ()


def test_flac_that_claims_weeks_is_as_long_as_it_is(context, tmp_path, recording):
    content = bytearray(encode(tmp_path / "a.flac", babble(3), RATE_HZ, "flac").read_bytes())
    content[21:26] = struct.pack(">BI", content[21] | 0x0F, 0xFFFFFFFF)  # STREAMINFO's 36 bits of total samples

    finished = run_pipeline("audio.convert", [recording(content, "weeks.flac")], {}, context)

    assert finished.result.body["duration_s"] == 3.0


def test_samples_that_are_no_numbers_are_silence_and_told(context, recording):
    samples = babble(3).astype("<f4")
    samples[::7], samples[3::7] = np.nan, np.inf
    wrong = np.count_nonzero(~np.isfinite(samples))

    finished = run_pipeline("audio.convert", [recording(wav_bytes(samples.tobytes(), form=3, bits=32))], {}, context)

    assert finished.result.warnings == (f"'talk.wav' holds {wrong} samples that are no numbers, heard as silence",)
    assert finished.result.body["peak_dbfs"] == pytest.approx(-9.3, abs=0.5)  # the rest is as loud as it was


@pytest.mark.parametrize("channels", [1, 3, 6])
def test_numbers_beyond_full_scale_are_clipped_and_told(context, recording, channels):
    loud = np.repeat(babble(1) * 1e30, channels).astype("<f4")

    finished = run_pipeline(
        "audio.convert", [recording(wav_bytes(loud.tobytes(), form=3, bits=32, channels=channels))], {}, context
    )

    assert finished.result.body["duration_s"] == 1.0
    assert "louder than full scale" in finished.result.warnings[0]


@pytest.mark.parametrize(
    ("name", "codec", "warning"),
    [
        ("a.m4a", "aac", "packets could not be decoded"),
        ("a.flac", "flac", "lacks"),
        ("a.ogg", "libopus", r"lacks 1\.0 s of its sound, heard as silence"),
        ("a.mkv", "aac", "packets could not be decoded"),
    ],
)
def test_what_follows_damage_keeps_its_time(context, tmp_path, recording, name, codec, warning):
    beep_at_s = 8.0
    samples = babble(10, 48_000)
    samples[round(beep_at_s * 48_000) :] = 0
    samples[round(beep_at_s * 48_000) :] += np.sin(np.arange(96_000) / 5, dtype=np.float32)
    content = bytearray(encode(tmp_path / name, samples, 48_000, codec).read_bytes())
    third = len(content) // 3
    content[third : third + 3000] = np.random.default_rng(0).bytes(3000)

    damaged = recording(content, f"damaged-{name}")
    with open_sound(damaged) as sound:
        heard = np.concatenate(list(sound.mono()))
        warnings = sound.warnings()

    assert len(heard) / RATE_HZ == pytest.approx(10, abs=0.1)
    assert np.argmax(np.abs(heard) > 0.7) / RATE_HZ == pytest.approx(beep_at_s, abs=0.1)
    assert re.search(warning, "; ".join(warnings))
