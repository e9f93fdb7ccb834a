"""Changes of the database, kept off the event loop: SQLite waits in C, for its write lock and for the disk.

The change itself runs in one thread, so that this process never waits for its own lock. What it would send to Redis is
sent by the loop afterwards, because a socket of gevent's belongs to the thread that opened it. PostgreSQL's driver
waits as gevent does, and is called where we are.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Concatenate, ParamSpec, TypeVar

from gevent.monkey import is_module_patched
from gevent.threadpool import ThreadPool

from triptych.events.event import Event
from triptych.store import Store
from triptych.wire import Ring, Wire

P = ParamSpec("P")
R = TypeVar("R")


class Writer:
    """Makes the changes of one process, those of SQLite one after another."""

    def __init__(self) -> None:
        self._thread: ThreadPool | None = None  # begun by the first change, which is behind every fork

    def change(self, change: Callable[Concatenate[Store, P], R], store: Store, *args: P.args, **kwargs: P.kwargs) -> R:
        """``change(store, ...)``, while others are served. Raises what it raises."""
        if not is_module_patched("socket") or not store.settings.database.startswith("sqlite:"):
            return change(store, *args, **kwargs)
        if self._thread is None:
            self._thread = ThreadPool(1)
        outbox = _Outbox()
        result: R = self._thread.apply(change, (replace(store, wire=outbox), *args), kwargs)
        store.wire.send(outbox.rings, outbox.events)
        return result


class _Outbox(Wire):
    """Holds what is to be sent."""

    def __init__(self) -> None:
        self.rings: list[Ring] = []
        self.events: list[Event] = []

    def send(self, rings: Sequence[Ring] = (), events: Sequence[Event] = ()) -> bool:
        self.rings += rings
        self.events += events
        return True
