"""What makes a result, told so that it changes when any of it does: part of the key under which a result is kept.

The names of the engines that a result may name stand in it as words of their own: a result by another engine, such as
one that was fallen back to during the run, is not what the key promises.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pipelines.engines.model_key import stamp
from pipelines.engines.selection import Engine, Surroundings, choose
from pipelines.errors import EngineUnavailable, TransientFailure


def made_by_engine(
    engines: Sequence[Engine[Any]],  # Any: what they make does not matter here
    surroundings: Surroundings,
    wanted: str = "auto",
    packages: Iterable[str] = (),
    otherwise: str = "nobody",
) -> str:
    """The engine that would be chosen now, with its model, weights and versions, and those of ``packages`` beside it.

    ``otherwise`` is the engine's name where none can run. As cheap as the engines' probes; imports nothing heavy.
    """
    try:
        engine = choose(engines, surroundings, wanted).engine
    except (EngineUnavailable, TransientFailure):
        return made_by_packages(otherwise, packages=packages)
    weights = map(stamp, engine.weights(surroundings.models_dir))
    versions = made_by_packages(engine.name, packages=(*engine.packages, *packages))
    return " ".join([versions, *([f"model={engine.model}"] if engine.model else []), *weights])


def made_by_packages(*engines: str, packages: Iterable[str]) -> str:
    """The names that a result's engine may have, and the versions of the packages that shape it."""
    return " ".join([*engines, *(f"{package}={_version(package)}" for package in packages)])


@cache
def _version(package: str) -> str:
    """The installed version; a process runs what was installed when it first asked."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
