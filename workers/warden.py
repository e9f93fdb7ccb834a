"""The warden of a worker: a thread of its parent process that watches over the runs of its slots.

It renews their leases, whatever a run does with Python's lock; it stops those that were cancelled, timed out or are to
be handed back, by a word that they hear at their next check and, where each runs in a process of its own, by killing
the process; and it has the jobs of a process that died queued again at once.
"""

import os
import shutil
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import structlog
from sqlalchemy import Row
from sqlalchemy.exc import DatabaseError

from triptych.database import Clock, DatabaseAway
from triptych.jobs import ending, ends, leases
from triptych.jobs.ends import End
from triptych.store import Store
from workers.desk import desk_of
from workers.forks import ForkGuard
from workers.posts import Attempt, Board, Seen, Verdict
from workers.processes import is_ours, kill

log = structlog.get_logger()

TICK_S = 0.4
PATIENCE_S = 0.7  # between the word and the kill: together with a tick less than the two seconds that are promised
UNSEEN_S = 2.0  # after which a job that is in nobody's hands any more is tried again: its end could not be written

Rows = Collection[Row[Any]]  # Any: of the jobs table
Jobs = dict[Attempt, Row[Any]]


class Warden:
    """Watches the runs on ``board``, whose leases carry ``token``, between ``start`` and ``stop``.

    ``draining`` says that the worker is going away: runs then have the settings' ``grace_s``, and are handed back.
    """

    def __init__(
        self,
        store: Store,
        board: Board,
        token: str,
        draining: Callable[[], bool],
        guard: ForkGuard,
        tick_s: float = TICK_S,
        running_clock: Clock = time.monotonic,
    ) -> None:
        self._store = store
        self._board = board
        self._token = token
        self._draining = draining
        self._guard = guard
        self._tick_s = tick_s
        self._running_clock = running_clock  # of every interval: nobody sets it, and it stands while the machine sleeps
        self._drained_since: float | None = None
        self._renewed_at = running_clock()
        self._away_at = float("-inf")  # the database, when it was last
        self._condemned: dict[tuple[int, int], float] = {}  # by slot and run: since when
        self._killed: set[int] = set()
        self._owed: dict[Attempt, End] = {}  # of runs that were ended, until it is written
        self._unseen: dict[Attempt, float] = {}  # since when
        self._stopped = Event()
        self._thread = Thread(target=self._watch, name="warden", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stopped.set()
        self._thread.join()

    def look(self) -> None:
        """Look once at every run. Raises DatabaseAway."""
        now = self._running_clock()
        try:
            self._look(now)
        except DatabaseAway:
            self._away_at = now
            raise

    def _look(self, now: float) -> None:
        seen, rows, dead = self._survey()
        self._renew([row.process_id for row in rows if row.process_id not in dead], now)
        running: Jobs = {(row.id, row.attempt): row for row in rows}
        self._judge(seen, running, now)
        self._force(seen, running, now)
        self._write_owed(running)
        if self._is_grace_over(now):
            self._hand_back(rows, seen, dead, now)
        self._let_go(seen, running, now)
        self._bury(dead, rows, seen)

    def _survey(self) -> tuple[list[Seen], Rows, set[int]]:
        """The runs, the rows that are held, and those of their processes that are dead."""
        seen, rows = self._look_at_both()
        numbers = {run.process_id for run in seen} | {row.process_id for row in rows} | self._killed
        dead = {number for number in numbers if not is_ours(number)}
        if dead:  # they may have gone on since the first look, and then died: this is what they were at last
            seen, rows = self._look_at_both()
        return seen, rows, dead

    def _look_at_both(self) -> tuple[list[Seen], Rows]:
        seen = self._board.seen()  # before the rows: a run that is on the board was claimed before
        return seen, leases.held(self._store, self._token)

    def _watch(self) -> None:
        while not self._stopped.wait(self._tick_s):
            try:
                with self._guard.no_fork():
                    self.look()
            except DatabaseAway as error:  # the leases may still stand when it is back
                log.warning("the runs could not be watched", error=str(error))
            except Exception:  # a warden that is gone would lose every lease of its worker
                log.exception("the warden stumbled")

    def _renew(self, alive: list[int], now: float) -> None:
        """Keep the leases first of all: whatever goes wrong behind this concerns one run, this all of them."""
        if not alive or now - self._renewed_at < self._store.settings.lease_s / 3:
            return
        if leases.renew(self._store, self._token, set(alive)) >= len(alive):  # else the next look tries again
            self._renewed_at = now

    def _judge(self, seen: Iterable[Seen], running: Jobs, now: float) -> None:
        for run in seen:
            if any(attempt not in running for attempt in run.attempts):
                self._condemn(run, Verdict.LOST, now)
            elif now - run.started_at > run.time_limit_s:
                self._condemn(run, Verdict.TIMED_OUT, now)

    def _condemn(self, run: Seen, verdict: Verdict, now: float) -> None:
        if (run.slot, run.run) not in self._condemned:
            self._condemned[run.slot, run.run] = now
            self._board.condemn(run, verdict)

    def _is_grace_over(self, now: float) -> bool:
        if not self._draining():
            return False
        self._drained_since = self._drained_since or now
        return now - self._drained_since >= self._store.settings.grace_s

    def _hand_back(self, rows: Rows, seen: Iterable[Seen], dead: Collection[int], now: float) -> None:
        """Hand back whatever runs, whether it listens or not."""
        if rows:
            at = self._store.clock()
            found = [replace(ends.handed_back(row, at), by_another=row.process_id in dead) for row in rows]
            ending.end_all(self._store, found)
            log.info("handed back: the worker is going away", jobs=len(rows))
        for run in seen:
            self._condemn(run, Verdict.HANDED_BACK, now)

    def _force(self, seen: Iterable[Seen], running: Jobs, now: float) -> None:
        """End the runs that have not listened for ``PATIENCE_S``."""
        there = {(run.slot, run.run): run for run in seen}
        self._condemned = {run: since for run, since in self._condemned.items() if run in there}
        for which, since in self._condemned.items():
            if now - since >= PATIENCE_S:
                self._end(there[which], running, now)

    def _end(self, run: Seen, running: Jobs, now: float) -> None:
        if run.process_id != os.getpid() and not self._kill(run):
            return
        if now - run.started_at > run.time_limit_s:
            rows = {attempt: running[attempt] for attempt in run.attempts if attempt in running}
            self._owed |= {attempt: self._out_of_time(row, run) for attempt, row in rows.items()}

    def _out_of_time(self, row: Row[Any], run: Seen) -> End:
        if len(run.attempts) == 1:
            return ends.timed_out(row, self._store.clock())
        words = "it was done at once with others, which took too long together"
        return ends.died(self._store, row, self._store.clock(), words)  # alone from now on, within its own time limit

    def _write_owed(self, running: Jobs) -> None:
        """Write how the runs ended that were ended by force: now, or when the database is there again."""
        self._owed = {which: one for which, one in self._owed.items() if which in running}
        if not self._owed:
            return
        try:
            ending.end_all(self._store, list(self._owed.values()))
        except DatabaseError:  # their jobs go back as those of any process that was killed
            log.exception("the ends of killed runs were refused", jobs=len(self._owed))
            self._owed = {}

    def _kill(self, run: Seen) -> bool:
        """Kill the process of this run, and of no run that has come after it."""
        if not kill(run.process_id, lambda: self._board.look(run.slot) == run):
            return False
        self._killed.add(run.process_id)
        job_ids = [job_id for job_id, _ in run.attempts]
        log.warning("killed a process whose run did not stop", job_ids=job_ids, process_id=run.process_id)
        shutil.rmtree(desk_of(self._store.settings.work, self._token, run.slot), ignore_errors=True)
        return True

    def _let_go(self, seen: Iterable[Seen], running: Jobs, now: float) -> None:
        """Let go what is held and not run: what waits behind a run of its message after a lease, else at once."""
        unseen = set(running) - {attempt for run in seen for attempt in run.attempts}
        self._unseen = {which: self._unseen.get(which, now) for which in unseen}
        at_work, lease_s = self._board.at_work(), self._store.settings.lease_s
        found = []
        for which, since in self._unseen.items():
            row = running[which]
            is_in_hand = row.process_id in at_work and row.started_at >= at_work[row.process_id]
            if now - since >= (lease_s if is_in_hand else UNSEEN_S):
                one = self._let_go_of(row, is_excused=is_in_hand or now - self._away_at < lease_s)
                found.append(replace(one, by_another=True, is_unseen=True))
        if found:
            ending.end_all(self._store, found)
            log.warning("let go what nobody ran", jobs=len(found))

    def _let_go_of(self, row: Row[Any], *, is_excused: bool) -> End:
        """It goes back uncounted; or counted, lest what can never be kept come back for ever."""
        words, at = "its worker did not come to run it, or could not keep what came of it", self._store.clock()
        if is_excused:
            return ends.handed_back(row, at, words)
        return ends.to_be_retried(self._store, row, at, "transient_failure", words)

    def _bury(self, dead: set[int], rows: Rows, seen: Iterable[Seen]) -> None:
        """Queue the jobs of dead processes again, and forget the dead: their numbers may be given to others."""
        self._queue_again([row for row in rows if row.process_id in dead], seen)
        for run in seen:
            if run.process_id in dead:
                self._board.bury(run)
        self._killed -= dead

    def _queue_again(self, rows: Rows, seen: Iterable[Seen]) -> None:
        """Only what was being run, and not killed for another, is to blame.

        Of several that were done at once each is: it is alone in its next message, and the one that kills is found.
        """
        if not rows:
            return
        at, words = self._store.clock(), "the process of {} that ran it died"
        ran = {run.process_id: run.attempts for run in seen}
        found = [
            ends.died(self._store, row, at, words.format(row.worker))
            if row.process_id not in self._killed
            and (row.id, row.attempt) in ran.get(row.process_id, [(row.id, row.attempt)])
            else replace(ends.handed_back(row, at), by_another=True)
            for row in rows
        ]
        for job_id in sorted(ending.end_all(self._store, found)):
            log.warning("a process died under a run", job_id=job_id)
