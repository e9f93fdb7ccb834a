"""Who can speak what: the voices of each speaking engine, told by the engines themselves."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipelines.engines.speech import Voice
from pipelines.engines.spoken_languages import TONGUES


@dataclass(frozen=True, slots=True)
class Voices:
    """What one engine can speak.

    ``languages``: by the code that a job asks for, what the engine calls its voice. ``genders``: the voices that a job
    may ask for, each with its gender, None where that is not known.
    """

    engine: str
    needs_network: bool
    sample_rate_hz: int
    languages: Mapping[str, str]
    genders: Mapping[Voice, str | None]


@cache
def all_voices() -> tuple[Voices, ...]:
    """The voices of every engine that is installed, in the order in which the engines are preferred.

    Asks eSpeak NG, which takes some milliseconds the first time. Raises EngineUnavailable when it does not start.
    """
    told_by = {"gtts": _of_google, "espeakng_loader": _of_espeak}
    return tuple(tell() for package, tell in told_by.items() if importlib.util.find_spec(package) is not None)


def _of_google() -> Voices:
    spoken = {code: tongue for code, tongue in TONGUES.items() if tongue.google}
    languages = {code: f"{one.google}@translate.google.{one.google_host}" for code, one in spoken.items()}
    return Voices("gtts", True, 24_000, languages, {Voice.DEFAULT: None})


def _of_espeak() -> Voices:
    from pipelines.engines.espeak_ng import loaded_library

    library = loaded_library()
    known, genders = library.languages(), library.variants()
    languages = {code: tongue.espeak for code, tongue in TONGUES.items() if tongue.espeak in known}
    spoken = {voice: genders.get(voice) for voice in Voice if voice is Voice.DEFAULT or voice in genders}
    return Voices("espeak-ng", False, library.rate_hz, languages, spoken)
