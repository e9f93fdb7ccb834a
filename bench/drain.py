"""How many jobs a second get done, and what each costs in processor time, beside bare Celery and huey.

Compared are jobs that do nothing, in one run and on one Redis: ours one by one and in micro-batches, with SQLite and
with PostgreSQL; Celery with late acknowledgement and a result backend; huey with results. Each has two worker
processes. The jobs are queued while no worker runs, so that handing them in takes nothing from doing them; then the
workers are started, and what is told is taken from the moment at which a tenth of the jobs were done until all were:
a start takes seconds and is not what this is about. The queues are drained in turn, several rounds, each from rest; the
median is told. Processor time is that of the workers, of Redis, of PostgreSQL and of our periodic loop; it tells more
than the rate where the machine does other things as well.

A job of ours is claimed and finished by a commit each, keeps a history, tells its watchers what happens, can be
cancelled, and is done even when Redis loses everything and whichever process is killed. Of Celery's, what Redis has not
synced yet (about the last second) is lost with Redis, and a message that a killed worker held comes back after an hour.
Huey's message is gone with the worker that popped it.

The aims are Celery's rate one by one, and huey's with micro-batches.

    python -m bench.drain [--jobs 3000] [--rounds 3] [--home DIRECTORY]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil

from bench.databases import private_databases
from bench.handing_in import store_file
from bench.machine import file_system
from bench.noop import BATCHED_NOOP, NOOP
from bench.queues import Queue, celery_queue, huey_queue, triptych_queue
from bench.stack import private_redis, process
from bench.table import Table, print_tables
from triptych.database import open_database
from triptych.settings import Settings

CELERY, HUEY = "Celery, late acks and results", "huey, results"
WAYS = {"one by one": NOOP, "in micro-batches": BATCHED_NOOP}
POLL_S = 0.05
DRAINED_S = 180


@dataclass(frozen=True, slots=True)
class Drained:
    """One round: jobs a second, and milliseconds of processor time that each took."""

    rate: float
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class _Moment:
    """How far a queue was drained, and the processor time that was spent until then."""

    at_s: float
    done: int
    cpu_s: float


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Drain every queue in turn, several times."""
    options = _options(arguments)
    with ExitStack() as running:
        home = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=options.home)))
        queues = _queues(running, home)
        rounds: dict[str, list[Drained]] = {name: [] for name in queues}
        for number in range(options.rounds):
            for name, queue in queues.items():
                print(f"draining {name}, round {number + 1} ...", file=sys.stderr)
                rounds[name].append(drain(queue, options.jobs))
        title = f"{options.jobs:,} jobs, median of {options.rounds} rounds, home on {file_system(home)}"
        yield drain_table(title, rounds)


def drain(queue: Queue, jobs: int) -> Drained:
    """Queue the jobs, start the workers, and measure from a tenth of the jobs on. Raises TimeoutError."""
    queue.put(jobs)
    with ExitStack() as running:
        workers = [running.enter_context(process(command, dict(queue.environment))) for command in queue.commands]
        processes = [psutil.Process(pid) for pid in (*workers, *queue.servers)]
        begin = _when_done(queue, jobs // 10, processes)
        end = _when_done(queue, jobs, processes)
    done = end.done - begin.done
    return Drained(done / (end.at_s - begin.at_s), 1000 * (end.cpu_s - begin.cpu_s) / done)


def drain_table(title: str, rounds: Mapping[str, Sequence[Drained]]) -> Table:
    """Medians of each queue's rounds, and how they compare with the rivals'."""
    rates = {name: median(each.rate for each in taken) for name, taken in rounds.items()}
    rows = [
        (name, rate, median(each.cpu_ms for each in rounds[name]), rate / rates[CELERY], rate / rates[HUEY])
        for name, rate in rates.items()
    ]
    return Table(title, ("queue", "jobs a second", "CPU ms a job", "times Celery's", "times huey's"), rows)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=3000, help="jobs of a round")
    parser.add_argument("--rounds", type=int, default=3, help="how often each queue is drained")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


def _queues(running: ExitStack, home: Path) -> dict[str, Queue]:
    redis = running.enter_context(private_redis(home))
    queues = {CELERY: celery_queue(redis), HUEY: huey_queue(redis)}
    for server in running.enter_context(private_databases(home)):
        store_file(open_database(server.url))
        settings = Settings(home=home, redis_url=redis.url, database_url=server.url)
        for way, pipeline in WAYS.items():
            queues[f"Triptych on {server.name}, {way}"] = triptych_queue(settings, server, redis, pipeline)
    return queues


def _when_done(queue: Queue, jobs: int, processes: Sequence[psutil.Process]) -> _Moment:
    deadline = time.monotonic() + DRAINED_S
    while time.monotonic() < deadline:
        done = queue.done()
        if done >= jobs:
            return _Moment(time.perf_counter(), done, sum(map(_cpu_s, processes)))
        if any(one.status() == psutil.STATUS_ZOMBIE for one in processes):
            raise RuntimeError(f"one of these ended when {done} of {jobs} jobs were done: {queue.commands}")
        time.sleep(POLL_S)
    raise TimeoutError(f"only {done} of {jobs} jobs were done within {DRAINED_S} s")


def _cpu_s(root: psutil.Process) -> float:
    """Processor time of a process and all that descend from it, of those that have ended too."""
    times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return float(sum(one.user + one.system + one.children_user + one.children_system for one in times))


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
