import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.engines.espeak_ng import EspeakLibrary
from pipelines.engines.spoken_languages import TONGUES

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[3]


def test_every_language_offered_has_a_voice():
    library = EspeakLibrary()
    voices = {tongue.espeak for tongue in TONGUES.values() if tongue.espeak}

    silent = {voice for voice in voices if not b"".join(library.say("1", voice, 2.0, lambda: None))}

    assert silent == set()


def test_threads_that_speak_first_together_all_speak() -> None:
    """In a process of its own, since what this guards against is a crash."""
    script = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from pipelines.engines.espeak_ng import loaded_library
together = Barrier(8)
def speak(_):
    together.wait()
    return sum(len(piece) for piece in loaded_library().say("Good morning.", "en-us", 1.0, lambda: None))
with ThreadPoolExecutor(8) as threads:
    print(len(set(threads.map(speak, range(8)))))
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)

    assert (done.returncode, done.stderr) == (0, "")
