"""Cutting a stream of sound into windows of speech: silence is left out, and cuts lie in pauses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.media.sound import SPEECH_RATE_HZ
from pipelines.media.windows import LONGEST_S, SEARCH_S, Piece, Window, behind, nothing_until

FRAME = 512  # samples: what a detector of speech judges at a time, 32 ms, the only length that Silero's knows
FRAME_S = FRAME / SPEECH_RATE_HZ
# The thresholds of Silero's own examples: https://github.com/snakers4/silero-vad
SPEECH, NO_SPEECH = 0.5, 0.35
PAUSE_S = 0.3  # between words of a sentence it is shorter
MARGIN_S = 0.2  # kept on both sides: first and last consonants are quiet
SHORTEST_S = 0.1  # of frames judged to be speech; what is shorter is a click
LONG_PAUSE_S = 2.0  # from here on the silence between two utterances is left out
LEFT_OF_PAUSE_S = 0.6  # but for so much, and the margins: enough that a model hears that a sentence is over
# Of the recording: where a word is said now and then, the first would else wait for as many as fill half a minute. As
# it is twice a window's length, one that ends by it begins more than half a minute before the next, as in dense speech.
LONGEST_SPAN_S = 60.0
BLOCK = 64 * FRAME  # judged at once: two seconds

Samples = NDArray[np.float32]


class SpeechDetector(Protocol):
    """Judges a recording from its beginning."""

    def probabilities(self, samples: Samples) -> NDArray[np.float32]:
        """How likely there is speech in each frame of the next ``samples``: (n * ``FRAME``,) gives (n,)."""


@dataclass(slots=True)
class Utterance:
    """Samples ``first`` to ``last`` of the recording in which somebody speaks."""

    first: int
    last: int


def speech_windows(
    blocks: Iterable[Samples],
    detector: SpeechDetector,
    start_s: float = 0.0,
    until_s: float = 0.0,
) -> Iterator[Window]:
    """Yield windows of at most ``LONGEST_S`` seconds that hold every utterance once; at most two are held at a time.

    ``blocks`` is mono sound at 16 kHz whose first sample stands at ``start_s`` in the recording. What ends by
    ``until_s``, the end of an earlier window, is left out. No window spans more than ``LONGEST_SPAN_S`` of the
    recording or waits for what comes behind that. Before the first and between two, empty ones tell up to where there
    is nothing to hear.
    """
    passed = max(round((until_s - start_s) * SPEECH_RATE_HZ), 0)
    held, window = Held(), _Gathered(max(start_s, until_s))
    for ended in _judged(held, behind(passed, blocks), detector):
        for utterance, samples in ended:
            yield from window.add(utterance, samples)
        yield from window.passed(held.first)
    yield from window.rest()


def gathered(found: Iterable[tuple[Utterance, Samples]], start_s: float) -> Iterator[Window]:
    """Yield as few windows as may hold the utterances ``found``; their stream begins ``start_s`` into the recording."""
    window = _Gathered(start_s)
    for utterance, samples in found:
        yield from window.add(utterance, samples)
    yield from window.rest()


def utterances(blocks: Iterable[Samples], detector: SpeechDetector) -> Iterator[tuple[Utterance, Samples]]:
    """Yield each utterance with its samples, margins included, none longer than a window.

    ``blocks`` is mono sound at 16 kHz; an utterance's samples are counted from its beginning.
    """
    yield from chain.from_iterable(_judged(Held(), blocks, detector))


def _judged(
    held: "Held", blocks: Iterable[Samples], detector: SpeechDetector
) -> Iterator[list[tuple[Utterance, Samples]]]:
    """Yield the utterances that ended in each ``BLOCK`` of the stream, if any, with ``held`` as it is behind it."""
    for block in blocks:
        held.append(block)
        while held.unjudged >= BLOCK:
            yield list(held.judge(detector, BLOCK))
    padding = -held.unjudged % FRAME
    held.append(np.zeros(padding, np.float32))
    if held.unjudged:
        yield list(held.judge(detector, held.unjudged))
    yield list(held.last_words(padding))


@dataclass(slots=True, eq=False)
class Held:
    """The sound that may still be needed, and what is known of it: an utterance ends with a pause of ``pause_s``."""

    pause_s: float = PAUSE_S
    samples: Samples = field(default_factory=lambda: np.zeros(0, np.float32))
    first: int = 0  # where ``samples`` begin in the stream
    judged: int = 0  # up to where frames were judged
    likely: list[float] = field(default_factory=list)  # of each frame of the utterance that goes on
    begun: int | None = None  # where the utterance that goes on began
    spoken: int = 0  # where its last frame of speech ended
    ended: int = 0  # where the utterance before it ended

    @property
    def unjudged(self) -> int:
        """How many samples at the end no detector has judged."""
        return self.first + len(self.samples) - self.judged

    def append(self, block: Samples) -> None:
        """Take what comes next in the stream."""
        self.samples = np.concatenate([self.samples, block])

    def judge(self, detector: SpeechDetector, count: int) -> Iterator[tuple[Utterance, Samples]]:
        """Judge the next ``count`` samples, whole frames, and yield the utterances that end in them."""
        at = self.judged - self.first
        for probability in detector.probabilities(self.samples[at : at + count]).tolist():
            yield from self._frame(probability)
        self._forget()

    def last_words(self, padding: int) -> Iterator[tuple[Utterance, Samples]]:
        """What was still being said when the stream ended."""
        self.samples = self.samples[: len(self.samples) - padding]
        yield from self._end()

    def under_way(self) -> tuple[Utterance, Samples] | None:
        """What has been said so far of an utterance that goes on; its last sample is the end of its last word."""
        if self.begun is None or self.spoken - self.begun < SHORTEST_S * SPEECH_RATE_HZ:
            return None
        first = self._beginning(self.begun)
        return Utterance(first, self.spoken), self.samples[first - self.first : self.judged - self.first].copy()

    def _frame(self, probability: float) -> Iterator[tuple[Utterance, Samples]]:
        frame_begins, self.judged = self.judged, self.judged + FRAME
        if self.begun is None:
            if probability < SPEECH:
                return
            self.begun, self.likely = frame_begins, []
        self.likely.append(probability)
        if probability >= NO_SPEECH:
            self.spoken = self.judged
        if self.judged - self.spoken >= self.pause_s * SPEECH_RATE_HZ:
            yield from self._end()
        elif self.judged - self.begun >= (LONGEST_S - 2 * MARGIN_S) * SPEECH_RATE_HZ:
            yield from self._cut()

    def _cut(self) -> Iterator[tuple[Utterance, Samples]]:
        """End the utterance at the frame that is least like speech, and go on behind it."""
        if self.begun is None:
            return
        first = len(self.likely) - round(SEARCH_S / FRAME_S)
        at = first + int(np.argmin(self.likely[first:]))
        cut = self.judged - (len(self.likely) - at) * FRAME + FRAME // 2  # ``begun`` may lie in the middle of a frame
        yield self._kept(self.begun, cut, margin_after_s=0.0)
        self.begun, self.likely = cut, self.likely[at + 1 :]

    def _end(self) -> Iterator[tuple[Utterance, Samples]]:
        if self.begun is not None and self.spoken - self.begun >= SHORTEST_S * SPEECH_RATE_HZ:
            yield self._kept(self.begun, self.spoken, MARGIN_S)
        self.begun = None

    def _kept(self, begun: int, ended: int, margin_after_s: float) -> tuple[Utterance, Samples]:
        first = self._beginning(begun)
        last = min(ended + round(margin_after_s * SPEECH_RATE_HZ), self.first + len(self.samples))
        self.ended = last
        return Utterance(first, last), self.samples[first - self.first : last - self.first].copy()

    def _beginning(self, begun: int) -> int:
        return max(begun - round(MARGIN_S * SPEECH_RATE_HZ), self.ended, self.first)

    def _forget(self) -> None:
        """Let go of what was judged and said, but for the margin before what may come next."""
        needed = self.judged if self.begun is None else self.begun
        forget = max(needed - round(MARGIN_S * SPEECH_RATE_HZ) - self.first, 0)
        self.samples, self.first = self.samples[forget:], self.first + forget


@dataclass(slots=True, eq=False)
class _Gathered:
    """The utterances of the window that is being filled; ``start_s``: where the stream stands in the recording."""

    start_s: float
    held: list[tuple[Utterance, Samples]] = field(default_factory=list)
    length: int = 0  # in samples, the silences that are kept included

    def add(self, utterance: Utterance, samples: Samples) -> Iterator[Window]:
        gap = self._gap(utterance)
        is_full = self.length + gap + len(samples) > LONGEST_S * SPEECH_RATE_HZ
        if self.held and (is_full or self._spans_too_much(utterance.last)):
            yield from self.rest()
            gap = 0
        self.held.append((utterance, samples))
        self.length += gap + len(samples)

    def passed(self, at: int) -> Iterator[Window]:
        """No utterance that is still to be added begins before sample ``at`` of the stream."""
        if not self.held:
            yield nothing_until(self.start_s + at / SPEECH_RATE_HZ)
        elif self._spans_too_much(at):
            yield from self.rest()

    def rest(self) -> Iterator[Window]:
        if self.held:
            yield self._window()
        self.held, self.length = [], 0

    def _spans_too_much(self, last: int) -> bool:
        """Whether the window would, if it went on to sample ``last`` of the stream."""
        return last - self.held[0][0].first > LONGEST_SPAN_S * SPEECH_RATE_HZ

    def _gap(self, utterance: Utterance) -> int:
        """How many silent samples are kept before ``utterance``."""
        return _kept_of(utterance.first - self.held[-1][0].last) if self.held else 0

    def _window(self) -> Window:
        joined: list[Samples] = []
        pieces: list[Piece] = []
        length, ended = 0, None
        for utterance, samples in self.held:
            pause = 0 if ended is None else utterance.first - ended
            joined.append(np.zeros(_kept_of(pause), np.float32))
            length += _kept_of(pause)
            if ended is None or pause >= LONG_PAUSE_S * SPEECH_RATE_HZ:
                pieces.append(Piece(length / SPEECH_RATE_HZ, self.start_s + utterance.first / SPEECH_RATE_HZ))
            joined.append(samples)
            length += len(samples)
            ended = utterance.last
        return Window(pieces[0].start_s, np.concatenate(joined), tuple(pieces))


def _kept_of(pause: int) -> int:
    """How many samples of a pause between two utterances are kept."""
    return pause if pause < LONG_PAUSE_S * SPEECH_RATE_HZ else round(LEFT_OF_PAUSE_S * SPEECH_RATE_HZ)
