"""One client's share of the events: a bounded queue that never holds up the reader."""

from dataclasses import dataclass
from queue import Empty, Full, Queue

from api.problems import Refused
from triptych.accounts.standing import Guest
from triptych.events.event import Numbered
from triptych.wire import EVERYBODY

QUEUED_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class Gap:
    """Events were lost for everybody; what follows comes after ``id``."""

    id: str


class Lagging(Exception):
    """The client did not keep up; it must come again with the last id it saw."""


class Ended(Exception):
    """The subscription was closed."""


class Dismissed(Refused):
    """Who is told may be told nothing any more, and why."""


class Subscription:
    """Events of ``owner``, of one job when ``job_id`` is given, from the moment it was attached.

    They are told to a ``guest``, where that is somebody who may be dismissed.
    """

    def __init__(self, owner: str, job_id: str | None = None, guest: Guest | None = None) -> None:
        self.owner, self.job_id, self.guest = owner, job_id, guest
        self._queue: Queue[Numbered | Gap | None] = Queue(QUEUED_EVENTS)
        self._lagging = False
        self._ended = False
        self._dismissal: Dismissed | None = None

    def wants(self, event: Numbered) -> bool:
        """Whether the event is the subscriber's."""
        if event.owner == EVERYBODY:
            return True
        return event.owner == self.owner and self.job_id in (None, event.job_id)

    def offer(self, event: Numbered | Gap) -> None:
        """Queue an event without waiting; a full queue ends the subscription."""
        try:
            self._queue.put_nowait(event)
        except Full:
            self._lagging = True

    def next(self, timeout_s: float | None = None) -> Numbered | Gap | None:
        """The next event, or None when ``timeout_s`` seconds passed without one. Raises Lagging, Ended, Dismissed."""
        if self._lagging and not self._dismissal:
            raise Lagging
        try:
            event = None if self._dismissal else self._queue.get(timeout=timeout_s)
        except Empty:
            event = None
        if self._dismissal:
            raise self._dismissal
        if self._ended:
            raise Ended
        return event

    def dismiss(self, dismissal: Dismissed) -> None:
        """Wake whoever waits in ``next``, with ``dismissal``, whatever else there is to be told."""
        self._dismissal = dismissal
        self.end()

    def end(self) -> None:
        """Wake whoever waits in ``next``, with Ended."""
        self._ended = True
        try:
            self._queue.put_nowait(None)
        except Full:
            self._lagging = True  # whoever reads is not waiting
