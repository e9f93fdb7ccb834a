"""The queue for the room of a cache: who is served first, and whether those who wait ever will be."""

import threading
from collections.abc import Container
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """A thread's place in the queue for the model under ``key``; ``holds``: whether it holds another already."""

    key: str
    holds: bool


class RoomQueue:
    """Threads that hold a model go before those that hold none, for only they can make room; else first come first.

    Not thread-safe: whoever calls it has the cache locked.
    """

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._holders = 0  # threads that hold a model, or load one
        self._own = threading.local()

    def join(self, key: str) -> Turn:
        """Queue up, for the thread that asks."""
        turn = Turn(key, holds=self._held_by_thread() > 0)
        ahead = sum(other.holds for other in self._turns) if turn.holds else len(self._turns)
        self._turns.insert(ahead, turn)
        return turn

    def leave(self, turn: Turn) -> None:
        """Wait no longer."""
        self._turns.remove(turn)

    def is_first(self, turn: Turn) -> bool:
        """Whether nobody is to be served before it."""
        return self._turns[0] is turn

    def is_stuck(self, present: Container[str]) -> bool:
        """Whether whoever holds a model waits for one that is not ``present``, so that no room will ever be made."""
        waiting = sum(turn.holds and turn.key not in present for turn in self._turns)
        return waiting == self._holders > 0

    def hold(self) -> None:
        """Note that the thread that asks holds one model more."""
        self._own.held = self._held_by_thread() + 1
        self._holders += self._own.held == 1

    def let_go(self) -> None:
        """Note that it holds one less."""
        self._own.held -= 1
        self._holders -= self._own.held == 0

    def _held_by_thread(self) -> int:
        held: int = getattr(self._own, "held", 0)
        return held
