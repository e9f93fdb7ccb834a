"""Loading a model by its name before any job asks for it, just as the first job that needs it would."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.contract import Context
from pipelines.engines.comparing import comparing_engines
from pipelines.engines.embedding import embedder
from pipelines.engines.falling_back import first_that_works
from pipelines.engines.labelling import labelling_engines
from pipelines.engines.listening import Listening
from pipelines.engines.reading import reading_engines
from pipelines.engines.reading_scripts import Script
from pipelines.engines.recognising import recogniser
from pipelines.engines.selection import Surroundings, choose
from pipelines.engines.speaker_turns import voice_printer
from pipelines.engines.transcription import transcription_engines
from pipelines.engines.whisper_weights import WhisperSize
from pipelines.models.present import find_models


class CannotWarm(ValueError):
    """No model of this name can be loaded beforehand; the message says why."""


@dataclass(frozen=True, slots=True)
class Family:
    """Models that are loaded in one way, by what follows the family in their names, for the jobs of ``pipeline``."""

    pipeline: str
    load: Callable[[str, Context], object]


def family_of(name: str) -> Family:
    """How the model called ``name`` is loaded. Raises CannotWarm where nothing of it is kept in memory."""
    family = _FAMILIES.get(name.partition("/")[0])
    if family is None:
        raise CannotWarm(f"nothing of {name} is kept in memory between jobs: leave it out")
    return family


def check_warmable(name: str, models_dir: Path) -> None:
    """Raise CannotWarm where ``name`` is no model's that is known or here, or it cannot be loaded beforehand."""
    if name not in find_models(models_dir):
        raise CannotWarm(f"no model is called {name!r}: GET /api/v1/models lists those there are")
    family_of(name)


def warm(name: str, context: Context) -> None:
    """Load the model called ``name`` into the context's cache, fetching it where a job would.

    Raises CannotWarm, EngineUnavailable and TransientFailure.
    """
    family_of(name).load(name.partition("/")[2], context)


def _whisper(size: str, context: Context) -> object:
    asked = Listening(WhisperSize(size))
    engines = [engine for engine in transcription_engines(asked) if engine.model == size]  # not those that stand in
    return first_that_works(engines, _around(context), "auto", lambda make: make(asked, context))


def _timm(model: str, context: Context) -> object:
    return choose(labelling_engines(model), _around(context)).engine.make()(model, context)


def _open_clip(model: str, context: Context) -> object:
    return choose(comparing_engines(model), _around(context)).engine.make()(model, context)


def _rapid_ocr(model: str, context: Context) -> object:
    script = Script(model) if model in set(Script) else Script.DEFAULT
    engine = reading_engines(script)[0]  # not the one that stands in
    return choose([engine], _around(context)).engine.make()(context)


def _around(context: Context) -> Surroundings:
    return Surroundings(context.models_dir, context.network)


_FAMILIES: Mapping[str, Family] = {
    "whisper": Family("audio.transcribe", _whisper),
    "speakers": Family("audio.transcribe", voice_printer),
    "timm": Family("image.analyze", _timm),
    "open-clip": Family("image.analyze", _open_clip),
    "embed": Family("text.embed", lambda model, context: embedder(context, model)),
    "entities": Family("text.entities", lambda model, context: recogniser(context, model)),
    "minilm": Family("text.embed", lambda _, context: embedder(context)),
    "rapidocr": Family("image.read", _rapid_ocr),
}
