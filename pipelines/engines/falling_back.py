"""Starting the first engine that really works: one that looks available and then fails is passed over, and why."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import TypeVar

from pipelines.engines.selection import Availability, Engine, Surroundings, choose
from pipelines.errors import EngineUnavailable, PipelineError, TransientFailure

F = TypeVar("F")
T = TypeVar("T")
Y = TypeVar("Y")


def first_that_works(
    engines: Sequence[Engine[F]], surroundings: Surroundings, wanted: str, start: Callable[[F], T]
) -> tuple[T, tuple[str, ...]]:
    """Return what ``start`` made with the first engine that did not fail, and the warnings for the user.

    When none is left, raises EngineUnavailable, or ServerAway or TransientFailure where one of them passed over may
    work later; for a ``wanted`` engine other than ``auto``, its own failure.
    """
    left = list(engines)
    while True:
        choice = choose(left, surroundings, wanted)
        try:
            return start(choice.engine.make()), choice.warnings
        except (EngineUnavailable, TransientFailure) as error:
            if wanted != "auto":
                raise
            left[left.index(choice.engine)] = replace(choice.engine, probe=_failed(error))


def first_that_goes_through(
    engines: Sequence[Engine[F]], surroundings: Surroundings, wanted: str, run: Callable[[F], Generator[Y, None, T]]
) -> Generator[Y, None, tuple[T, tuple[str, ...]]]:
    """As ``first_that_works``, for work that gives something on its way: the next engine begins it anew."""
    left = list(engines)
    while True:
        choice = choose(left, surroundings, wanted)
        try:
            made = yield from run(choice.engine.make())
        except (EngineUnavailable, TransientFailure) as error:
            if wanted != "auto":
                raise
            left[left.index(choice.engine)] = replace(choice.engine, probe=_failed(error))
        else:
            return made, choice.warnings


def _failed(error: PipelineError) -> Callable[[Surroundings], Availability]:
    return lambda _: Availability(False, error.message, type(error))
