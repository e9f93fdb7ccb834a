"""Hearing somebody who is still speaking: what they have said by now, and what they have said for good."""

import time
from collections.abc import Callable, Iterator

import numpy as np

from pipelines.engines.silero import VoiceActivity
from pipelines.engines.transcription import Transcriber
from pipelines.media.recording import BYTES_A_SAMPLE
from pipelines.media.sound import SPEECH_RATE_HZ
from pipelines.media.speech_windows import FRAME, Held, Samples, Utterance, gathered
from pipelines.media.transcript import Segment
from pipelines.media.unspaced import running_text
from pipelines.media.windows import Window
from pipelines.media.word_times import agreed

# Longer than the pauses that a speaker makes for breath, so that a sentence is heard as one; who reads waits for it.
PAUSE_S = 0.6
PARTIAL_EVERY_S = 1.0  # of new speech
BREATHS = 2  # so many times as long as showing took the last time, new speech is waited for: the rest is for good


class LiveHearing:
    """Hears a recording as it grows; its memory does not grow with it.

    ``partial`` is given what is being said whenever it has become more, and an empty text for what turned out to be no
    words. Nothing is given to it by a transcriber that cannot hear beginnings.
    """

    def __init__(
        self,
        transcriber: Transcriber,
        start_s: float,
        partial: Callable[[Segment], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin at ``start_s`` in the recording. ``clock`` tells how long showing takes, in seconds."""
        self.until_s = start_s  # up to where everything was said for good
        self._transcriber = transcriber
        self._detector = VoiceActivity()
        self._partial = partial
        self._start_s = start_s
        self._held = Held(PAUSE_S)
        self._half_sample = b""
        self._shown_until = 0  # where the last word of what is shown ended, in samples of the stream
        self._is_shown = False
        self._clock = clock
        self._every_s = PARTIAL_EVERY_S

    def hear(self, piece: bytes) -> Iterator[list[Segment]]:
        """Take the next bytes, and yield what is said for good, window by window."""
        self._held.append(self._samples(piece))
        whole_frames = self._held.unjudged // FRAME * FRAME
        yield from self._said(self._held.judge(self._detector, whole_frames))

    def show(self) -> None:
        """Show what is being said, if it has become more; for when there is nothing more to hear for now."""
        if not self._transcriber.hears_beginnings or (going_on := self._held.under_way()) is None:
            return
        utterance, samples = going_on
        if utterance.last - max(self._shown_until, utterance.first) < self._every_s * SPEECH_RATE_HZ:
            return
        began_at = self._clock()
        self._show(utterance, samples)
        self._every_s = max(PARTIAL_EVERY_S, BREATHS * (self._clock() - began_at))

    def rest(self) -> Iterator[list[Segment]]:
        """Yield what was being said when the recording ended."""
        padding = -self._held.unjudged % FRAME
        self._held.append(np.zeros(padding, np.float32))
        yield from self._said(self._held.judge(self._detector, self._held.unjudged))
        yield from self._said(self._held.last_words(padding))

    def _samples(self, piece: bytes) -> Samples:
        whole = self._half_sample + piece
        cut = len(whole) // BYTES_A_SAMPLE * BYTES_A_SAMPLE
        self._half_sample = whole[cut:]
        return np.frombuffer(whole[:cut], "<i2").astype(np.float32) / np.float32(32768)

    def _said(self, ended: Iterator[tuple[Utterance, Samples]]) -> Iterator[list[Segment]]:
        for window in gathered(ended, self._start_s):
            segments = list(agreed(self._transcriber.hear([window])))
            self.until_s = window.end_s
            if self._is_shown and not segments:
                self._partial(Segment(window.start_s, window.end_s, ""))
            self._is_shown = False
            yield segments

    def _show(self, utterance: Utterance, samples: Samples) -> None:
        window = Window(self._start_s + utterance.first / SPEECH_RATE_HZ, samples)
        before = self._transcriber.state()
        text = running_text(segment.text for segment in self._transcriber.hear([window]))
        self._transcriber.resume(before)  # a language is not settled by half a word
        self._shown_until = utterance.last
        if text or self._is_shown:
            self._is_shown = bool(text)
            self._partial(Segment(window.start_s, self._start_s + utterance.last / SPEECH_RATE_HZ, text))
