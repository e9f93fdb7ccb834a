"""Small inputs made on the spot, so that a measurement needs no file of anyone's."""

import json
import math
import struct
import wave
from pathlib import Path

from pipelines.catalogue import Pipeline
from pipelines.contract import Source
from pipelines.media.recording import RECORDING

SAMPLE_RATE_HZ = 16_000
DURATION_S = 5
SENTENCES = (
    "A colony of honey bees stores its honey in combs of wax. ",
    "The workers collect nectar and pollen from the flowers around. ",
    "The queen lays eggs, and young workers feed what hatches. ",
)


def made_source(pipeline: Pipeline, directory: Path) -> Source:
    """A text of a page, a tone of five seconds, a picture of words or several texts, whichever ``pipeline`` takes."""
    makers = {
        "text/plain": _text,
        "audio/wav": _tone,
        "image/png": _picture,
        RECORDING: _tone,
        "application/json": _texts,
    }
    for media_type, make in makers.items():
        if pipeline.takes(media_type):
            path = directory / f"made.{media_type.partition('/')[2]}"
            make(path)
            return Source(path, path.name, media_type, path.stat().st_size)
    raise ValueError(f"{pipeline.name} takes only {', '.join(pipeline.accepts)}: none of it is made here")


def write_speech(path: Path, seconds: int) -> None:
    """Sentences read aloud by eSpeak NG, again and again, as WAV of exactly so many seconds, mono, 16 kHz."""
    import numpy as np
    from scipy.signal import resample_poly

    from pipelines.engines.espeak_ng import loaded_library

    espeak = loaded_library()
    pcm = b"".join(espeak.say("".join(SENTENCES), "en-us", 1.0, lambda: None))
    once = resample_poly(np.frombuffer(pcm, "<i2").astype(np.float32), SAMPLE_RATE_HZ, espeak.rate_hz)
    samples = np.resize(once, seconds * SAMPLE_RATE_HZ).clip(-32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes(samples.tobytes())


def _text(path: Path) -> None:
    path.write_text("".join(SENTENCES) * 10, encoding="utf-8")


def _texts(path: Path) -> None:
    path.write_text(json.dumps(SENTENCES), encoding="utf-8")


def _tone(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        samples = (round(9000 * math.sin(2 * math.pi * 440 * n / SAMPLE_RATE_HZ)) for n in range(16_000 * DURATION_S))
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


def _picture(path: Path) -> None:
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (1280, 720), "white")
    ImageDraw.Draw(picture).multiline_text((60, 60), "\n".join(SENTENCES), "black", ImageFont.load_default(32))
    picture.save(path)
