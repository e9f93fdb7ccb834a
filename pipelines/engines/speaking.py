"""Who can speak here, best first: gTTS where the network answers, else eSpeak NG with a warning."""

import importlib.util

from pipelines.engines.selection import AVAILABLE, Availability, Capability, Engine, Surroundings, unanswered
from pipelines.engines.speech import Hire, Manner, Voice
from pipelines.engines.spoken_languages import TONGUES


def speaking_engines(asked: Manner | None = None) -> tuple[Engine[Hire], ...]:
    """The engines for what is asked, in order of preference; for plain English where nothing is."""
    wanted = asked or Manner()
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


def _probe_google(asked: Manner, surroundings: Surroundings) -> Availability:
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


def _probe_espeak(asked: Manner) -> Availability:
    if importlib.util.find_spec("espeakng_loader") is None:
        return Availability(False, "the package espeakng-loader is not installed")
    if TONGUES[asked.language].espeak is None:
        return Availability(False, f"it does not speak {asked.language!r}")
    return AVAILABLE


def _make_google() -> Hire:
    from pipelines.engines.google_speech import GoogleSpeaker

    return GoogleSpeaker


def _make_espeak() -> Hire:
    from pipelines.engines.espeak_ng import EspeakSpeaker

    return EspeakSpeaker
