"""Choosing an engine: the first of a list that can run here, and an honest account of those that cannot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from pipelines.contract import AnswerServer, Network
from pipelines.engines.network import is_switched_off
from pipelines.errors import DownloadAway, EngineUnavailable, PipelineError, ServerAway, TransientFailure

F = TypeVar("F")

HOPEFUL_FIRST = (ServerAway, DownloadAway, TransientFailure)


class Capability(StrEnum):
    """What an engine can do (law 8)."""

    TRANSCRIBE = "transcribe"
    DIARISE = "diarise"
    SPEAK = "speak"
    LABEL = "label"
    COMPARE = "compare"
    READ = "read"
    EMBED = "embed"
    RECOGNISE = "recognise"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an engine can run here; ``why`` says what is missing and how to mend it, empty when nothing is.

    ``raised_as``: what is raised where no other engine can take its place. TransientFailure and ServerAway say that it
    may be there later.
    """

    ok: bool
    why: str = ""
    raised_as: type[PipelineError] = EngineUnavailable


AVAILABLE = Availability(ok=True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an engine's probe may look at: the weights on disk, the way out, and the server that writes answers."""

    models_dir: Path
    network: Network
    answer_server: AnswerServer | None = None


def _no_weights(_: Path) -> Sequence[Path]:
    """The weights of an engine whose package brings them, or that has none."""
    return ()


@dataclass(frozen=True, slots=True)
class Engine(Generic[F]):
    """One way of doing a capability.

    ``probe`` is cheap: it imports nothing heavy and loads no weights. ``make`` returns the callable that does
    the work, importing what it needs then. ``fallback_warning``, when set, is told to the user whenever this
    engine stands in for a better one.

    What it makes changes with its ``model``, the versions of its ``packages``, and the files that ``weights`` finds
    in the models' folder, which their owner may replace.
    """

    name: str
    capability: Capability
    probe: Callable[[Surroundings], Availability]
    make: Callable[[], F]
    fallback_warning: str = ""
    model: str = ""
    packages: tuple[str, ...] = ()
    weights: Callable[[Path], Sequence[Path]] = _no_weights


@dataclass(frozen=True, slots=True)
class Choice(Generic[F]):
    """The engine chosen, and what the user must be warned of because better ones were passed over."""

    engine: Engine[F]
    warnings: tuple[str, ...]


def choose(engines: Sequence[Engine[F]], surroundings: Surroundings, wanted: str = "auto") -> Choice[F]:
    """Return the first available engine, or exactly the ``wanted`` one.

    When none (or not the wanted one) can run, raises EngineUnavailable, listing each engine with its reason: nothing
    is ever made up in a model's place. Raises ServerAway or TransientFailure instead where one may be there later.
    """
    passed_over: list[str] = []
    failures: set[type[PipelineError]] = set()
    for engine in engines:
        if wanted not in ("auto", engine.name):
            continue
        found = engine.probe(surroundings)
        if found.ok:
            warning = (
                f"{engine.fallback_warning} ({'; '.join(passed_over)})"
                if passed_over and engine.fallback_warning
                else ""
            )
            return Choice(engine, (warning,) if warning else ())
        passed_over.append(f"{engine.name}: {found.why}")
        failures.add(found.raised_as)
    known = ", ".join(engine.name for engine in engines)
    failure = next((kind for kind in HOPEFUL_FIRST if kind in failures), EngineUnavailable)
    raise failure("; ".join(passed_over) or f"no engine is called {wanted!r}; there are: {known}")


def unanswered(network: Network, why: str, raised_as: type[ServerAway] = ServerAway) -> Availability:
    """What a probe tells when a server does not answer: it may later, unless the machine is told to stay offline.

    ``raised_as`` is DownloadAway where it is weights that the server has.
    """
    return Availability(False, why, EngineUnavailable if is_switched_off(network) else raised_as)
