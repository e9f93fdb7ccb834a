"""The engines of each capability, asked without loading any of them and without waiting for a network."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from api.schemas.house import Speaker
from api.schemas.model import Engine as Told
from pipelines.contract import Network
from pipelines.engines.network import NoNetwork, RememberedNetwork
from pipelines.engines.selection import Engine, Surroundings
from pipelines.engines.voices import Voices, all_voices
from triptych.answering import answer_server
from triptych.settings import Settings

# Where each capability lists its engines, best first: a sequence, or a function that needs no arguments.
LISTS = (
    ("pipelines.engines.transcription", "transcription_engines"),
    ("pipelines.engines.diarising", "diarising_engines"),
    ("pipelines.engines.speaking", "speaking_engines"),
    ("pipelines.engines.labelling", "labelling_engines"),
    ("pipelines.engines.comparing", "comparing_engines"),
    ("pipelines.engines.reading", "reading_engines"),
    ("pipelines.engines.embedding", "embedding_engines"),
    ("pipelines.engines.picture_embedding", "picture_embedding_engines"),
    ("pipelines.engines.recognising", "recognising_engines"),
    ("pipelines.engines.answering", "answering_engines"),
)
UNKNOWN = "unknown: it needs the network, which no worker has tried lately"


class _NotKnown(Exception):
    """The network would have to be asked."""


@dataclass(frozen=True, slots=True)
class _Recollection:
    """Answers only what a worker has found out lately."""

    network: RememberedNetwork

    def reachable(self, host: str, port: int = 443) -> bool:
        remembered = self.network.recall(host, port)
        if remembered is None:
            raise _NotKnown
        return remembered


def engines(settings: Settings) -> list[Told]:
    """Every engine with whether it can run here, and why not."""
    surroundings = Surroundings(settings.models, _network(settings), answer_server(settings))
    return [_told(engine, surroundings) for engine in _engines()]


def speakers() -> list[Speaker]:
    """Every engine that reads aloud, with its languages and voices."""
    return [_speaker(one) for one in all_voices()]


def _speaker(one: Voices) -> Speaker:
    return Speaker.model_validate(
        {
            "engine": one.engine,
            "needs_network": one.needs_network,
            "sample_rate_hz": one.sample_rate_hz,
            "languages": [{"language": code, "model": model} for code, model in one.languages.items()],
            "voices": [{"voice": voice, "gender": gender} for voice, gender in one.genders.items()],
        }
    )


def _network(settings: Settings) -> Network:
    if settings.offline:
        return NoNetwork()
    return _Recollection(RememberedNetwork(settings.home.absolute() / "network"))


def _engines() -> Iterator[Engine[Any]]:  # Any: what an engine makes is its capability's business
    for module, name in LISTS:
        found = getattr(import_module(module), name)
        yield from found() if callable(found) else found


def _told(engine: Engine[Any], surroundings: Surroundings) -> Told:
    try:
        found = engine.probe(surroundings)
    except _NotKnown:
        return Told(capability=engine.capability, engine=engine.name, available=False, why=UNKNOWN)
    return Told(capability=engine.capability, engine=engine.name, available=found.ok, why=found.why)
