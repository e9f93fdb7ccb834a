"""Everything that is measured in a recording, in one pass and in memory that does not depend on its length."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipelines.media.clipping import FULL_SCALE, FULL_SCALE_16_BIT, Clipping
from pipelines.media.levels import Levels
from pipelines.media.loudness_meter import loudness_meter
from pipelines.media.silence_map import SilenceMap
from pipelines.media.sound import SPEECH_RATE_HZ, Sound
from pipelines.media.sound_chunks import as_speech, chunks
from pipelines.media.spectrogram import Spectrogram, Spectrum
from pipelines.media.speech_windows import SpeechDetector, utterances
from pipelines.media.steps import Steps
from pipelines.media.stretches import Stretches

SHORTEST_RANGE_S = 3.5  # EBU Tech 3342 compares windows of 3 s: of one alone FFmpeg tells 0, or 20
PEAK_DECIMALS = 4  # a waveform is drawn some hundred pixels high

Chunk = NDArray[np.float32]


class Meter(Protocol):
    """Takes in all chunks of a recording, one after the other."""

    def add(self, chunk: Chunk) -> None:
        """Take the next ``chunk``, of shape (samples, channels)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What counts as silence, and how many steps the waveform has at most."""

    silence_dbfs: float
    min_silence_s: float
    peaks: int


class Waveform:
    """The lowest and highest sample of any channel in equal steps."""

    def __init__(self, rate_hz: int, most: int) -> None:
        self._rate_hz = rate_hz
        self._steps = Steps(most, 2, np.maximum)

    def add(self, chunk: Chunk) -> None:
        """See ``Meter``."""
        self._steps.add(np.stack([-chunk.min(axis=1), chunk.max(axis=1)], axis=1))  # the highest of both is kept

    def body(self) -> dict[str, Any]:
        """The steps, as JSON; the last may be shorter than the others."""
        values = self._steps.values().astype(np.float64).round(PEAK_DECIMALS) + 0.0  # no -0.0
        low, high = (0.0 - values[:, 0]).tolist(), values[:, 1].tolist()
        return {"step_s": self._steps.length / self._rate_hz, "low": low, "high": high}


def analyse_sound(
    sound: Sound, asked: Asked, detector: SpeechDetector, passed: Callable[[float], None]
) -> tuple[dict[str, Any], Spectrum]:
    """Return the analysis as JSON, and the spectrum to draw. ``passed`` is told the seconds that were heard.

    Raises BadInput where nothing can be decoded, PipelineError where the meter fails, and what ``passed`` does.
    """
    rate_hz, channels = sound.rate_hz, sound.channels
    levels, waveform = Levels(channels), Waveform(rate_hz, asked.peaks)
    clipping = Clipping(rate_hz, FULL_SCALE.get(sound.codec, FULL_SCALE_16_BIT))
    silent = SilenceMap(rate_hz, asked.silence_dbfs, asked.min_silence_s)
    spectrogram = Spectrogram(rate_hz, channels)
    with loudness_meter(rate_hz, channels, sound.layout) as loudness:
        meters = (loudness, levels, waveform, clipping, silent, spectrogram)
        shown = _shown_to(meters, chunks(sound.as_recorded(), rate_hz), sound, passed)
        speech = _speech(shown, rate_hz, detector)
        loud = loudness.read()
    found = {
        **_form(sound),
        "loudness": asdict(loud) if sound.decoded_s >= SHORTEST_RANGE_S else {**asdict(loud), "range_lu": None},
        "levels": levels.body(),
        "stereo_correlation": levels.correlation(),
        "clipping": clipping.body(sound.decoded_s),
        "silence": silent.body(sound.decoded_s),
        "speech": speech.body(sound.decoded_s),
        "peaks": waveform.body(),
    }
    return found, spectrogram.spectrum()


def _form(sound: Sound) -> dict[str, Any]:
    return {
        "duration_s": round(sound.decoded_s, 3),
        "starts_at_s": sound.start_s,
        "container": sound.form,
        "codec": sound.codec,
        "sample_rate_hz": sound.rate_hz,
        "channels": sound.channels,
    }


def _shown_to(
    meters: Sequence[Meter], heard: Iterable[Chunk], sound: Sound, passed: Callable[[float], None]
) -> Iterator[Chunk]:
    """Let every meter see what passes on its way to the detector of speech, which asks for more when it wants it."""
    for chunk in heard:
        passed(sound.decoded_s)
        for meter in meters:
            meter.add(chunk)
        yield chunk


def _speech(heard: Iterable[Chunk], rate_hz: int, detector: SpeechDetector) -> Stretches:
    found = Stretches()
    for utterance, _ in utterances(as_speech(heard, rate_hz), detector):
        found.add(utterance.first / SPEECH_RATE_HZ, utterance.last / SPEECH_RATE_HZ)
    return found
