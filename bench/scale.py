"""Searching ever more memories: how long it takes, what the vectors' indexes miss, and what it all occupies.

Compared are searches of one big owner, who has half of all memories, and of a small one, who has a thousand, by three
words, by a vector, by both, and by both of a third of the memories (one modality) or a hundredth (a tag), with 10
thousand, 100 thousand and 1 million memories on SQLite and PostgreSQL; each in turn, by one process. Asked is for a
passage that is there: three of its rarer words, and a vector beside its own. Told are the median and the 99th
percentile; which of the ten nearest vectors were found (recall, against all of them compared); bytes on the disk; by
how much the searches made the private memory grow of the process that reads SQLite, or of PostgreSQL's; and how many
memories a second are kept in the ordinary way, 300 a transaction, synced. What is remembered is made from numbers
(bench/made_memories.py) and written straight into the tables (bench/remembered.py); the vectors' index of PostgreSQL
is built behind it, with 4 GB of memory, and given up after 40 minutes, which is told.

    python -m bench.scale [--sizes 10000 100000 1000000] [--searches 100] [--patience 2400] [--home DIRECTORY]
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from bench.databases import POSTGRES, SQLITE, Server, private_databases
from bench.filled import row_id
from bench.handing_in import FILE
from bench.machine import file_system
from bench.made_memories import BIG, SPACE, Making
from bench.occupied import MIB, disk_bytes, private_mib
from bench.ranking import recall
from bench.remembered import Built, remember
from bench.sought import NEAREST, OWNERS, Sought, Way, nearest, some
from bench.stack import private_redis
from bench.table import Table, percentile, print_tables
from pipelines.house import Memory, MemoryKind, Modality, Vector
from triptych.memory.keeping import AT_A_TIME, Origin, keep
from triptych.memory.search import search
from triptych.settings import Settings
from triptych.store import Store, open_store

SEED = 7
WARM_UP = 5  # searches of each way, in which connections are opened and statements prepared
COMPARED = (Way.MEANING, Way.MODALITY, Way.TAG, Way.SMALL)
KEPT_ROUNDS = 5
JOB_OF_BIG = 10  # the number of a finished job that is the big owner's


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one database with so many memories: seconds of each search, the share of nearest found, and the rest."""

    memories: int
    built: Built
    seconds: Mapping[Way, Sequence[float]]
    recalls: Mapping[Way, float]
    kept_s: float
    bytes_of: Mapping[str, int]
    grown_mib: int


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Fill each database anew for each size, and measure."""
    options = _options(arguments)
    making = Making(SEED)
    measured: dict[str, list[Measured]] = {}
    with ExitStack() as running:
        home = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=options.home)))
        redis = running.enter_context(private_redis(home))
        on = file_system(home)
        for memories in sorted(options.sizes):
            with private_databases(home) as servers:
                for server in servers:
                    if server.name not in options.databases:
                        continue
                    settings = Settings(home=home, redis_url=redis.url, database_url=server.url)
                    one = _measured(settings, server, making, memories, options)
                    measured.setdefault(server.name, []).append(one)
    for name, by_size in measured.items():
        yield times_table(f"{name}: {options.searches} searches of each way, {on}; p50 / p99", by_size)
        yield recall_table(f"{name}: which of the {NEAREST} nearest vectors were found", by_size)
    yield room_table("What it occupies, and how it grows", measured)


def times_table(title: str, by_size: Sequence[Measured]) -> Table:
    """Milliseconds of each way at each size."""
    rows = [(way, *(_told_ms(one.seconds[way]) for one in by_size)) for way in Way]
    return Table(title, ("search", *(f"ms at {one.memories:,}" for one in by_size)), rows)


def recall_table(title: str, by_size: Sequence[Measured]) -> Table:
    """The shares of the nearest vectors that were found."""
    rows = [(_by_vector(way), *(f"{one.recalls[way]:.3f}" for one in by_size)) for way in COMPARED]
    return Table(title, ("search", *(f"at {one.memories:,}" for one in by_size)), rows)


def room_table(title: str, measured: Mapping[str, Sequence[Measured]]) -> Table:
    """Bytes on the disk, memory, and the speed of keeping more."""
    rows = []
    for name, by_size in measured.items():
        for one in by_size:
            whole = sum(one.bytes_of.values())
            index = "too long" if one.built.index_s is None else one.built.index_s
            mib = (round(one.bytes_of[part] / MIB) for part in ("rows", "words", "vectors"))
            speed = AT_A_TIME / one.kept_s
            rows.append((name, one.memories, *mib, round(whole / one.memories), one.grown_mib, index, speed))
    headings = ("database", "memories", "rows MiB", "words MiB", "vectors MiB", "bytes a memory", "grown MiB")
    return Table(title, (*headings, "index of vectors built in s", "more are kept a second"), rows)


def _by_vector(way: Way) -> str:
    return way.replace("both", "meaning")


def _told_ms(seconds: Sequence[float]) -> str:
    return f"{1000 * statistics.median(seconds):,.1f} / {1000 * percentile(seconds, 99):,.1f}"


def _measured(
    settings: Settings, server: Server, making: Making, memories: int, options: argparse.Namespace
) -> Measured:
    print(f"filling {server.name} with {memories:,} memories ...", file=sys.stderr, flush=True)
    with closing(open_store(settings, synchronous="OFF")) as filling:
        built = remember(filling.database, making, memories, options.patience)
    print(f"{built}; searching ...", file=sys.stderr, flush=True)
    with closing(open_store(settings)) as store:
        owners = dict.fromkeys(OWNERS.values())
        wanted = {owner: some(making, memories, owner, WARM_UP + options.searches, SEED) for owner in owners}
        before_mib = private_mib(server)
        seconds = _searched(store, wanted)
        grown_mib = private_mib(server) - before_mib
        recalls = {way: _recall(store, making, memories, wanted[OWNERS[way]], way) for way in COMPARED}
        bytes_of = disk_bytes(store)
        kept_s = _kept_s(store, making, memories)
    return Measured(memories, built, seconds, recalls, kept_s, bytes_of, grown_mib)


def _searched(store: Store, wanted: Mapping[str, Sequence[Sought]]) -> dict[Way, list[float]]:
    """The seconds that each search took."""
    seconds: dict[Way, list[float]] = {way: [] for way in Way}
    for number, of_each in enumerate(zip(*wanted.values(), strict=True)):
        by_owner = {sought.owner: sought for sought in of_each}
        for way in Way:
            sought = by_owner[OWNERS[way]]
            began = time.perf_counter()
            search(store, sought.owner, sought.question(way))
            if number >= WARM_UP:
                seconds[way].append(time.perf_counter() - began)
    return seconds


def _recall(store: Store, making: Making, memories: int, sought: Sequence[Sought], way: Way) -> float:
    """What share of those that are nearest in truth is found by vector alone."""
    shares = []
    for one, truth in zip(sought, nearest(making, memories, sought, way), strict=True):
        asked = one.question(way, NEAREST)
        hits = search(store, one.owner, replace(asked, text="")).hits
        shares.append(recall([int(hit.memory.id[-12:]) for hit in hits], dict.fromkeys(truth, 1), NEAREST))
    return statistics.fmean(shares)


def _kept_s(store: Store, making: Making, memories: int) -> float:
    """How long one transaction takes that keeps as many more as the house keeps at a time, synced."""
    beyond = making.chunk(memories + 1, memories + KEPT_ROUNDS * AT_A_TIME)
    origins: Mapping[int | None, Origin] = {0: Origin("More", "text/plain", store.clock(), file_id=FILE.id)}
    taken = []
    for start in range(0, KEPT_ROUNDS * AT_A_TIME, AT_A_TIME):
        new = [
            Memory(
                MemoryKind.PASSAGE,
                Modality.TEXT,
                making.text(beyond.words[place]),
                {"start": place, "end": place + 1},
                place,
                "en",
                vectors=[Vector(SPACE, beyond.vectors[place].tobytes())],
            )
            for place in range(start, start + AT_A_TIME)
        ]
        began = time.perf_counter()
        with store.database.write() as connection:
            keep(connection, BIG, row_id(JOB_OF_BIG), 1, origins, new, store.clock())
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="memories")
    parser.add_argument("--databases", nargs="+", default=[SQLITE, POSTGRES], choices=[SQLITE, POSTGRES])
    parser.add_argument("--searches", type=int, default=100, help="of each way, at each size")
    parser.add_argument("--patience", type=float, default=2400, help="seconds, for building an index of vectors")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
