"""How the jobs of one message ended; ends that come close together are written by one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from threading import Event as Pause

import structlog

from triptych.database import Clock, DatabaseAway
from triptych.jobs import ending, ends
from triptych.jobs.ends import End
from triptych.jobs.kept import Served
from triptych.jobs.leases import Claim, Holder
from triptych.jobs.states import Move
from triptych.store import Store

log = structlog.get_logger()

RETRY_S = 0.5
TELL_AFTER_S = 0.1  # the ends of a message's first jobs wait no longer than this for those of the others


class Outcome(StrEnum):
    """How a job that was rung for ended."""

    NOTHING_TO_DO = "nothing to do"  # claimed by somebody else, cancelled, or rung twice
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DROPPED = "dropped"  # cancelled, rescued or handed back while it ran: what it made is not kept
    LEFT = "left"  # the database is away, or takes no end of it: the worker's warden lets it go
    AGAIN = "again"  # it waits for another attempt


OUTCOMES = {Move.SUCCEED: Outcome.SUCCEEDED, Move.FAIL: Outcome.FAILED, Move.REQUEUE: Outcome.AGAIN}


class Tally:
    """The ends of ``holder``'s jobs that are to be written, and the outcomes of those that are.

    ``clear_desk`` frees the disk that a run has filled, on which the database may lie as well; between runs.
    """

    def __init__(self, store: Store, holder: Holder, clear_desk: Callable[[], object], running_clock: Clock) -> None:
        self._store = store
        self._holder = holder
        self._clear_desk = clear_desk
        self._running_clock = running_clock
        self._waits_since = 0.0  # the first of those that are to be written
        self._ended: list[End] = []
        self._untold: list[Served] = []
        self.outcomes: list[Outcome] = []

    def add(self, end: End) -> None:
        """Have this end written with the others."""
        if not self._ended:
            self._waits_since = self._running_clock()
        self._ended.append(end)

    def note(self, outcome: Outcome) -> None:
        """A job ended of which nothing is to be written."""
        self.outcomes.append(outcome)

    def served(self, served: Served) -> None:
        """A job succeeded by what was kept, which is yet to be told."""
        self._untold.append(served)
        self.outcomes.append(Outcome.SUCCEEDED)

    def tell(self) -> None:
        """Tell what is yet to be told; who shows no run asks for it, since Redis may take its time."""
        untold, self._untold = self._untold, []
        rings = [ring for served in untold for ring in served.rings]
        self._store.wire.send(rings, [event for served in untold for event in served.events])

    def began_at(self, claimed: Claim, at: float) -> None:
        """The job waited behind others of its message, and its run began only then."""
        self._ended = [replace(one, started_at=at) if one.row is claimed.row else one for one in self._ended]

    def write_if_due(self, *, in_run: bool = False) -> None:
        """Write the ends where the first has waited for long enough; ``in_run``: while the desk is in use."""
        if self._ended and self._running_clock() - self._waits_since > TELL_AFTER_S:
            self.write(in_run=in_run)

    def write(self, *, go_on: bool = False, in_run: bool = False) -> Sequence[Claim]:
        """Write the ends, waiting out a database that is away for as long as the lease may stand.

        Returns what was claimed to ``go_on`` with.
        """
        if not self._ended:
            return ()
        if not in_run and any(one.move is not Move.SUCCEED for one in self._ended):
            self._clear_desk()
        ended, self._ended = self._ended, []
        until = self._running_clock() + self._store.settings.lease_s
        while True:
            try:
                applied, claims = self._end_all(ended, go_on=go_on)
                break
            except DatabaseAway as error:
                if self._running_clock() > until:
                    log.warning("left: the database is away", error=str(error))
                    self.outcomes += [Outcome.LEFT] * len(ended)
                    return ()
                if not in_run:
                    self._clear_desk()
                Pause().wait(RETRY_S)
            except Exception:
                log.exception("the ends could not be written together", jobs=len(ended))
                self.outcomes += [self._write_alone(one) for one in ended]
                return ()
        self.outcomes += [OUTCOMES[one.move] if one.row.id in applied else Outcome.DROPPED for one in ended]
        return claims

    def _end_all(self, ended: Sequence[End], *, go_on: bool) -> tuple[set[str], Sequence[Claim]]:
        if go_on:
            return ending.end_and_go_on(self._store, ended, self._holder)
        return ending.end_all(self._store, ended), ()

    def _write_alone(self, one: End) -> Outcome:
        """Write one end; as a failure, where the database does not take it as it is."""
        for end in (one, _refused(one)):
            try:
                return OUTCOMES[end.move] if ending.end_all(self._store, [end]) else Outcome.DROPPED
            except DatabaseAway:
                break
            except Exception:
                log.exception("the end of a job was refused", job_id=one.row.id)
        return Outcome.LEFT


def _refused(one: End) -> End:
    words = "what came of it could not be kept; the worker's log has the details"
    return replace(ends.failed(one.row, one.at, "internal", words), started_at=one.started_at)
