"""A take: one speaker says a whole text, and its pieces can be heard while the rest is said."""

import wave
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.contract import Context, EngineUsed, Output, Part, PartKind
from pipelines.engines.speech import Speaker
from pipelines.errors import TransientFailure
from pipelines.media.loudness import gain_filters, measure_loudness
from pipelines.media.reading_aloud import Piece, Sentence
from pipelines.media.sound_editing import encode
from pipelines.media.sound_formats import SoundFormat

BYTES_A_SAMPLE = 2
FULL_SCALE = 32_767
SILENT = 100  # of 32,768, -50 dBFS: what lies before and behind a sentence
BITRATE_KBPS = 96


@dataclass(frozen=True, slots=True)
class Take:
    """A whole text, said: a mono WAV file, and what of the ways in which it was to be said the speaker passed over."""

    wav: Path
    duration_s: float
    used: EngineUsed
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """How pieces are given out: in what format, at what rate (None: the speaker's) and how loud (None: as spoken)."""

    form: SoundFormat
    rate_hz: int | None = None
    loudness_lufs: float | None = None


def take(speaker: Speaker, pieces: Sequence[Piece], cut: Cut, context: Context) -> Generator[Part | Output, None, Take]:
    """Say the pieces one after the other, each given out as soon as it is said; one alone is the whole already.

    Raises what the speaker raises, naming the piece.
    """
    wav = context.workdir / "speech.wav"
    listening = _Pieces(speaker, cut, context)
    total, said = sum(len(sentence.text) for piece in pieces for sentence in piece), 0
    samples = 0
    with wave.open(str(wav), "wb") as whole:
        _describe(whole, speaker)
        for number, piece in enumerate(pieces, start=1):
            context.progress(said / total, "speaking")
            sound = _said(speaker, piece, f"at piece {number} of {len(pieces)}", context.check)
            whole.writeframes(sound)
            start, samples = samples, samples + len(sound) // BYTES_A_SAMPLE
            if sound and len(pieces) > 1:
                yield from listening.give(number, piece, sound, start)
            said += sum(len(sentence.text) for sentence in piece)
    deliveries = {sentence.delivery for piece in pieces for sentence in piece}
    passed_over = {why for delivery in deliveries for why in speaker.cannot(delivery)}
    return Take(wav, samples / speaker.rate_hz, speaker.used, tuple(sorted(passed_over)))


class _Pieces:
    """Makes pieces that can be heard, all by the gain that the first one needs, for the whole's is not known yet."""

    def __init__(self, speaker: Speaker, cut: Cut, context: Context) -> None:
        self._speaker = speaker
        self._cut = cut
        self._context = context
        self._gain_db: float | None = None

    def give(self, number: int, piece: Piece, sound: bytes, start: int) -> Generator[Part | Output, None, None]:
        wav = self._context.workdir / "piece.wav"
        with wave.open(str(wav), "wb") as file:
            _describe(file, self._speaker)
            file.writeframes(sound)
        name = f"{self._speaker.used.name}-{number:04}.{self._cut.form}"
        target = self._context.workdir / name
        encode(
            wav,
            target,
            self._cut.form,
            self._context.check,
            bitrate_kbps=BITRATE_KBPS,
            filters=self._louder(wav),
            rate_hz=self._cut.rate_hz,
        )
        yield Output(name, self._cut.form.media_type, target, passing=True)
        rate_hz = self._speaker.rate_hz
        body = {
            "text": " ".join(sentence.text for sentence in piece),
            "start_s": round(start / rate_hz, 3),
            "end_s": round((start + len(sound) // BYTES_A_SAMPLE) / rate_hz, 3),
            "output": name,
        }
        yield Part(PartKind.SPEECH, body)

    def _louder(self, wav: Path) -> list[str]:
        if self._cut.loudness_lufs is None:
            return []
        if self._gain_db is None:
            measured = measure_loudness(wav, self._context.check).integrated_lufs
            if measured is None:
                return []
            self._gain_db = self._cut.loudness_lufs - measured
        return gain_filters(wav, self._gain_db)


def _said(speaker: Speaker, piece: Piece, where: str, check: Callable[[], None]) -> bytes:
    sounds: list[bytes] = []
    for sentence in piece:
        check()
        try:
            sounds.append(_paused(speaker.say(sentence.text, check, sentence.delivery), sentence, speaker.rate_hz))
        except TransientFailure as error:
            raise type(error)(f"{error.message} ({where})", code=error.code) from error
    return b"".join(sounds)


def _paused(sound: bytes, sentence: Sentence, rate_hz: int) -> bytes:
    """The sound as loud as it is to be, in the silence that it is to have around it and not the speaker's own."""
    samples = np.frombuffer(sound, dtype="<i2")
    heard = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENT)
    if not heard.size:
        return b""
    loud = _louder(samples[heard[0] : heard[-1] + 1], sentence.delivery.gain_db)
    before, behind = (
        bytes(BYTES_A_SAMPLE * round(length_s * rate_hz)) for length_s in (sentence.silence_before_s, sentence.pause_s)
    )
    return before + loud.tobytes() + behind


def _louder(samples: NDArray[np.int16], gain_db: float) -> NDArray[np.int16]:
    """By ``gain_db`` and no more than full scale allows, so that nothing is clipped."""
    most_db = 20 * log10(FULL_SCALE / int(np.abs(samples.astype(np.int32)).max()))
    return np.rint(samples * 10 ** (min(gain_db, most_db) / 20)).astype("<i2") if gain_db else samples


def _describe(file: wave.Wave_write, speaker: Speaker) -> None:
    file.setnchannels(1)
    file.setsampwidth(BYTES_A_SAMPLE)
    file.setframerate(speaker.rate_hz)
