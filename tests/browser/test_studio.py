"""The browser's tests, which drive Chromium against the whole stack: written in TypeScript beside the UI."""

import wave
from pathlib import Path

import numpy as np
import pytest
from checkpoints.digits import publish
from checkpoints.spoken_digits import RATE_HZ, recited
from support.in_chromium import in_chromium
from support.local_stack import local_stack

pytestmark = pytest.mark.browser


def say_digits(path: Path) -> Path:
    """What Chromium's microphone hears: two phrases of digits with silence around them, and long after them."""
    first, second = (phrase.samples for phrase in recited([("en", (3, 1, 4, 2, 6, 5)), ("en", (8, 5, 9))]))
    silence = np.zeros(2 * RATE_HZ, np.float32)
    heard = np.concatenate([silence, silence, first, silence, second, *[silence] * 60])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((heard * 32767).astype("<i2").tobytes())
    return path


def test_the_ui_does_in_chromium_what_its_tests_say(tmp_path: Path) -> None:
    publish(tmp_path / "models" / "whisper" / "tiny.pt")
    spoken = say_digits(tmp_path / "spoken.wav")
    with local_stack(tmp_path) as stack:
        stack.wait_for("Triptych is ready")

        with stack.read_on():
            status, said = in_chromium(TRIPTYCH_URL=f"http://localhost:{stack.port}", TRIPTYCH_SPOKEN=str(spoken))

        assert status == 0, said
