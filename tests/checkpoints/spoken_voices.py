"""What the speakers checkpoint is trained and measured on: eSpeak NG's variants, each as a speaker of its own."""

import multiprocessing
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from checkpoints.spoken_digits import AUDIBLE, RATE_HZ, Speaker
from numpy.typing import NDArray

FILE = Path(__file__).parent / "speakers.onnx"  # train_speakers.py makes it

# Kept from training, so that what is measured with them are strangers.
STRANGERS = ("f2", "f4", "m3", "m7", "Annie", "grandpa")
TRAINED = (
    "Alex",
    "Alicia",
    "Andrea",
    "Andy",
    "AnxiousAndy",
    "Denis",
    "Diogo",
    "Gene",
    "Henrique",
    "Hugo",
    "Jacky",
    "Lee",
    "Marco",
    "Mario",
    "Michael",
    "Nguyen",
    "Reed",
    "RicishayMax",
    "Storm",
    "Tweaky",
    "adam",
    "anika",
    "antonio",
    "aunty",
    "belinda",
    "benjamin",
    "boris",
    "caleb",
    "croak",
    "david",
    "ed",
    "edward",
    "f1",
    "f3",
    "f5",
    "fast",
    "grandma",
    "gustave",
    "ian",
    "iven",
    "john",
    "kaukovalta",
    "klatt",
    "klatt2",
    "linda",
    "m1",
    "m2",
    "m4",
    "m5",
    "m6",
    "m8",
    "marcelo",
    "max",
    "michel",
    "miguel",
    "mike2",
    "norbert",
    "pablo",
    "paul",
    "pedro",
    "quincy",
    "rob",
    "robert",
    "robosoft",
    "sandro",
    "shelby",
    "steph",
    "steph2",
    "travis",
    "victor",
    "zac",
)
LANGUAGES = ("en-us", "en", "de", "es", "fr", "it", "nl", "pl")
SENTENCES = (
    "The ferry left at noon, as it had every day since the war.",
    "Nobody was on the quay but the baker's boy.",
    "He waved until it was out of sight and then went home.",
    "I never heard what became of the letters you sent me.",
    "We could meet tomorrow morning in front of the library.",
    "That would be fine, although I may be a little late.",
    "Did anybody look for the keys under the kitchen table?",
    "My sister has lived in this street for eleven years.",
    "The price of bread went up again, and nobody knows why.",
    "Please close the window before the rain comes in.",
    "There were more people at the concert than last summer.",
    "What you say is true, but it is only half of the story.",
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """``voice`` speaks from ``start_s`` to ``end_s`` of a dialogue."""

    voice: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Dialogue:
    """Several voices one after the other: float32 samples of shape (n,) at ``RATE_HZ``, and who speaks when."""

    samples: NDArray[np.float32]
    spoken: tuple[Spoken, ...]


def dialogue(lines: Sequence[tuple[str, str]], pauses_s: Sequence[float]) -> Dialogue:
    """``lines`` of a voice and what it says, each after a pause; the same sound each time.

    A voice is one of eSpeak NG, such as ``en+f2``; ``en+f2@1.13`` is the same played faster and so higher, which makes
    it somebody else: the length of the vocal tract is what differs most between people.

    What eSpeak NG says depends on everything it said before, so a process of its own says it.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        said = alone.submit(_say_all, lines).result()
    pieces: list[NDArray[np.float32]] = []
    spoken: list[Spoken] = []
    at_s = 0.0
    for (voice, _), samples, pause_s in zip(lines, said, pauses_s, strict=True):
        silence = np.zeros(round(pause_s * RATE_HZ), np.float32)
        pieces += [silence, samples]
        start_s = at_s + len(silence) / RATE_HZ
        at_s = start_s + len(samples) / RATE_HZ
        spoken.append(Spoken(voice, start_s, at_s))
    return Dialogue(np.concatenate([*pieces, np.zeros(RATE_HZ // 2, np.float32)]), tuple(spoken))


def _say_all(lines: Sequence[tuple[str, str]]) -> list[NDArray[np.float32]]:
    speaker = Speaker()
    return [_played(_audible(speaker.sound(text, voice.partition("@")[0])[0]), voice) for voice, text in lines]


def _played(samples: NDArray[np.float32], voice: str) -> NDArray[np.float32]:
    pace = float(voice.partition("@")[2] or 1)
    there = np.arange(0, len(samples), pace)
    return np.interp(there, np.arange(len(samples)), samples).astype(np.float32)


def training_speech(speaker: Speaker, chance: random.Random, variant: str) -> Iterator[NDArray[np.float32]]:
    """``variant`` saying words that are none, in one language after another, for ever; about four seconds each."""
    while True:
        voice = f"{chance.choice(LANGUAGES)}+{variant}"
        text = " ".join(_word(chance) for _ in range(10))
        samples, _ = speaker.sound(
            text, voice, chance.randint(130, 210), chance.randint(44, 56), chance.getrandbits(31)
        )
        if np.abs(samples).max(initial=0.0) > AUDIBLE:
            yield _audible(samples)


def _audible(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without the silence at both ends."""
    loud = np.flatnonzero(np.abs(samples) > AUDIBLE)
    return samples[loud[0] : loud[-1] + 1]


def _word(chance: random.Random) -> str:
    syllables = range(chance.randint(1, 3))
    return "".join(
        chance.choice("bdfghklmnprstvwz") + chance.choice("aeiou") + chance.choice("  nrlst") for _ in syllables
    )
