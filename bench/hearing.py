"""Hearing: how many times faster than real time speech is transcribed, beside what people use today.

Compared are openai-whisper as it comes, faster-whisper one window at a time and batched, transformers' pipeline, and
Triptych's `audio.transcribe`, on the same weights: random ones of the published size, in which each window has the
same number of tokens (bench/whisper_of_size.py). The sound is speech by eSpeak NG: one file, and several handed over
together, whose windows only Triptych and transformers decode together. Every engine and round is a fresh process;
loading is not in the times. Rounds take the engines in turn, and medians are told. Joules are what Intel's RAPL or
NVIDIA's driver count, where either can be read.

    python -m bench.hearing [--size base] [--seconds 120] [--files 8] [--tokens 100] [--rounds 3] [--home DIRECTORY]
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.hearing_engines import ENGINES
from bench.made_input import write_speech
from bench.table import Table, print_tables
from bench.whisper_of_size import DIMENSIONS, write_checkpoint, write_for_transformers

OPENAI = "openai-whisper"
NOT_READ = "not to be read here"


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Make the weights and the sound, then measure one file and several."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=options.home) as folder:
        home = Path(folder)
        _make_weights(home, options.size, options.tokens)
        for files, seconds in ((1, options.seconds), (options.files, min(options.seconds, 60))):
            _make_sound(home, files, seconds)
            taken: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
            for _ in range(options.rounds):
                for engine in ENGINES:
                    taken[engine].append(_measured(engine, home, options.size))
            yield _table(f"Whisper {options.size}, {files} x {seconds} s, {options.tokens} tokens a window", taken)


def _make_weights(home: Path, size: str, tokens: int) -> None:
    from pipelines.engines.ct2_conversion import convert

    checkpoint = home / "models" / "whisper" / f"{size}.pt"
    write_checkpoint(checkpoint, size, tokens)
    converted = home / "models" / "faster-whisper" / size
    convert(checkpoint, size, converted)
    write_for_transformers(checkpoint, converted / "tokenizer.json", home / "transformers")


def _make_sound(home: Path, files: int, seconds: int) -> None:
    """Fresh files in ``home/sound``; the last ones of another number are taken away."""
    folder = home / "sound"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for number in range(files):
        write_speech(folder / f"{number}.wav", seconds)


def _measured(engine: str, home: Path, size: str) -> dict[str, Any]:  # Any: JSON
    command = [sys.executable, "-m", "bench.hearing_engines", engine, str(home), size]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def _table(title: str, taken: dict[str, list[dict[str, Any]]]) -> Table:
    speeds = {
        engine: statistics.median(one["sound_s"] / one["took_s"] for one in rounds) for engine, rounds in taken.items()
    }
    rows = [
        (
            engine,
            speeds[engine],
            speeds[engine] / speeds[OPENAI],
            round(statistics.median(one["words"] for one in taken[engine])),
            round(statistics.median(one["peak_mib"] for one in taken[engine])),
            _joules(taken[engine]),
            _utilisation(taken[engine]),
        )
        for engine in taken
    ]
    headings = ("engine", "x real time", "times openai-whisper", "words", "peak MiB", "joules", "GPU busy %")
    return Table(title, headings, rows)


def _joules(rounds: Sequence[dict[str, Any]]) -> object:
    read = [one["joules"] for one in rounds if one["joules"] is not None]
    return round(statistics.median(read)) if read else NOT_READ


def _utilisation(rounds: Sequence[dict[str, Any]]) -> object:
    read = [one["gpu_busy"] for one in rounds if one["gpu_busy"] is not None]
    return round(100 * statistics.median(read)) if read else "no GPU"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=DIMENSIONS, default="base")
    parser.add_argument("--seconds", type=int, default=120, help="of the one file; several have 60 at most")
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=100, help="in each window")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, help="where the weights and the sound are put meanwhile")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
