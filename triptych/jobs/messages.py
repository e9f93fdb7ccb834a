"""Putting jobs into messages: one each, but several where a pipeline's runs are short and may be done together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from triptych.jobs.states import Priority

MESSAGE_S = 0.25  # of work in one message: long enough to share its cost, short enough to be fair


@dataclass(frozen=True, slots=True)
class Message:
    """Jobs of one pipeline and class that are rung for together; ``most`` is how many there may be."""

    pipeline: str
    priority: Priority
    most: int
    rows: list[Row[Any]] = field(default_factory=list)

    @property
    def job_ids(self) -> list[str]:
        """Of its jobs, in the order of their turns."""
        return [row.id for row in self.rows]


class MessageBook:
    """Up to ``free`` messages, filled with the jobs that are taken in turn.

    ``mean_run_s`` tells how long a pipeline's runs take, None if unknown.
    """

    def __init__(self, free: int, mean_run_s: Callable[[str], float | None]) -> None:
        self._free = free
        self._mean_run_s = mean_run_s
        self._open: dict[tuple[str, int], Message] = {}
        self.messages: list[Message] = []

    def take(self, row: Row[Any]) -> bool:
        """Put a job into a message; False when there is no room for it, so that its turn is yet to come."""
        message = self._open.get((row.pipeline, row.priority))
        if message is None or row.failures or len(message.rows) >= message.most:
            if len(self.messages) >= self._free:
                return False
            message = self._begin(row)
        message.rows.append(row)
        return True

    def take_alone(self, row: Row[Any]) -> None:
        """Put a job into a message of its own, if there is room for one."""
        if len(self.messages) < self._free:
            self.messages.append(Message(row.pipeline, Priority.of(row.priority), most=1, rows=[row]))

    def _begin(self, row: Row[Any]) -> Message:
        if row.failures:
            # It stays alone: should it kill its process, no other job goes down with it.
            message = Message(row.pipeline, Priority.of(row.priority), most=1)
        else:
            message = self._open[row.pipeline, row.priority] = Message(
                row.pipeline, Priority.of(row.priority), self._most(row)
            )
        self.messages.append(message)
        return message

    def _most(self, row: Row[Any]) -> int:
        mean_s = self._mean_run_s(row.pipeline) if row.batch > 1 else None
        if mean_s is None:
            return 1
        return max(1, min(int(row.batch), int(MESSAGE_S / max(mean_s, 1e-6))))
