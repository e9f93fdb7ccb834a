"""Spoken digits: how well the small Whisper of the tests hears what it was trained to hear.

Told is the word error rate, the share of words that are wrong, missing or too many (the least number of edits), over
phrases by eSpeak NG that were in no training, each in a recording of its own and several in one, with one to three
seconds between them. The checkpoint has 1.1 million weights, in tests/checkpoints; the engine is CTranslate2.

    python -m bench.digits [--phrases 60] [--seed 12345]
"""

import argparse
import random
import sys
import tempfile
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the checkpoint lies with the tests

from checkpoints.digits import publish
from checkpoints.spoken_digits import RATE_HZ, WORDS, Phrase, Speaker, phrases

from bench.edits import edits
from bench.table import Table, print_tables
from pipelines.contract import Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.standalone import run_pipeline, standalone_context

TOGETHER = 4


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Make fresh phrases and hold what was heard against what was said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=int, default=60, help="of each language")
    parser.add_argument("--seed", type=int, default=12345, help="another one than training's 0, 1 and 2")
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    made = phrases(Speaker(), chance)
    rows = []
    with tempfile.TemporaryDirectory(prefix="triptych-bench-") as folder:
        home = Path(folder)
        publish(home / "models" / "whisper" / "tiny.pt")
        models = BoundedModelCache()
        for language in WORDS:
            said = list(_some(made, language, options.phrases))
            for together in (1, TOGETHER):
                groups = [said[at : at + together] for at in range(0, len(said), together)]
                errors, words = 0, 0
                for group in groups:
                    truth = " ".join(phrase.text for phrase in group).split()
                    errors += edits(truth, _heard(group, chance, home, models).split())
                    words += len(truth)
                rows.append((language, together, len(groups), words, 100 * errors / words))
    headings = ("language", "phrases a recording", "recordings", "words", "word error rate %")
    yield Table(f"Whisper of the tests, seed {options.seed}", headings, rows)


def _some(made: Iterator[Phrase], language: str, count: int) -> Iterator[Phrase]:
    for phrase in made:
        if phrase.language == language:
            yield phrase
            count -= 1
        if not count:
            return


def _heard(group: Sequence[Phrase], chance: random.Random, home: Path, models: BoundedModelCache) -> str:
    pieces = [np.zeros(RATE_HZ, np.float32)]
    for phrase in group:
        pieces += [phrase.samples, np.zeros(round(chance.uniform(1, 3) * RATE_HZ), np.float32)]
    path = home / "digits.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((np.concatenate(pieces).clip(-1, 1) * 32767).astype("<i2").tobytes())
    workdir = home / "work"
    workdir.mkdir(exist_ok=True)
    source = Source(path, path.name, "audio/wav", path.stat().st_size)
    context = standalone_context(workdir, home / "models", models)
    return str(run_pipeline("audio.transcribe", [source], {"size": "tiny"}, context).result.body["text"])


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
