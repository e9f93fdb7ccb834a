"""The frames of an MP3, as FFmpeg writes it at every rate."""

import math
import wave

import numpy as np
import pytest

from pipelines.media.sound_editing import encode
from pipelines.media.sound_formats import SoundFormat
from triptych.openai.mp3_frames import frames


@pytest.fixture
def mp3(tmp_path):
    def encoded(rate_hz):
        wav, target = tmp_path / "tone.wav", tmp_path / "tone.mp3"
        with wave.open(str(wav), "wb") as file:
            file.setparams((1, 2, rate_hz, 0, "NONE", "NONE"))
            tone = np.sin(np.arange(rate_hz) * 2 * math.pi * 440 / rate_hz)
            file.writeframes((tone * 10_000).astype("<i2").tobytes())
        encode(wav, target, SoundFormat.MP3, lambda: None, bitrate_kbps=64)
        return target.read_bytes()

    return encoded


@pytest.mark.parametrize("rate_hz", [8_000, 22_050, 24_000, 44_100])
def test_frames_hold_a_second_of_sound_and_no_tag(mp3, rate_hz):
    whole = mp3(rate_hz)

    found = list(frames(whole))

    kept = b"".join(frame.content for frame in found)
    assert kept == whole[-len(kept) :]
    assert 0.99 < sum(frame.duration_s for frame in found) < 1.3
    assert whole.startswith(b"ID3")
    assert b"ID3" not in kept
    assert b"Info" not in kept[:100]


@pytest.mark.parametrize("content", [b"RIFF....WAVE", b"\xff\xfb\xf0\x00....", b"\xff\xeb\x90\x00...."])
def test_what_is_no_mp3_is_refused(content):
    with pytest.raises(ValueError, match="MP3"):
        list(frames(content))
