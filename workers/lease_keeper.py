"""Keeping the lease of a run: a thread renews it, and sees when the job is no longer ours."""

from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self

import structlog

from pipelines.errors import Cancelled
from triptych.database import DatabaseAway
from triptych.jobs import leases
from triptych.jobs.leases import Claim, LeaseLost
from triptych.store import Store

log = structlog.get_logger()

LOOK_EVERY_S = 1.0  # a cancelled run is to stop within two seconds


def never() -> bool:
    """Say that the worker stays."""
    return False


class LeaseKeeper:
    """Renews the lease at a third of its length while the ``with`` block runs, and looks for a cancel every second.

    Once ``draining`` says that the worker is going away, the run has ``grace_s`` more seconds; then the job is handed
    back as if it had not been claimed, whether the run listens or not.
    """

    def __init__(
        self,
        store: Store,
        claimed: Claim,
        draining: Callable[[], bool] = never,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._store = store
        self._claimed = claimed
        self._draining = draining
        self._drained_since: float | None = None
        self._look_every_s = look_every_s
        self._stopped = Event()
        self._lost = Event()
        self._renewed_at = store.clock()
        self._thread = Thread(target=self._keep, name=f"lease-{claimed.job.id}", daemon=True)

    def __enter__(self) -> Self:
        """Start renewing."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop renewing; the lease itself ends with the job's last move."""
        self._stopped.set()
        self._thread.join()

    def check(self) -> None:
        """Raise Cancelled once the run has no right to go on."""
        if self._lost.is_set():
            raise Cancelled

    def _keep(self) -> None:
        while not self._stopped.wait(self._look_every_s):
            try:
                self._look()
            except LeaseLost:
                self._lost.set()
                return
            except DatabaseAway as error:  # the database is away: the lease may still stand when it is back
                log.warning("the lease could not be renewed", error=str(error))
                if self._store.clock() - self._renewed_at > self._store.settings.lease_s:
                    self._lost.set()
                    return

    def _look(self) -> None:
        now = self._store.clock()
        if self._draining():
            self._drained_since = self._drained_since or now
            if now - self._drained_since >= self._store.settings.grace_s:
                leases.hand_back(self._store, self._claimed)
                log.info("handed back: the worker is going away")
                raise LeaseLost(self._claimed.job.id)
        if now - self._renewed_at >= self._store.settings.lease_s / 3:
            leases.renew(self._store, self._claimed)
            self._renewed_at = now
        elif not leases.is_ours(self._store, self._claimed):
            raise LeaseLost(self._claimed.job.id)
