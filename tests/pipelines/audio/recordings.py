"""Recordings made by the tests: synthetic sound, encoded by PyAV into the containers people really use."""

import struct
import wave
from pathlib import Path

import av
import numpy as np

from pipelines.contract import Source

RATE_HZ = 16_000


def source(path, media_type="audio/wav", name=None):
    return Source(Path(path), name or Path(path).name, media_type, Path(path).stat().st_size)


def babble(duration_s, rate_hz=RATE_HZ, seed=0):
    """Sound with the rhythm of speech: four buzzing syllables a second, a pause after every two seconds."""
    t = np.arange(int(duration_s * rate_hz)) / rate_hz
    buzz = sum(np.sin(2 * np.pi * 120 * k * t) / k for k in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 4 * t), 0, None)
    speaking = (t % 2.3) < 2.0
    hiss = np.random.default_rng(seed).normal(0, 0.0005, len(t))
    return (0.2 * buzz * syllables * speaking + hiss).astype(np.float32)


def write_wav(path, samples, rate_hz=RATE_HZ):
    """Write float samples of shape (n,) or (n, channels) as 16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm(samples))
    return path


def write_pcm(path, content, rate_hz):
    """Write 16-bit samples of one channel as WAV."""
    path.write_bytes(wav_bytes(content, rate_hz=rate_hz))
    return path


def wav_bytes(content, *, form=1, channels=1, rate_hz=RATE_HZ, bits=16, promised_bytes=None):
    """A WAV file whose header says what it is told, true or not; ``form`` 1 is PCM, 3 floating point."""
    align = channels * bits // 8
    fmt = struct.pack("<HHIIHH", form, channels, rate_hz, rate_hz * align & 0xFFFFFFFF, align & 0xFFFF, bits)
    size = struct.pack("<I", len(content) if promised_bytes is None else promised_bytes)
    return (
        b"RIFF"
        + struct.pack("<I", len(content) + 36)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + fmt
        + b"data"
        + size
        + content
    )


def pcm(samples):
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def encode(path, samples, rate_hz, codec, *, picture=False, late_s=0.0, tracks=1):
    """Encode mono float samples with PyAV into the container that the suffix of ``path`` names.

    The sound begins ``late_s`` after the picture. There are so many ``tracks`` of it.
    """
    with av.open(str(path), "w") as container:
        if picture:
            video = container.add_stream("mpeg4", rate=5)
            video.width, video.height, video.pix_fmt = 32, 32, "yuv420p"
        sounds = [container.add_stream(codec, rate=rate_hz, layout="mono") for _ in range(tracks)]
        frame = av.AudioFrame.from_ndarray(
            (np.clip(samples, -1, 1) * 32767).astype(np.int16).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate = rate_hz
        frame.pts = round(late_s * rate_hz)
        if picture:
            for _ in range(int(5 * len(samples) / rate_hz)):
                black = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
                container.mux(video.encode(black))
            container.mux(video.encode())
        for audio in sounds:
            container.mux(audio.encode(frame))
            container.mux(audio.encode())
    return path
