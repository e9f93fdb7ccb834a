"""Who can speak here, best first: gTTS where the network answers, else eSpeak NG with a warning."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

from pipelines.contract import Context, EngineUsed
from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine, Surroundings, unanswered
from pipelines.engines.speech import Speech, Voice
from pipelines.engines.spoken_languages import TONGUES

Speak = Callable[[Speech, Path, Context], EngineUsed]
"""Say a speech into a 16-bit WAV file at the path."""


def speaking_engines(asked: Speech | None = None) -> tuple[Engine[Speak], ...]:
    """The engines for what is asked, in order of preference; for plain English where nothing is."""
    wanted = asked or Speech("")
    return (
        Engine(
            "gtts",
            Capability.SPEAK,
            probe=lambda surroundings: _probe_google(wanted, surroundings),
            make=_make_google,
            model=google_host(wanted.language),
            packages=("gTTS",),
        ),
        Engine(
            "espeak-ng",
            Capability.SPEAK,
            probe=lambda _: _probe_espeak(wanted),
            make=_make_espeak,
            fallback_warning="Spoken by eSpeak NG, which sounds mechanical, because the better voice is not to be had",
            packages=("espeakng-loader",),
        ),
    )


def google_host(language: str) -> str:
    """The host whose accent a language is spoken with."""
    return f"translate.google.{TONGUES[language].google_host}"


def _probe_google(asked: Speech, surroundings: Surroundings) -> Availability:
    if importlib.util.find_spec("gtts") is None:
        return Availability(False, "the package gTTS is not installed")
    if asked.voice is not Voice.DEFAULT:
        return Availability(False, f"it has one voice a language and none called {asked.voice}")
    tongue = TONGUES[asked.language]
    if tongue.google is None:
        return Availability(False, f"it does not speak {asked.language!r}")
    host = google_host(asked.language)
    if surroundings.network.reachable(host):
        return AVAILABLE
    return unanswered(surroundings.network, f"{host} cannot be reached")


def _probe_espeak(asked: Speech) -> Availability:
    if importlib.util.find_spec("espeakng_loader") is None:
        return Availability(False, "the package espeakng-loader is not installed")
    if TONGUES[asked.language].espeak is None:
        return Availability(False, f"it does not speak {asked.language!r}")
    return AVAILABLE


def _make_google() -> Speak:
    from pipelines.engines.google_speech import speak_with_google

    return speak_with_google


def _make_espeak() -> Speak:
    from pipelines.engines.espeak_ng import speak_with_espeak

    return speak_with_espeak
