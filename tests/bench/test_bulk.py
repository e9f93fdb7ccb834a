"""Very many jobs handed in at once."""

from bench.bulk import Handed, bulk_table, measure
from bench.handing_in import BENCH
from triptych.jobs.counts import tallies
from triptych.jobs.states import JobState
from triptych.settings import Settings
from triptych.store import open_store


def test_every_job_is_accepted_after_the_one_before(settings: Settings) -> None:
    handed = measure(settings, 20)

    assert [(one.state, one.jobs) for one in tallies(open_store(settings), BENCH)] == [(JobState.QUEUED, 21)]
    assert handed.jobs == 20
    assert handed.seconds > 0
    assert handed.peak_mib > 0


def test_bulk_is_told_by_its_median_time_and_its_highest_peak() -> None:
    rounds = [Handed(1000, 4.0, 60.0, 90.0), Handed(1000, 2.0, 62.0, 80.0), Handed(1000, 1.0, 61.0, 85.0)]

    table = bulk_table("1,000 jobs", {"SQLite": rounds})

    assert list(table.rows) == [("SQLite", 2.0, 500.0, 61, 90, 29)]
