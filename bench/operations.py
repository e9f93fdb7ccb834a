"""The single operations that a stack does over and over, each timed by itself."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import select

from bench.filled import row_id
from bench.handing_in import BENCH, submission
from bench.statements import StatementTimes
from pipelines.contract import EngineUsed, Lane, Result
from triptych.jobs.admission import admit
from triptych.jobs.counts import lane_loads, tallies
from triptych.jobs.ending import end
from triptych.jobs.ends import succeeded
from triptych.jobs.leases import Holder, claim
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.states import JobState
from triptych.jobs.submit import submit, submit_all
from triptych.jobs.sweep import sweep
from triptych.jobs.tables import IS_RUNG, jobs
from triptych.jobs.window import PLACES_FOR_NOBODY
from triptych.store import Store

Answer = TypeVar("Answer")

BUSY, QUIET = "owner-0", "owner-3"  # both have finished jobs; what waits is the busy one's
PAGE = 51  # the API's page of fifty, and one to see whether there is another
NOTHING = Result({}, EngineUsed("none", "none"))
_RUNG = select(jobs.c.id).where(IS_RUNG, jobs.c.owner == BENCH).limit(1)


class _Undone(Exception):
    """Rolls an admission back, so that the next one finds the same place free."""


class Operations:
    """Does each operation once a round, beside ``rows`` rows; ``seconds`` holds, by operation, what each round took.

    The stores are the API's and a worker's, which differ in how durable a commit is.
    """

    def __init__(self, api: Store, worker: Store, rows: int) -> None:
        self.statements = StatementTimes([api.database, worker.database])
        self.seconds: dict[str, list[float]] = {}
        self._api, self._worker, self._rows = api, worker, rows

    def round(self) -> None:
        """Do each operation once; as many jobs are handed in as are done."""
        job = self._timed("submit one job", lambda: submit(self._api, submission()))
        rung, holder = self._a_rung_job(), Holder("bench")
        claimed = self._timed("claim", lambda: claim(self._worker, rung, holder))
        if claimed is None:
            raise RuntimeError("a job that was rung could not be claimed")
        ended = succeeded(claimed.row, self._worker.clock(), NOTHING)
        self._timed("succeed", lambda: end(self._worker, ended))
        self._admit()
        self._timed("one job with its place", lambda: get_job(self._api, BENCH, job.id))
        self._read()
        self._timed("a sweep", lambda: sweep(self._worker, self._worker.clock()))

    def forget(self) -> None:
        """Drop what was timed so far."""
        self.seconds.clear()
        self.statements.spent.clear()

    def _read(self) -> None:
        middle, running = Filter(before=row_id(self._rows // 2)), Filter(state=JobState.RUNNING)
        self._timed("first page of the list", lambda: list_jobs(self._api, BUSY, Filter(), PAGE))
        self._timed("that of a quiet owner", lambda: list_jobs(self._api, QUIET, Filter(), PAGE))
        self._timed("a page in its middle", lambda: list_jobs(self._api, BUSY, middle, PAGE))
        self._timed("page of what is running", lambda: list_jobs(self._api, BUSY, running, PAGE))
        self._timed("loads of the lanes", lambda: lane_loads(self._api))
        self._timed("an owner's tallies", lambda: tallies(self._api, BUSY))

    def _a_rung_job(self) -> str:
        with self._worker.database.read() as connection:
            return str(connection.execute(_RUNG).scalar_one())

    def _admit(self) -> None:
        """Admit one job to a window that has one place more than is taken."""
        settings = self._worker.settings.model_copy(update={"window": PLACES_FOR_NOBODY + 1})
        wider = replace(self._worker, settings=settings)
        with suppress(_Undone), self._worker.database.write() as connection:
            rings = self._timed("admission", lambda: admit(connection, wider, Lane.CPU, wider.clock()))
            if not rings:
                raise RuntimeError("nothing was admitted")
            raise _Undone

    def _timed(self, name: str, action: Callable[[], Answer]) -> Answer:
        with self.statements.operation(name):
            began = time.perf_counter()
            answer = action()
            self.seconds.setdefault(name, []).append(time.perf_counter() - began)
        return answer


def hand_in(api: Store, worker: Store) -> None:
    """Fill the window and have some more wait, so that every round finds a job to claim and one to admit."""
    submit_all(api, [submission() for _ in range(2 * PLACES_FOR_NOBODY)])
    sweep(worker, worker.clock())
