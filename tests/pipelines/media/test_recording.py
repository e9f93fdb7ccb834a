"""A recording of bare samples becomes a WAV file that says how long it is."""

import io
import wave

from pipelines.media.recording import bytes_until, seconds_of, wav_header


def test_header_and_samples_are_a_wav_file():
    samples = bytes(range(256)) * 125

    with wave.open(io.BytesIO(wav_header(len(samples)) + samples)) as file:
        told = (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes())
        frames = file.readframes(file.getnframes())

    assert told == (1, 2, 16_000, 16_000)
    assert frames == samples


def test_half_a_sample_does_not_sound():
    assert seconds_of(32_001) == 1.0


def test_a_moment_is_the_place_of_a_whole_sample():
    assert bytes_until(0.50003) == 16_000
