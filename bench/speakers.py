"""Speakers told apart: how much of the time of made dialogues is given to the wrong one.

Told is the diarisation error rate of NIST's Rich Transcription evaluations (Fiscus et al. 2006,
https://doi.org/10.1007/11965152_28): of the time in which somebody speaks, the share that was missed, found where
nobody speaks, or given to another, under the best assignment of found speakers to true ones. As is usual, 0.25 s
before and after every true beginning and end are not counted; without that collar it is told beside. Nobody speaks at
the same time as another in these dialogues: where people do, the error is higher.

The voices are variants of eSpeak NG that the small model of the tests (tests/checkpoints/speakers.onnx, 0.14 million
weights) never heard in its training, and then those it did hear, saying other words. Some are played slower or faster.
Each says whole sentences, two in a row at times, after pauses of 0.15 to 0.9 s. How many there are is found out, and
then told beforehand. The small model's prints depend on what is said besides who says it, with voices of its training
too: the figures bound what is claimed of it, and say little of published models, none of which was at hand.

    python -m bench.speakers [--dialogues 12] [--seed 7]
"""

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the checkpoint and its voices lie with the tests

from checkpoints.spoken_voices import FILE, SENTENCES, STRANGERS, TRAINED, Dialogue, dialogue

from bench.table import Table, print_tables
from pipelines.engines.telling_apart import print_voices
from pipelines.engines.voice_printing import load_printer
from pipelines.media.turns import Turn, Windowed, turns_of
from pipelines.media.voice_prints import HowMany, VoicePrints

COLLAR_S = 0.25
FRAME_S = 0.01
LINES = 16
NOBODY = -1
PACES = (0.88, 1.0, 1.13)

Spoken = Sequence[tuple[float, float, str]]
"""Who speaks from when to when, in seconds; nobody at the same time as another."""


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Make dialogues and hold the turns that were found against those that were spoken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dialogues", type=int, default=12, help="of each number of speakers")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    rows = [
        (known, *_row(voices, speakers, options.dialogues, chance))
        for known, voices in (("strangers", STRANGERS), ("in training", TRAINED))
        for speakers in (1, 2, 3, 4)
    ]
    headings = (
        "voices",
        "speakers",
        "dialogues",
        "minutes",
        "number right %",
        "error %",
        "without collar %",
        "error % if told",
    )
    yield Table(f"Dialogues by eSpeak NG, seed {options.seed}", headings, rows)


def _row(voices: Sequence[str], speakers: int, dialogues: int, chance: random.Random) -> tuple[object, ...]:
    printer = load_printer(FILE)
    minutes, right, rates = 0.0, 0, []
    for _ in range(dialogues):
        made = _dialogue(voices, speakers, chance)
        truth = [(one.start_s, one.end_s, one.voice) for one in made.spoken]
        prints = VoicePrints()
        for _ in print_voices([made.samples], 0.0, printer, prints, lambda: None):
            pass
        free, told = _turns(prints, HowMany()), _turns(prints, HowMany(speakers, speakers))
        right += len({turn.speaker for turn in free}) == speakers
        found = [(turn.start_s, turn.end_s, turn.speaker) for turn in free]
        known = [(turn.start_s, turn.end_s, turn.speaker) for turn in told]
        rates.append([error_rate(truth, found), error_rate(truth, found, 0.0), error_rate(truth, known)])
        minutes += made.spoken[-1].end_s / 60
    return (speakers, dialogues, minutes, 100 * right / dialogues, *(100 * np.mean(rates, axis=0)).tolist())


def _dialogue(variants: Sequence[str], speakers: int, chance: random.Random) -> Dialogue:
    voices = [f"en+{variant}@{chance.choice(PACES)}" for variant in chance.sample(variants, speakers)]
    turns = [*voices, *chance.choices(voices, k=LINES - speakers)]
    lines = [(voice, chance.choice(SENTENCES)) for voice in turns]
    return dialogue(lines, [chance.uniform(0.15, 0.9) for _ in lines])


def _turns(prints: VoicePrints, how_many: HowMany) -> list[Turn]:
    told = zip(prints.times_s(), prints.speakers(how_many), strict=True)
    return turns_of([Windowed(start_s, end_s, speaker) for (start_s, end_s), speaker in told])


def error_rate(truth: Spoken, found: Spoken, collar_s: float = COLLAR_S) -> float:
    """The diarisation error rate of ``found``, in frames of 10 ms; it may be more than 1."""
    frames = round(max(end_s for _, end_s, _ in [*truth, *found]) / FRAME_S) + 1
    wanted, given = _frames(truth, frames), _frames(found, frames)
    counted = np.ones(frames, bool)
    for start_s, end_s, _ in truth:
        for moment_s in (start_s, end_s):
            first, last = round((moment_s - collar_s) / FRAME_S), round((moment_s + collar_s) / FRAME_S)
            counted[max(first, 0) : last] = False
    wanted, given = wanted[counted], given[counted]
    both = (wanted != NOBODY) & (given != NOBODY)
    together = np.zeros((wanted.max(initial=0) + 1, given.max(initial=0) + 1))
    np.add.at(together, (wanted[both], given[both]), 1)
    right = together[linear_sum_assignment(together, maximize=True)].sum()
    wrong = np.maximum(wanted != NOBODY, given != NOBODY).sum() - right
    return float(wrong / (wanted != NOBODY).sum())


def _frames(spoken: Spoken, frames: int) -> NDArray[np.int64]:
    """The number of who speaks in each frame."""
    speaks = np.full(frames, NOBODY)
    numbers: dict[str, int] = {}
    for start_s, end_s, speaker in spoken:
        speaks[round(start_s / FRAME_S) : round(end_s / FRAME_S)] = numbers.setdefault(speaker, len(numbers))
    return speaks


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
