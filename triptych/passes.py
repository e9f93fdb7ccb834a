"""How many items the models' passes held and how long those had waited, summed over all processes that ever did one.

Counts are added to what stands there, and so never fall: neither a worker's restart nor its death looks like a reset.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BigInteger, Column, Double, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from triptych.database import metadata

if TYPE_CHECKING:
    from triptych.store import Store


class Measure(StrEnum):
    """What is told of a pass."""

    ITEMS = "items"
    WAIT_S = "wait_s"  # of the item that had waited longest


BOUNDS: Mapping[Measure, tuple[float, ...]] = {
    Measure.ITEMS: (1, 2, 4, 8, 16, 32, 64, 128, 256, inf),
    Measure.WAIT_S: (0.001, 0.005, 0.02, 0.05, 0.2, 1, 5, 20, inf),
}

model_passes = Table(
    "model_passes",
    metadata,
    Column("kind", String(64), primary_key=True),  # see PassKind
    Column("measure", String(16), primary_key=True),
    Column("up_to", String(16), primary_key=True),  # the bin's upper bound, "inf" for the last
    Column("passes", BigInteger, nullable=False),
    Column("total", Double, nullable=False),  # of what was measured of them
)


class Bin(NamedTuple):
    """Passes of one kind of which what was measured lies up to ``up_to``, and above the bound before."""

    kind: str
    measure: Measure
    up_to: float


@dataclass(frozen=True, slots=True)
class Counted:
    """How many passes fell into a bin, and what was measured of them together."""

    passes: int
    total: float

    def and_another(self, value: float) -> "Counted":
        """With a pass of which ``value`` was measured."""
        return Counted(self.passes + 1, self.total + value)


@dataclass(frozen=True, slots=True)
class Histogram:
    """All passes of one kind by one measure: how many lie up to each bound, and the sum of what was measured."""

    kind: str
    measure: Measure
    up_to: Sequence[tuple[float, int]]
    total: float


def bin_of(kind: str, measure: Measure, value: float) -> Bin:
    """Where a pass of which ``value`` was measured is counted."""
    return Bin(kind, measure, next(bound for bound in BOUNDS[measure] if value <= bound))


def add_passes(store: "Store", counted: Mapping[Bin, Counted]) -> None:
    """Add what a process has counted since it last did. Raises DatabaseAway; then nothing was added."""
    insert = (postgresql if store.database.is_postgresql else sqlite).insert(model_passes)
    adding = insert.on_conflict_do_update(
        index_elements=["kind", "measure", "up_to"],
        set_={
            "passes": model_passes.c.passes + insert.excluded.passes,
            "total": model_passes.c.total + insert.excluded.total,
        },
    )
    rows = [
        {"kind": at.kind, "measure": at.measure, "up_to": f"{at.up_to:g}", "passes": one.passes, "total": one.total}
        for at, one in sorted(
            counted.items(), key=lambda item: item[0]
        )  # one order, so that no two wait for each other
    ]
    with store.database.write() as connection:
        connection.execute(adding, rows)


def pass_histograms(store: "Store") -> list[Histogram]:
    """What was counted, by kind and measure; a bin whose bound is no longer one counts to the next."""
    with store.database.read() as connection:
        rows = connection.execute(select(model_passes)).all()
    return [
        _histogram(kind, measure, [(float(r.up_to), r.passes, r.total) for r in rows if (r.kind, r.measure) == series])
        for series in sorted({(row.kind, row.measure) for row in rows})
        for kind, measure in [(series[0], Measure(series[1]))]
    ]


def _histogram(kind: str, measure: Measure, bins: Sequence[tuple[float, int, float]]) -> Histogram:
    bounds = BOUNDS[measure]
    inside = [
        sum(passes for up_to, passes, _ in bins if low < up_to <= high)
        for low, high in zip((-inf, *bounds), bounds, strict=False)
    ]
    return Histogram(
        kind, measure, list(zip(bounds, accumulate(inside), strict=True)), sum(total for *_, total in bins)
    )
