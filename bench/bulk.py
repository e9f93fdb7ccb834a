"""How long it takes to hand in very many jobs at once, and how much memory that takes in the process that does it.

Compared are the seconds until all are accepted, which is when their rows are committed and synced (SQLite in WAL with
`synchronous=FULL`, PostgreSQL as it is by itself) and their events are in Redis; and the resident memory of the process
before and at its peak. Each row is the median, and the highest peak, of fresh processes on fresh databases; the process
has handed in one job before. All jobs name one stored file, and no worker runs.

The aim is 50,000 jobs within 10 seconds, in memory that does not grow with their number.

    python -m bench.bulk [--jobs 50000] [--rounds 3] [--home DIRECTORY]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.machine import file_system
from bench.table import Table, print_tables
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit_many
from triptych.settings import Settings
from triptych.store import Store, open_store

KIB = 1024


@dataclass(frozen=True, slots=True)
class Handed:
    """One bulk: how many jobs, the seconds it took, and the process' memory before and at its peak."""

    jobs: int
    seconds: float
    before_mib: float
    peak_mib: float


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Hand the jobs in to each database, in fresh processes."""
    options = _options(arguments)
    taken: dict[str, list[Handed]] = {}
    with tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=options.home) as directory:
        for number in range(options.rounds):
            home = Path(directory, str(number))
            home.mkdir()
            for name, handed in _round(home, options.jobs):
                taken.setdefault(name, []).append(handed)
        title = f"{options.jobs:,} jobs at once, {options.rounds} rounds, home on {file_system(Path(directory))}"
    yield bulk_table(title, taken)


def accept(store: Store, submissions: Iterable[Submission]) -> int:
    """Hand all of them in, and return how many were accepted: the one call that this measures."""
    return submit_many(store, submissions)


def bulk_table(title: str, taken: Mapping[str, Sequence[Handed]]) -> Table:
    """Seconds and memory with each database."""
    rows = []
    for name, rounds in taken.items():
        seconds = median(one.seconds for one in rounds)
        before, peak = median(one.before_mib for one in rounds), max(one.peak_mib for one in rounds)
        rows.append((name, seconds, rounds[0].jobs / seconds, round(before), round(peak), round(peak - before)))
    return Table(title, ("database", "seconds", "jobs a second", "MiB before", "peak MiB", "grown by MiB"), rows)


def measure(settings: Settings, jobs: int) -> Handed:
    """Hand ``jobs`` jobs in from this process, which must be fresh."""
    import resource

    import psutil

    from bench.handing_in import store_file, submission

    with closing(open_store(settings)) as store:
        store_file(store.database)
        accept(store, [submission()])
        before_kib = psutil.Process().memory_info().rss / KIB
        began = time.perf_counter()
        accepted = accept(store, (submission() for _ in range(jobs)))
        seconds = time.perf_counter() - began
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # Linux tells KiB
    return Handed(accepted, seconds, before_kib / KIB, peak_kib / KIB)


def _round(home: Path, jobs: int) -> Iterator[tuple[str, Handed]]:
    from bench.databases import private_databases
    from bench.stack import QUIET, private_redis

    with ExitStack() as running:
        redis = running.enter_context(private_redis(home))
        for server in running.enter_context(private_databases(home)):
            where = {"HOME": str(home), "REDIS_URL": redis.url, "DATABASE_URL": server.url}
            environment = {**os.environ, **QUIET, **{f"TRIPTYCH_{name}": value for name, value in where.items()}}
            command = [sys.executable, "-m", "bench.bulk", "--one", str(jobs)]
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
            yield server.name, Handed(*json.loads(done.stdout))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=50_000, help="jobs handed in at once")
    parser.add_argument("--rounds", type=int, default=3, help="how often, each in a fresh process")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


def _print_one(jobs: int) -> None:
    one = measure(Settings.from_environment(), jobs)
    print(json.dumps([one.jobs, one.seconds, one.before_mib, one.peak_mib]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _print_one(int(sys.argv[2]))
    else:
        print_tables(tables(sys.argv[1:]))
