"""Who runs what, told between the processes of one worker: a board in shared memory, with a post for each slot.

The process that runs a job writes its post; the worker's warden reads it and may condemn the run that it finds there.
Each writes fields of its own and a run has a number, so that neither waits for a lock that a killed process holds.
"""

import ctypes
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from multiprocessing.sharedctypes import RawArray, RawValue
from typing import TypeAlias

from billiard.process import current_process

from pipelines.errors import Cancelled

SLOTS = 512  # more than any machine runs at a time; a post is 3 KB
MOST_TOGETHER = 64  # jobs that one run does at once
ID_BYTES = 36

Attempt: TypeAlias = tuple[str, int]  # a job's id, and which of its attempts


class Verdict(IntEnum):
    """What is to become of a run."""

    GO_ON = 0
    LOST = 1  # it was cancelled, or somebody else has the job
    TIMED_OUT = 2  # it has run for as long as it may
    HANDED_BACK = 3  # the worker is going away


class _Member(ctypes.Structure):
    _fields_ = (("job_id", ctypes.c_char * ID_BYTES), ("attempt", ctypes.c_int64))


class _Record(ctypes.Structure):
    _fields_ = (
        # Written by the process that runs the job; ``run`` is 0 while it runs none.
        ("run", ctypes.c_uint64),
        ("runs", ctypes.c_uint64),
        ("process_id", ctypes.c_int64),
        ("started_at", ctypes.c_double),
        ("time_limit_s", ctypes.c_double),
        ("together", ctypes.c_int64),
        ("members", _Member * MOST_TOGETHER),
        ("at_work_since", ctypes.c_double),
        # Written by the warden: the run that is to stop, and the last one whose process is dead.
        ("condemned", ctypes.c_uint64),
        ("verdict", ctypes.c_int64),
        ("buried", ctypes.c_uint64),
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A run as the warden saw it, of several jobs where they are done at once; ``started_at`` by the running clock."""

    slot: int
    run: int
    process_id: int
    attempts: tuple[Attempt, ...]
    started_at: float
    time_limit_s: float


class Board:
    """The posts of one worker. Made before its processes are forked."""

    def __init__(self) -> None:
        self._records = RawArray(_Record, SLOTS)
        for record in self._records:
            record.runs = 1  # so that no post is condemned before its first run
        self._draining = RawValue(ctypes.c_bool, False)
        self._parent_id = os.getpid()
        self._taken = 0
        self._taking = threading.Lock()
        self._own = threading.local()

    def post(self) -> "Post":
        """The post of the calling thread, or of the calling process where each process runs one job."""
        if not hasattr(self._own, "post") or self._own.post.process_id != os.getpid():
            slot = self._slot()
            self._own.post = Post(self._records[slot], slot, self._parent_id)
        post: Post = self._own.post
        return post

    def drain(self) -> None:
        """Have no more jobs claimed, by any process of the worker."""
        self._draining.value = True

    def is_draining(self) -> bool:
        """Whether the worker is going away."""
        return bool(self._draining.value)

    def seen(self) -> list[Seen]:
        """Every run there is."""
        return [one for slot in range(SLOTS) if (one := self.look(slot)) is not None]

    def look(self, slot: int) -> Seen | None:
        """The run at one post; None when there is none, or it changes this moment."""
        record = self._records[slot]
        run = record.run
        if not run or run == record.buried:
            return None
        attempts = tuple((one.job_id.decode(), one.attempt) for one in record.members[: record.together])
        seen = Seen(slot, run, record.process_id, attempts, record.started_at, record.time_limit_s)
        return seen if record.run == run else None

    def at_work(self) -> dict[int, float]:
        """The processes that have a message in hand: since when, for the one they have had longest."""
        since: dict[int, float] = {}
        for record in self._records:
            if began := record.at_work_since:
                since[record.process_id] = min(began, since.get(record.process_id, began))
        return since

    def condemn(self, seen: Seen, verdict: Verdict) -> None:
        """Have this run, and no other that may have come after it, stop at its next check."""
        record = self._records[seen.slot]
        record.verdict = verdict
        record.condemned = seen.run

    def bury(self, seen: Seen) -> None:
        """See this run no longer, whose process is dead: another may come under the same number."""
        self._records[seen.slot].buried = seen.run

    def _slot(self) -> int:
        index = getattr(
            current_process(), "index", None
        )  # a prefork pool numbers its processes, and uses numbers again
        if os.getpid() != self._parent_id and index is not None:
            return int(index) % SLOTS
        with self._taking:
            self._taken += 1
            return (self._taken - 1) % SLOTS


class Post:
    """Where one slot of the worker says what it runs, and hears that it is to stop."""

    def __init__(self, record: _Record, slot: int, parent_id: int) -> None:
        self.slot = slot
        self._record = record
        self._parent_id = parent_id
        self.process_id = os.getpid()

    @contextmanager
    def at_work(self, since: float) -> Iterator[None]:
        """Say that this slot has a message in hand, for the block, whose jobs were claimed after ``since``."""
        self._record.process_id, self._record.at_work_since = self.process_id, since
        try:
            yield
        finally:
            self._record.at_work_since = 0.0

    @contextmanager
    def running(self, attempts: Sequence[Attempt], started_at: float, time_limit_s: float) -> Iterator[None]:
        """Say that a run of these, ``MOST_TOGETHER`` at most, is under way, for the block."""
        record = self._record
        record.run = 0
        record.process_id, record.together = self.process_id, len(attempts)
        record.started_at, record.time_limit_s = started_at, time_limit_s
        for member, (job_id, attempt) in zip(record.members, attempts, strict=False):
            member.job_id, member.attempt = job_id.encode(), attempt
        record.runs += 1
        record.run = record.runs
        try:
            yield
        finally:
            record.run = 0

    @property
    def verdict(self) -> Verdict:
        """What the warden says of the run that is under way, or was last."""
        return Verdict(self._record.verdict) if self._record.condemned == self._record.runs else Verdict.GO_ON

    def check(self) -> None:
        """Raise Cancelled once the run has no right to go on, or the worker is dead and nobody renews its lease."""
        record = self._record
        if record.condemned == record.runs or self._is_orphan():
            raise Cancelled

    def _is_orphan(self) -> bool:
        return self.process_id != self._parent_id and os.getppid() != self._parent_id
