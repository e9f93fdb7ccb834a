"""Changes of the database, kept off the event loop: SQLite waits in C, for its write lock and for the disk.

The change itself runs in one thread, so that this process never waits for its own lock. What it would send to Redis is
sent by the loop afterwards, in the order of the commits, because a socket of gevent's belongs to the thread that opened
it. PostgreSQL's driver waits as gevent does, and is called where we are.

Jobs that are submitted while a commit is under way are accepted together by the next one ("group commit"): a disk syncs
as fast for fifty as for one. Each is answered as soon as it is durable, while Redis is being told: a process that dies
in between leaves jobs that the sweep rings for.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from gevent import spawn
from gevent.event import AsyncResult
from gevent.lock import BoundedSemaphore
from gevent.monkey import is_module_patched
from gevent.threadpool import ThreadPool

from api.offload import in_thread
from triptych.database import DatabaseAway
from triptych.events.event import Event
from triptych.jobs.job import Job
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit, submit_all
from triptych.rings import Ring
from triptych.store import Store
from triptych.wire import Wire

P = ParamSpec("P")
R = TypeVar("R")

log = structlog.get_logger()

MOST_TOGETHER = 100


class Writer:
    """Makes the changes of one process, those of SQLite one after another."""

    def __init__(self) -> None:
        self._thread: ThreadPool | None = None  # begun by the first change, which is behind every fork
        self._submitted: list[tuple[Submission, AsyncResult]] = []
        self._submitting = False
        self._sending = BoundedSemaphore(1)

    def change(self, change: Callable[Concatenate[Store, P], R], store: Store, *args: P.args, **kwargs: P.kwargs) -> R:
        """``change(store, ...)``, while others are served. Raises what it raises."""
        if not is_module_patched("socket"):
            return change(store, *args, **kwargs)
        outbox = _Outbox()
        result = self._committed(change, replace(store, wire=outbox), *args, **kwargs)
        with self._sending:
            store.wire.send(outbox.rings, outbox.events)
        return result

    def submit(self, store: Store, submission: Submission) -> Job:
        """Accept a job, together with those that others submit meanwhile. Raises as jobs.submit.submit does."""
        if not is_module_patched("socket"):
            return submit(store, submission)
        accepted = AsyncResult()
        self._submitted.append((submission, accepted))
        if not self._submitting:
            self._submitting = True
            spawn(self._submit_waiting, store)
        job: Job = accepted.get()
        return job

    def _submit_waiting(self, store: Store) -> None:
        try:
            while self._submitted:
                together, self._submitted = self._submitted[:MOST_TOGETHER], self._submitted[MOST_TOGETHER:]
                self._submit_together(store, together)
        finally:
            self._submitting = False

    def _submit_together(self, store: Store, together: Sequence[tuple[Submission, AsyncResult]]) -> None:
        """Answer each; when they are not accepted as one, each is tried alone, so that it fails or not by itself."""
        outbox = _Outbox()
        try:
            jobs = self._committed(submit_all, replace(store, wire=outbox), [submission for submission, _ in together])
        except Exception as error:
            if len(together) == 1 or isinstance(error, DatabaseAway):  # which it would be for each of them
                for _, accepted in together:
                    accepted.set_exception(error)
                return
            for alone in together:
                self._submit_together(store, [alone])
            return
        with self._sending:
            for (_, accepted), job in zip(together, jobs, strict=True):
                accepted.set(job)
            self._send(store.wire, outbox)

    def _send(self, wire: Wire, outbox: "_Outbox") -> None:
        try:
            wire.send(outbox.rings, outbox.events)
        except Exception:  # those who wait for the next commit have no part in it
            log.exception("redis could not be told", unsent_rings=len(outbox.rings), unsent_events=len(outbox.events))

    def _committed(
        self, change: Callable[Concatenate[Store, P], R], store: Store, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        if not store.settings.database.startswith("sqlite:"):
            return change(store, *args, **kwargs)
        if self._thread is None:
            self._thread = ThreadPool(1)
        return in_thread(self._thread, change, store, *args, **kwargs)


class _Outbox(Wire):
    """Holds what is to be sent."""

    def __init__(self) -> None:
        self.rings: list[Ring] = []
        self.events: list[Event] = []

    def send(self, rings: Sequence[Ring] = (), events: Sequence[Event] = ()) -> bool:
        self.rings += rings
        self.events += events
        return True
