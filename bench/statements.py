"""Which SQL statements an operation runs, and how long each takes: what grows is told by name."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from sqlalchemy import event

from bench.table import Table
from triptych.database import Database

LISTS = re.compile(r"IN \([^()]*(\([^()]*\)[^()]*)*\)")  # whose length is a value, too
Spent = dict[tuple[str, str], list[float]]  # seconds of each execution, by operation and statement


class StatementTimes:
    """Times what ``databases`` execute in the blocks of ``operation``."""

    def __init__(self, databases: Sequence[Database]) -> None:
        self.spent: Spent = {}
        self._operation: str | None = None
        self._began = 0.0
        for database in databases:
            event.listen(database.engine, "before_cursor_execute", self._begin)
            event.listen(database.engine, "after_cursor_execute", self._end)

    @contextmanager
    def operation(self, name: str) -> Iterator[None]:
        """What runs in this block belongs to ``name``."""
        self._operation = name
        try:
            yield
        finally:
            self._operation = None

    def _begin(self, *_: Any) -> None:  # Any: SQLAlchemy's listeners, here and below
        self._began = time.perf_counter()

    def _end(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self._operation is not None:
            key = (self._operation, LISTS.sub("IN (...)", " ".join(statement.split())))
            self.spent.setdefault(key, []).append(time.perf_counter() - self._began)


def growing(title: str, by_size: Mapping[int, Spent], *, times: float, least_ms: float) -> Table:
    """The statements whose median at the largest size is at least ``least_ms`` and ``times`` that at the smallest."""
    *_, last = by_size
    rows = []
    for operation, statement in by_size[last]:
        taken = [1000 * median(spent.get((operation, statement), [0.0])) for spent in by_size.values()]
        if taken[-1] >= max(least_ms, times * taken[0]):
            rows.append((operation, f"`{_shortened(statement)}`", *taken))
    return Table(title, ("of", "statement", *(f"ms at {size:,}" for size in by_size)), rows)


def _shortened(statement: str, most: int = 160) -> str:
    """The statement without its columns, as far as tells which one it is."""
    head, found, tail = statement.partition(" FROM ")
    told = f"{head[:40]}{'...' if len(head) > 40 else ''}{found}{tail}".replace("|", "\\|")
    return told if len(told) <= most else f"{told[:most]}..."
