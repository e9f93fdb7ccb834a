"""How many things a second several ways get done, taken in turn so that a busy moment meets all of them."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from bench.table import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Way:
    """A way of doing them all: ``run``, and the ``rival`` that it is set beside, itself where it is one."""

    name: str
    rival: str
    run: Callable[[], None]


def rates_table(
    title: str,
    things: str,
    count: int,
    ways: Sequence[Way],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> Table:
    """``count`` things a second by each way, the median of ``rounds`` behind a first, and times its rival's."""
    taken_s: Mapping[str, list[float]] = {way.name: [] for way in ways}
    for _ in range(1 + rounds):
        for way in ways:
            began = clock()
            way.run()
            taken_s[way.name].append(clock() - began)
    rates = {name: count / statistics.median(times[1:]) for name, times in taken_s.items()}
    rows = [(way.name, rates[way.name], way.rival, rates[way.name] / rates[way.rival]) for way in ways]
    return Table(title, ("way", f"{things} a second", "beside", "times its rate"), rows)


def by_threads(threads: int, things: Sequence[T], do: Callable[[T], object]) -> Callable[[], None]:
    """Do each of ``things``, as many at a time as there are threads."""

    def run() -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(do, things))

    return run


def device_name() -> str:
    """What torch's models run on here."""
    import torch

    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "the CPU"
