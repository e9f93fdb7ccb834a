"""The one reader of a process: it listens on the stream and hands each event to those it concerns.

Attaching takes the reader's position under the lock that it dispatches under: what is stored up to there is replayed
from the stream, what comes after is queued. So nothing is missed and nothing comes twice.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

import structlog
from redis.exceptions import RedisError

from api.relay.subscription import Dismissed, Gap, Subscription
from triptych.accounts.standing import Guest
from triptych.events.event import Numbered
from triptych.wire import EVERYBODY, Wire

log = structlog.get_logger()

BLOCK_MS = 2000
READY_S = 10.0  # longer than Redis may take to fail: hundreds come at once behind a restart
FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
MOST_REPLAYED = 5000  # events; refetching is cheaper than more of them
_ENTRY_ID = re.compile(r"\d{1,19}-\d{1,19}")


@dataclass(frozen=True, slots=True)
class Attached:
    """A subscription, and where it begins: events after ``position`` come from it; empty while Redis is away."""

    subscription: Subscription
    position: str


class Hub:
    """Fans the stream out. It starts to read with the first subscription, so that a fork before it does no harm."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lock = threading.Lock()
        self._subscriptions: set[Subscription] = set()
        self._position = ""
        self._ready = threading.Event()
        self._stopping = threading.Event()
        self._reader: threading.Thread | None = None

    @property
    def clients(self) -> int:
        """How many are attached."""
        return len(self._subscriptions)

    @contextmanager
    def attach(self, owner: str, job_id: str | None = None, guest: Guest | None = None) -> Iterator[Attached]:
        """Subscribe for the length of the block, which is for as long as the ``guest`` may stay."""
        self._start()
        self._ready.wait(timeout=READY_S)  # the reader's first look at Redis, or its first failure
        subscription = Subscription(owner, job_id, guest)
        with self._lock:
            self._subscriptions.add(subscription)
            position = self._position
        try:
            yield Attached(subscription, position)
        finally:
            with self._lock:
                self._subscriptions.discard(subscription)

    def replay(self, attached: Attached, after: str) -> list[Numbered] | None:
        """The client's stored events after ``after`` up to where it attached.

        None when they are no longer all held, or are more than ``MOST_REPLAYED``: the client must refetch.
        """
        if not attached.position or not _ENTRY_ID.fullmatch(after):
            return None
        try:
            return self._stored(attached, after) if self._wire.holds(after) else None
        except RedisError as error:
            log.warning("events could not be replayed", error=str(error))
            return None

    def since(self, attached: Attached, milliseconds: int) -> list[Numbered] | None:
        """The client's stored events from a time, in milliseconds since the epoch; None as ``replay`` says."""
        if not attached.position:
            return None
        try:
            return self._stored(attached, f"{max(milliseconds, 1)}-0")
        except RedisError as error:
            log.warning("events could not be replayed", error=str(error))
            return None

    def _stored(self, attached: Attached, after: str) -> list[Numbered] | None:
        """Filtered while they are read: the stream holds everybody's events. Raises RedisError."""
        own = filter(attached.subscription.wants, self._wire.read(after, attached.position))
        found = list(islice(own, MOST_REPLAYED + 1))
        return found if len(found) <= MOST_REPLAYED else None

    def guests(self) -> set[Guest]:
        """Who is attached and may be sent away."""
        with self._lock:
            return {one.guest for one in self._subscriptions if one.guest is not None}

    def dismiss(self, guest: Guest, status: int, code: str, why: str) -> None:
        """End what this guest is attached by, with the refusal that another request of theirs would meet."""
        with self._lock:
            for subscription in self._subscriptions:
                if subscription.guest == guest:
                    subscription.dismiss(Dismissed(status, code, why))

    def stops_within(self, seconds: float) -> bool:
        """Wait so long, or until the hub has stopped, and tell which."""
        return self._stopping.wait(seconds)

    def stop(self) -> None:
        """End every subscription and the reader."""
        self._stopping.set()
        with self._lock:
            for subscription in self._subscriptions:
                subscription.end()

    def _start(self) -> None:
        with self._lock:
            if self._reader is None:
                self._reader = threading.Thread(target=self._read, name="relay", daemon=True)
                self._reader.start()

    def _read(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stopping.is_set():
            try:
                self._begin()
                wait_s = FIRST_WAIT_S
                while not self._stopping.is_set():
                    events = self._wire.listen(self._position, BLOCK_MS)
                    self._dispatch(events)
                    # Silence may also mean that the stream was emptied, or started anew behind our connection.
                    if not events and not self._wire.holds(self._position):
                        self._begin()
            except RedisError as error:
                log.warning("the relay has lost Redis", error=str(error), again_in_s=wait_s)
                with self._lock:
                    if self._position:  # once: whoever is attached hears nothing until it is back
                        for subscription in self._subscriptions:
                            subscription.offer(Gap(""))
                    self._position = ""
                self._ready.set()
                self._stopping.wait(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def _begin(self) -> None:
        """Take the stream's position; whoever is attached has missed what went before."""
        position = self._wire.position()
        with self._lock:
            self._position = position
            for subscription in self._subscriptions:
                subscription.offer(Gap(position))
        self._ready.set()

    def _dispatch(self, events: list[Numbered]) -> None:
        with self._lock:
            for event in events:
                told = Gap(event.id) if event.owner == EVERYBODY else event
                for subscription in self._subscriptions:
                    if subscription.wants(event):
                        subscription.offer(told)
                self._position = event.id
