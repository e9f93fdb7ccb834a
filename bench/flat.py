"""What a job costs when there are many of them: claim, submit, admission, a page and a place beside ever more rows.

Compared are the medians of single operations with 1 thousand, 100 thousand and 1 million rows in the database: once
all are finished jobs of ten owners, once the newer half are one owner's jobs that wait. Somebody else hands in a few
beside them; the quiet owner has none among the newest. Each operation is done in turn, by one process, on SQLite (WAL;
a submit is synced, a worker's commit is not, as in the stack) and on PostgreSQL. The rows are inserted by the database
itself; PostgreSQL is vacuumed and analysed as its own daemon does in time, SQLite is not, as in the stack.

A second table tells the statements that grew: with the most rows they took at least two milliseconds, and twice as long
as with the fewest.

The aim is that nothing grows: 1.00 in the last column, but for the noise of the machine.

    python -m bench.flat [--sizes 1000 100000 1000000] [--rounds 30] [--home DIRECTORY]
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median

from bench.databases import private_databases
from bench.filled import BACKLOG, FINISHED, Content, fill
from bench.machine import file_system
from bench.operations import Operations, hand_in
from bench.stack import private_redis
from bench.statements import growing
from bench.table import Table, print_tables
from triptych.settings import Settings
from triptych.store import Store, open_store
from triptych.wire import connect

LEAST_MS = 2.0
TIMES = 2.0
NOT_AGAIN_S = 3600.0  # no worker answers a ring here: a slow round would have a sweep ring again
WARM_UP = 10  # rounds in which connections are opened and statements prepared


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Fill each database with each content, growing from size to size, and measure at each."""
    options = _options(arguments)
    for content in (FINISHED, BACKLOG):
        with ExitStack() as running:
            home = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=options.home)))
            redis = running.enter_context(private_redis(home))
            for server in running.enter_context(private_databases(home)):
                settings = Settings(home=home, redis_url=redis.url, database_url=server.url, sweep_s=NOT_AGAIN_S)
                measured = _measured(settings, content, sorted(options.sizes), options.rounds)
                title = f"{server.name}, beside {content.title}, median of {options.rounds}, {file_system(home)}"
                yield flat_table(title, {rows: each.seconds for rows, each in measured.items()})
                spent = {rows: each.statements.spent for rows, each in measured.items()}
                yield growing(f"{server.name}, statements that grew", spent, times=TIMES, least_ms=LEAST_MS)


def flat_table(title: str, by_size: Mapping[int, Mapping[str, Sequence[float]]]) -> Table:
    """Milliseconds of each operation at each size, from the seconds of its rounds, and how they grew."""
    *_, last = by_size
    rows = []
    for operation in by_size[last]:
        taken = [1000 * median(seconds[operation]) for seconds in by_size.values()]
        rows.append((operation, *taken, taken[-1] / taken[0]))
    return Table(title, ("operation", *(f"ms at {size:,}" for size in by_size), "last / first"), rows)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000, 1_000_000], help="rows")
    parser.add_argument("--rounds", type=int, default=30, help="how often each operation is done at each size")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


def _measured(settings: Settings, content: Content, sizes: Sequence[int], rounds: int) -> dict[int, Operations]:
    measured = {}
    with closing(open_store(settings)) as api, closing(open_store(settings, synchronous="NORMAL")) as worker:
        for present, rows in zip([0, *sizes], sizes, strict=False):
            _grow(settings, content, present, rows)
            if present == 0:
                hand_in(api, worker)
            with connect(settings.redis) as redis:
                redis.flushall()  # rings that no worker takes are no part of this
            measured[rows] = _operations(api, worker, rows, rounds)
    return measured


def _grow(settings: Settings, content: Content, present: int, rows: int) -> None:
    print(f"filling up to {rows:,} {content.title} ...", file=sys.stderr)
    with closing(open_store(settings, synchronous="OFF")) as filling:
        fill(filling.database, content, present, rows)


def _operations(api: Store, worker: Store, rows: int, rounds: int) -> Operations:
    operations = Operations(api, worker, rows)
    for number in range(WARM_UP + rounds):
        if number == WARM_UP:
            operations.forget()
        operations.round()
    return operations


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
