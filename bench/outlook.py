"""How true the expected times are that a queued job is told, by how much they missed.

Compared are, for jobs that are handed in at once and wait for two slots, the seconds from then until each had ended
with what it was told when it was accepted, and what it was told when half of the jobs were done. Two pipelines take
naps of random length, one about ten times as long as the other's, so that the mix of what is ahead matters. What had
run before is all that the expectation knows. An error is told as a share of the time that it took in truth.

    python -m bench.outlook [--jobs 200] [--seed 7] [--home DIRECTORY]
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from sqlalchemy import func, select

from bench.databases import private_databases
from bench.handing_in import BENCH, store_file, submission
from bench.noop import LONG_NAP, SHORT_NAP
from bench.queues import environment_of, worker_commands
from bench.stack import private_redis, process
from bench.table import Table, percentile, print_tables
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit_all
from triptych.jobs.tables import jobs
from triptych.settings import Settings
from triptych.store import Store, open_store

WARM_UP = 40
SHORT_S, LONG_S = (0.01, 0.05), (0.1, 0.5)
PATIENCE_S = 300.0


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Hand the jobs in, and hold what they were told against what came."""
    options = _options(arguments)
    chance = random.Random(options.seed)
    with ExitStack() as running:
        home = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=options.home)))
        redis = running.enter_context(private_redis(home))
        server = running.enter_context(private_databases(home))[0]
        settings = Settings(home=home, redis_url=redis.url, database_url=server.url)
        store = running.enter_context(closing(open_store(settings)))
        store_file(store.database)
        for command in worker_commands():
            running.enter_context(process(command, environment_of(settings)))
        submit_all(store, [_a_nap(chance) for _ in range(WARM_UP)])
        _until(lambda: _ended(store) == WARM_UP)
        first, second = _expectations(store, [_a_nap(chance) for _ in range(options.jobs)])
    yield _table(
        f"{options.jobs} jobs on two slots, seed {options.seed}", {"accepted": first, "half were done": second}
    )


def _expectations(store: Store, naps: Sequence[Submission]) -> tuple[list[float], list[float]]:
    """The relative errors of what was told at the beginning, and of what those still waiting were told half-way."""
    accepted = submit_all(store, naps)
    told = {job.id: job.place.eta_s for job in accepted if job.place is not None and job.place.eta_s is not None}
    _until(lambda: _ended(store) >= WARM_UP + len(naps) // 2)
    later = {
        job.id: asked_at + job.place.eta_s
        for asked_at, job in ((store.clock(), get_job(store, BENCH, one.id)) for one in accepted)
        if job.place is not None and job.place.eta_s is not None
    }
    asked_at = store.clock()
    _until(lambda: _ended(store) == WARM_UP + len(naps))
    ended = {one.id: get_job(store, BENCH, one.id).finished_at or 0.0 for one in accepted}
    return (
        [_error(told[job.id], ended[job.id] - job.created_at) for job in accepted if job.id in told],
        [
            _error(until - asked_at, ended[job_id] - asked_at)
            for job_id, until in later.items()
            if ended[job_id] > asked_at
        ],
    )


def _error(told_s: float, true_s: float) -> float:
    return abs(told_s - true_s) / true_s


def _table(title: str, errors: dict[str, list[float]]) -> Table:
    rows = [
        (when, len(found), *(round(100 * percentile(found, share), 1) for share in (50, 90)))
        for when, found in errors.items()
    ]
    return Table(title, ("told when", "jobs", "median error %", "90th percentile %"), rows)


def _a_nap(chance: random.Random) -> Submission:
    if chance.random() < 0.5:
        return submission(SHORT_NAP, seconds=chance.uniform(*SHORT_S))
    return submission(LONG_NAP, seconds=chance.uniform(*LONG_S))


def _ended(store: Store) -> int:
    with store.database.read() as connection:
        ended = select(func.count()).where(jobs.c.state == JobState.SUCCEEDED)
        return int(connection.execute(ended).scalar_one())


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {PATIENCE_S} s")
        time.sleep(0.02)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200, help="jobs that are handed in at once")
    parser.add_argument("--seed", type=int, default=7, help="of the naps' lengths")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
