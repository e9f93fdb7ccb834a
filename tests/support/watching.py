"""A worker's warden, whose looks, clock and database are moved by hand."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from support.work import OWNER
from triptych.database import Database
from triptych.jobs.job import Job
from triptych.jobs.leases import Claim, Holder, claim
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.store import Store
from workers.forks import ForkGuard
from workers.posts import Board, Post
from workers.warden import Warden


@dataclass(frozen=True)
class Fickle(Database):
    """A database that answers questions, and writes nothing while it has a ``trouble``."""

    trouble: Callable[[], Exception | None]

    @contextmanager
    def write(self) -> Iterator[Connection]:
        if (trouble := self.trouble()) is not None:
            raise trouble
        with super().write() as connection:
            yield connection


class Scene:
    """A worker of one slot, whose warden and clocks are moved by hand: ``set_back_s`` is that of the wall alone."""

    def __init__(self, store: Store) -> None:
        self.now = store.clock()
        self.set_back_s = 0.0
        self.going_away = False
        self.trouble: Exception | None = None
        database = Fickle(store.database.engine, lambda: self.trouble)
        self.store = replace(store, database=database, clock=lambda: self.now - self.set_back_s)
        self.board = Board()
        self.holder = Holder("worker-1")
        self.post: Post = self.board.post()
        self.warden = Warden(
            self.store,
            self.board,
            self.holder.token,
            lambda: self.going_away,
            ForkGuard(),
            running_clock=lambda: self.now,
        )

    def claim(self, job: Job, process_id: int | None = None) -> Claim:
        holder = self.holder if process_id is None else replace(self.holder, process_id=process_id)
        claimed = claim(self.store, job.id, holder)
        assert claimed is not None
        return claimed

    def running(
        self, *claims: Claim, time_limit_s: float = 3600.0, process_id: int | None = None
    ) -> AbstractContextManager[None]:
        """One run of the claimed jobs, for the block, in this process or as that one would show it."""
        self.post.process_id = process_id or os.getpid()
        return self.post.running([(one.job.id, one.row.attempt) for one in claims], self.now, time_limit_s)

    def state(self, job: Job) -> JobState:
        return get_job(self.store, OWNER, job.id).state

    def lease_until(self) -> float:
        """When the lease of the only job lapses, in seconds since the epoch."""
        with self.store.database.read() as connection:
            return float(connection.exec_driver_sql("SELECT lease_until FROM jobs").scalar_one())
