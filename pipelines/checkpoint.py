"""Where a long run puts down how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pipelines.contract import JsonObject, Part


@dataclass(frozen=True, slots=True)
class Saved:
    """What an earlier run of the job had done: the state it saved, and the parts it had yielded by then."""

    state: "JsonObject"
    parts: Sequence["Part"]


class Checkpoint(Protocol):
    """Where a long run puts down how far it is, for the run that comes after a worker's death.

    A run that resumes yields the saved parts again itself (``yield from saved.parts``): a new attempt's parts begin
    at 1.
    """

    def load(self) -> Saved | None:
        """What an earlier run of the job saved last; None when none did."""

    def save(self, state: "JsonObject") -> None:
        """Have everything yielded so far, and ``state``, survive the end of this run; replaces the save before."""


class NoCheckpoint:
    """The checkpoint of a run that nobody takes up again."""

    def load(self) -> Saved | None:
        """Nothing."""
        return None

    def save(self, state: "JsonObject") -> None:
        """Forget it."""
