"""What Whisper on CTranslate2 is asked of a window, and what it answers."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.whisper_decoding import TEMPERATURES, Stretch, TimedWord, Written


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A window to be written down: ``samples`` as ``Window`` has them. ``language`` None means: find out.

    ``tries``: what was written at lower temperatures, which may not stand.
    """

    samples: NDArray[np.float32]
    language: str | None
    task: str
    prompt: tuple[int, ...]
    beam: int
    word_times: bool
    tries: tuple[Written, ...] = ()

    @property
    def temperature(self) -> float:
        """At which it is written next."""
        return TEMPERATURES[len(self.tries)]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What was said in a window: its stretches, the words of each where their times were asked for, and up to where."""

    language: str
    written: Written
    stretches: list[Stretch]
    words: list[list[TimedWord]]
    until_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Again:
    """What was written may not stand: the window is asked for once more, at the next temperature."""

    asked: Asked


def alike(asked: Asked) -> Hashable:
    """What may be decoded in one pass: CTranslate2 wants prompts of one length, and one beginning to align words by."""
    beginning = (asked.language, asked.task) if asked.word_times else None
    unknown = object() if asked.word_times and asked.language is None else None
    return (len(asked.prompt), asked.beam, asked.temperature, asked.word_times, beginning, unknown)
