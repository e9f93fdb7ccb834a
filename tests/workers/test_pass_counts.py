"""What the models of a process did is counted, and told when the database is there."""

import pytest
from support.until import until

from pipelines.engines.passes import PassDone, PassKind
from triptych.database import DatabaseAway
from triptych.passes import Measure, pass_histograms
from triptych.store import Store
from workers.pass_counts import PassCounts

pytestmark = pytest.mark.redis

PASS = PassDone(PassKind.TIMM_LABELS, 3, 0.25)


def totals(store: Store) -> dict[Measure, float]:
    return {one.measure: one.total for one in pass_histograms(store)}


def test_passes_are_told_after_a_while_without_being_asked(sqlite_store: Store) -> None:
    counts = PassCounts(sqlite_store, every_s=0.01)
    counts.start()

    counts.note(PASS)
    until(lambda: totals(sqlite_store) == {Measure.ITEMS: 3, Measure.WAIT_S: 0.25})
    counts.note(PASS)

    until(lambda: totals(sqlite_store) == {Measure.ITEMS: 6, Measure.WAIT_S: 0.5})


def test_what_was_told_is_not_told_again(sqlite_store: Store) -> None:
    counts = PassCounts(sqlite_store)
    counts.note(PASS)

    counts.write()
    counts.write()

    assert totals(sqlite_store)[Measure.ITEMS] == 3


def rename(store: Store, table: str, to: str) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {to}")


def test_what_could_not_be_told_is_told_the_next_time(sqlite_store: Store) -> None:
    counts = PassCounts(sqlite_store)
    rename(sqlite_store, "model_passes", to="elsewhere")
    counts.note(PASS)
    with pytest.raises(DatabaseAway):
        counts.write()
    counts.note(PASS)

    rename(sqlite_store, "elsewhere", to="model_passes")
    counts.write()

    assert totals(sqlite_store)[Measure.ITEMS] == 6
