"""CMU PocketSphinx with its bundled English model: small, offline, and poor at what it does."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version

import numpy as np
import pocketsphinx
from numpy.typing import NDArray

from pipelines.contract import Context, EngineUsed, JsonObject
from pipelines.engines.listening import Listening
from pipelines.media.sound import SPEECH_RATE_HZ
from pipelines.media.transcript import Segment
from pipelines.media.windows import Window, may_hold_speech

BYTES_A_SAMPLE = 2
# The decoder holds Python's lock while it searches, half a minute for half a minute of speech on a busy machine:
# a piece at a time lets other threads in, such as the one that keeps the run's lease, and a cancel.
PIECE_BYTES = SPEECH_RATE_HZ // 2 * BYTES_A_SAMPLE
# What is this short is heard at once, because the decoder hears better when it may first look at all of it.
AT_ONCE_BYTES = 3 * SPEECH_RATE_HZ * BYTES_A_SAMPLE
SHORTEST_S = 0.2  # no word is shorter; clicks are


class PocketSphinxTranscriber:
    """Hears one recording; an utterance between two pauses becomes a segment."""

    language = "en"
    at_once = 1
    hears_beginnings = False  # its decoder adapts to everything it hears

    def __init__(self, asked: Listening, context: Context) -> None:  # noqa: ARG002 - every transcriber is made alike
        """Load the bundled model (half a second): a decoder adapts to its speaker, so none is shared."""
        context.progress(None, "loading PocketSphinx")
        self._check = context.check
        self._knows_speaker = False
        self._decoder = pocketsphinx.Decoder(samprate=SPEECH_RATE_HZ, loglevel="FATAL")
        self.used = EngineUsed("pocketsphinx", "en-us", version("pocketsphinx"))

    def hear(self, windows: Sequence[Window]) -> Iterator[Segment]:
        """Yield the segments of ``windows``; see ``Transcriber``."""
        for window in windows:
            for start_s, pcm in utterances(window.samples):
                text = self._words(pcm)
                end_s = start_s + len(pcm) / BYTES_A_SAMPLE / SPEECH_RATE_HZ
                if text:
                    yield Segment(window.moment_s(start_s), window.moment_s(end_s, is_end=True), text)

    def state(self) -> JsonObject:
        """The mean cepstrum of the speech so far, by which the decoder knows its speaker; None before any.

        The decoder remembers more that cannot be read, such as how long it has known the speaker and the sounds it
        heard last: one that was resumed cuts the same utterances, and may write a word in them otherwise.
        """
        return {"mean_cepstrum": self._decoder.get_cmn() if self._knows_speaker else None}

    def resume(self, state: JsonObject) -> None:
        """Know the speaker from the beginning; see ``Transcriber``."""
        if state["mean_cepstrum"] is not None:
            self._know_speaker(state["mean_cepstrum"])

    def _know_speaker(self, mean_cepstrum: str) -> None:
        """What the next utterance starts from."""
        self._decoder.set_cmn(mean_cepstrum)
        self._knows_speaker = True

    def _words(self, pcm: bytes) -> str:
        if len(pcm) <= AT_ONCE_BYTES or not self._knows_speaker:  # a long first utterance is begun twice
            words = self._heard([pcm[:AT_ONCE_BYTES]], whole=True)
            self._know_speaker(self._decoder.get_cmn())  # pieces start from it
            if len(pcm) <= AT_ONCE_BYTES:
                return words
        return self._heard((pcm[at : at + PIECE_BYTES] for at in range(0, len(pcm), PIECE_BYTES)), whole=False)

    def _heard(self, pieces: Iterable[bytes], *, whole: bool) -> str:
        self._decoder.start_utt()
        for piece in pieces:
            self._check()  # a cancelled run's decoder is thrown away: ending the utterance would search once more
            self._decoder.process_raw(piece, no_search=False, full_utt=whole)
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        return hypothesis.hypstr.strip() if hypothesis else ""


def utterances(samples: NDArray[np.float32]) -> Iterator[tuple[float, bytes]]:
    """Yield (start in seconds, 16-bit PCM) of each stretch between pauses that may hold speech."""
    endpointer = pocketsphinx.Endpointer(vad_mode=pocketsphinx.Vad.MEDIUM_STRICT, sample_rate=SPEECH_RATE_HZ)
    held: list[bytes] = []
    for frame in _frames(_pcm16(samples), endpointer.frame_bytes):
        whole = len(frame) == endpointer.frame_bytes
        heard = endpointer.process(frame) if whole else endpointer.end_stream(frame)
        if heard is not None:
            held.append(heard)
            if not endpointer.in_speech:
                yield from _worth_hearing(endpointer.speech_start, b"".join(held))
                held.clear()


def _frames(pcm: bytes, frame_bytes: int) -> Iterator[bytes]:
    """Whole frames and then a short one, never an empty one: it tells the endpointer that the stream is over."""
    if len(pcm) % frame_bytes == 0:
        pcm += bytes(BYTES_A_SAMPLE)
    for begin in range(0, len(pcm), frame_bytes):
        yield pcm[begin : begin + frame_bytes]


def _worth_hearing(start_s: float, pcm: bytes) -> Iterator[tuple[float, bytes]]:
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768)
    if len(samples) >= SHORTEST_S * SPEECH_RATE_HZ and may_hold_speech(samples):
        yield start_s, pcm


def _pcm16(samples: NDArray[np.float32]) -> bytes:
    return (samples * 32767).astype("<i2").tobytes()
