"""Workers and their children are killed, one a second, while they work."""

import random
import signal
from collections.abc import Callable
from time import monotonic

import psutil
from support.chance import chance

from chaos.chores import Chore
from chaos.figures import say
from chaos.form import sized
from chaos.processes import Running
from chaos.stack import Stack, any_lane, job
from pipelines.contract import Lane
from triptych.jobs.states import JobState
from triptych.jobs.submit import Submission

JOBS = sized(short=100, full=2000)
MOST_KILLS = sized(short=6, full=2000)
KILL_EVERY_S = 1.0
GAVE_UP = "Could not start worker processes"  # Celery ends a worker whose child dies before the pool is up


def test_killed_workers_lose_and_double_no_job(stack_of):
    stack = stack_of()
    choice = chance("killed workers")
    workers = {lane: stack.worker(lane) for lane in Lane}
    stack.periodic()
    stack.until_workers_are_there(len(workers))

    stack.submit(*(any_job(choice) for _ in range(JOBS)))
    killer = Killer(stack, workers, choice)
    stack.until_all_have_ended(meanwhile=killer.kill_when_due)
    books = stack.audit(was_killed=True)

    assert {row.state for row in books.jobs.values()} == {JobState.SUCCEEDED}
    assert killer.killed > 0
    say(f"{JOBS} jobs, {killer.killed} processes killed, {killer.leaders} of them workers")


def any_job(choice: random.Random) -> Submission:
    """A job of any lane: mostly short, some in one message, some with parts, an output, or a failure that passes."""
    lane = any_lane(choice)
    make: list[Callable[[], Submission]] = [
        lambda: job(Chore.NOOP, lane),
        lambda: job(Chore.COUNT, lane, tokens=choice.randint(1, 5), pause_s=choice.uniform(0, 0.1)),
        lambda: job(Chore.WRITE, lane, size_bytes=choice.randint(1, 200_000)),
        lambda: job(Chore.FLAKY, lane),
        lambda: job(Chore.BRIEF, lane, pause_s=choice.uniform(0, 0.05)),
        lambda: job(Chore.TOGETHER, lane, pause_s=choice.uniform(0, 0.05)),
    ]
    return choice.choices(make, weights=[6, 4, 2, 1, 4, 4])[0]()


class Killer:
    """Kills one process of any worker every ``KILL_EVERY_S``, and keeps a worker on each lane as a supervisor does."""

    def __init__(self, stack: Stack, workers: dict[Lane, Running], choice: random.Random) -> None:
        self._stack, self._workers, self._choice = stack, workers, choice
        self._due = monotonic() + KILL_EVERY_S
        self.killed = self.leaders = 0

    def kill_when_due(self) -> None:
        """Kill if it is time, and start again whoever ended for it."""
        if monotonic() > self._due and self.killed < MOST_KILLS:
            self._due = monotonic() + KILL_EVERY_S
            self._kill_one()
        for lane, worker in self._workers.items():
            if worker.process.poll() is not None:
                assert worker.process.returncode == -signal.SIGKILL or GAVE_UP in worker.tail(), worker.tail()
                self._workers[lane] = self._stack.worker(lane)

    def _kill_one(self) -> None:
        worker, victim = self._choice.choice(
            [(worker, process) for worker in self._workers.values() for process in worker.everybody()]
        )
        worker.doomed = True
        self.killed += 1
        if victim.pid == worker.id:
            self.leaders += 1
            worker.kill()
        else:
            kill(victim)


def kill(process: psutil.Process) -> None:
    """End a child by SIGKILL; it may have ended by itself meanwhile."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
