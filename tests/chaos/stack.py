"""A Triptych to be broken: real Redis, workers, periodic loop and API, with leases and sweeps that are soon over."""

import os
import random
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from support.api_process import free_port, wait_until_ready
from support.redis_process import RedisServer
from support.until import LONGEST_S, until

from api.room import LOCAL_USER
from chaos.audit import Books, audit
from chaos.chores import Chore, pipeline_of
from chaos.ledger import Ledger
from chaos.processes import Processes, Running
from chaos.recorder import Recorder
from pipelines.contract import Lane
from triptych.events.event import Numbered
from triptych.ids import new_id
from triptych.jobs.states import FINAL
from triptych.jobs.submit import Submission, submit_all
from triptych.jobs.tables import jobs
from triptych.settings import Settings
from triptych.store import Store, open_store
from triptych.wire import Wire, connect
from triptych.workers import present

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
LOOK_EVERY_S = 0.1
POOLS = {Lane.CPU: "prefork", Lane.GPU: "threads", Lane.NET: "threads"}
SLOTS = {Lane.CPU: 2, Lane.GPU: 4, Lane.NET: 8}
SOON = {"lease_s": 3.0, "sweep_s": 1.0, "grace_s": 2.0, "max_attempts": 20, "event_history": 1_000_000}


class Stack:
    """The processes of one test, the store they share, and everything their jobs' owners were told."""

    def __init__(self, settings: Settings, redis: RedisServer) -> None:
        self.settings = settings
        self.redis = redis
        self.store: Store = open_store(settings)
        self.ledger = Ledger.of(settings.home)
        self.processes = Processes(settings.home / "logs", _environment(settings))
        self.accepted: list[str] = []
        self._recorders: dict[str, Recorder] = {}
        self._names = 0

    def worker(
        self, *lanes: Lane, slots: int | None = None, pool: str | None = None, app: str = "chaos.app"
    ) -> Running:
        """Start a worker of ``lanes``, which knows the pipelines of ``app``, and return at once."""
        lanes, first = lanes or (Lane.CPU,), (lanes or (Lane.CPU,))[0]
        self._names += 1
        name = f"{first.value}{self._names}"
        command = [sys.executable, "-m", "celery", "--quiet", "-A", app, "worker", "-Q", ",".join(lanes)]
        options = [f"--pool={pool or POOLS[first]}", f"--concurrency={slots or SLOTS[first]}", "-n", f"{name}@chaos"]
        return self.processes.start(name, [*command, *options, "--without-gossip", "--without-mingle"])

    def periodic(self, module: str = "workers.periodic") -> Running:
        """Start the periodic loop, which knows the pipelines that ``module`` does."""
        return self.processes.start("periodic", [sys.executable, "-m", module])

    def api(self, port: int | None = None) -> tuple[Running, int]:
        """Start the API and return when it answers, with its port."""
        port = port or free_port()
        command = [sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn", "chaos.api:app"]
        running = self.processes.start("api", command, TRIPTYCH_PORT=str(port))
        wait_until_ready(running.process, port)
        return running, port

    def until_workers_are_there(self, number: int) -> None:
        """Return when this many workers have said that they are there."""
        self.until(lambda: len(present(self.store)) >= number)

    def until(self, look: Callable[[], T], *, longest_s: float = LONGEST_S) -> T:
        """What ``look`` returns once that is true, while no process ends that nobody ended."""

        def look_closely() -> T:
            self.processes.check()
            return look()

        return until(look_closely, longest_s=longest_s, pause_s=LOOK_EVERY_S)

    def listen_to(self, owner: str = LOCAL_USER) -> Recorder:
        """Record what ``owner`` is told from now on."""
        if owner not in self._recorders:
            self._recorders[owner] = Recorder(Wire(connect(self.settings.redis)), owner)
        return self._recorders[owner]

    def submit(self, *wanted: Submission) -> list[str]:
        """Accept jobs in one transaction, and return their ids."""
        for owner in {submission.owner for submission in wanted}:
            self.listen_to(owner)
        ids = [job.id for job in submit_all(self.store, wanted)]
        self.accepted += ids
        return ids

    def say(self, word: str) -> None:
        """Let runs go on that wait for ``word``."""
        (self.settings.home / word).touch()

    def told(self, owner: str = LOCAL_USER) -> list[str]:
        """The ids of all events that the owner was to be told, in order, once each of the owner's jobs is through."""

        def is_told() -> list[Numbered]:
            events = [event for event in self.store.wire.read("0-0") if event.owner == owner]
            return events if sum(event.is_end for event in events) >= len(self.accepted) else []

        return [event.id for event in self.until(is_told)]

    def ended(self) -> int:
        """How many jobs are in a final state."""
        with self.store.database.read() as connection:
            return int(connection.execute(select(func.count()).where(jobs.c.state.in_(sorted(FINAL)))).scalar_one())

    def state(self, job_id: str) -> str:
        """The state of a job."""
        with self.store.database.read() as connection:
            return str(connection.execute(select(jobs.c.state).where(jobs.c.id == job_id)).scalar_one())

    def until_all_have_ended(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Return when every job has; each further one may take ``LONGEST_S``, with ``meanwhile`` at every look."""
        while (before := self.ended()) < len(self.accepted):

            def has_got_on(before: int = before) -> bool:
                meanwhile()
                return self.ended() > before

            self.until(has_got_on)

    def audit(self, *, was_killed: bool = False, accepted: Collection[str] | None = None) -> Books:
        """Wait for the lanes to be empty, the runs to be over and everything to be told; end it all, and audit it.

        ``was_killed``: runs were killed, so that their directories are left to the collector.
        """
        self.until(lambda: not any(self.store.wire.waiting(lane) for lane in Lane))
        for recorder in self._recorders.values():
            recorder.catch_up(self.store.wire)
        if not was_killed:
            self.until(lambda: not any(path.is_file() for path in self.settings.work.rglob("*")))
        self.processes.check()
        assert self.processes.end() == [], "left behind"
        recorders = list(self._recorders.values())
        wanted = self.accepted if accepted is None else accepted
        return audit(self.store, self.ledger, recorders, wanted, was_killed=was_killed)

    def close(self) -> None:
        """End whatever is left, however the test ended."""
        self.processes.kill_all()
        for recorder in self._recorders.values():
            recorder.stop()
        self.store.close()


def job(
    chore: Chore = Chore.NOOP,
    lane: Lane = Lane.CPU,
    owner: str = LOCAL_USER,
    **params: Any,  # Any: JSON
) -> Submission:
    """A job that does ``chore`` on ``lane``."""
    job_id = new_id()
    named = {"job": job_id} if chore is Chore.TOGETHER else {}
    return Submission(owner, pipeline_of(chore, lane), {**named, **params}, id=job_id)


def any_lane(choice: random.Random) -> Lane:
    """A lane: most jobs are for processors."""
    return choice.choices(list(Lane), weights=[6, 1, 2])[0]


@contextmanager
def chaos_stack(settings: Settings, redis: RedisServer, overrides: Mapping[str, Any]) -> Iterator[Stack]:
    """A stack whose processes all end with the block; a log's place is told when it fails."""
    stack = Stack(settings.model_copy(update={**SOON, "redis_url": redis.url, **overrides}), redis)
    try:
        yield stack
    finally:
        stack.close()


def _environment(settings: Settings) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIPTYCH_")}
    told = settings.model_dump(exclude_unset=False, exclude_none=True, exclude_defaults=True)
    return {
        **kept,
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        **{f"TRIPTYCH_{name.upper()}": str(value) for name, value in told.items()},
        "TRIPTYCH_LOG_FORMAT": "console",
    }
