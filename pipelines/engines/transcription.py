"""Who can transcribe here, best first: Whisper where its weights can be had, else PocketSphinx with a warning."""

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from pipelines.contract import Context, EngineUsed, JsonObject
from pipelines.engines.ct2_weights import ct2_availability, weights_files
from pipelines.engines.listening import Listening, Task
from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine
from pipelines.engines.whisper_weights import availability, local_path

if TYPE_CHECKING:
    from pipelines.media.transcript import Segment
    from pipelines.media.windows import Window


class Transcriber(Protocol):
    """A model ready to hear one recording, window after window."""

    at_once: int
    """How many windows it is best given together."""

    hears_beginnings: bool
    """Whether it can hear the beginning of something that goes on, and then the whole as if it had not."""

    @property
    def used(self) -> EngineUsed:
        """Which engine and model it is."""

    @property
    def language(self) -> str:
        """The language's code; ``und`` (ISO 639: undetermined) until something was heard."""

    def hear(self, windows: Sequence["Window"]) -> Iterator["Segment"]:
        """Yield what is said in ``windows``, in order, with times from the beginning of the recording."""

    def state(self) -> JsonObject:
        """What the windows heard so far left behind for those to come."""

    def resume(self, state: JsonObject) -> None:
        """Go on where another transcriber of the same engine, model and version had this ``state``."""


MakeTranscriber = Callable[[Listening, Context], Transcriber]


def transcription_engines(asked: Listening | None = None) -> tuple[Engine[MakeTranscriber], ...]:
    """The engines for what is asked, in order of preference; for Whisper base where nothing is."""
    wanted = asked or Listening()
    return (
        Engine(
            "ctranslate2",
            Capability.TRANSCRIBE,
            probe=lambda surroundings: ct2_availability(wanted.size, surroundings),
            make=_make_ct2,
            model=wanted.size.value,
            packages=("faster-whisper", "ctranslate2"),
            weights=lambda models_dir: weights_files(wanted.size, models_dir),
        ),
        Engine(
            "openai-whisper",
            Capability.TRANSCRIBE,
            probe=lambda surroundings: availability(wanted.size, surroundings),
            make=_make_whisper,
            model=wanted.size.value,
            packages=("openai-whisper", "torch"),
            weights=lambda models_dir: [local_path(wanted.size, models_dir)],
        ),
        Engine(
            "pocketsphinx",
            Capability.TRANSCRIBE,
            probe=lambda _: _probe_pocketsphinx(wanted),
            make=_make_pocketsphinx,
            fallback_warning="Transcribed by PocketSphinx, which makes many mistakes, because Whisper cannot run here",
            model="en-us",
            packages=("pocketsphinx",),
        ),
    )


def _make_ct2() -> MakeTranscriber:
    from pipelines.engines.ct2_whisper import Ct2Transcriber

    return Ct2Transcriber


def _make_whisper() -> MakeTranscriber:
    from pipelines.engines.openai_whisper import WhisperTranscriber  # loads torch

    return WhisperTranscriber


def _make_pocketsphinx() -> MakeTranscriber:
    from pipelines.engines.pocket_sphinx import PocketSphinxTranscriber

    return PocketSphinxTranscriber


def _probe_pocketsphinx(asked: Listening) -> Availability:
    if importlib.util.find_spec("pocketsphinx") is None:
        return Availability(False, "the package pocketsphinx is not installed")
    if asked.language not in (None, "en"):
        return Availability(False, f"it knows English only, not {asked.language!r}")
    if asked.task is Task.TRANSLATE:
        return Availability(False, "it cannot translate")
    return AVAILABLE
