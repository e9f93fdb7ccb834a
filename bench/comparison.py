"""Times and rates set beside those of the rivals, bare Celery and plain Flask."""

from collections.abc import Mapping, Sequence

from bench.load import Load
from bench.table import Table, percentile

CELERY, FLASK = "bare Celery, delay().get()", "Flask view, insert and delay"


def latency_table(title: str, taken: Mapping[str, Sequence[float]]) -> Table:
    """Percentiles of the seconds that were taken each way, and how they compare with bare Celery's."""
    told = {way: (1000 * percentile(times, 50), 1000 * percentile(times, 99)) for way, times in taken.items()}
    rows = [(way, p50, p99, p50 / told[CELERY][0]) for way, (p50, p99) in told.items()]
    return Table(title, ("submit to", "p50 ms", "p99 ms", "p50, times Celery's"), rows)


def load_table(title: str, loads: Mapping[str, Load]) -> Table:
    """Submits a second each way, and how they compare with the Flask view's."""
    flask = _rate(loads[FLASK])
    rows = [
        (way, _rate(load), *(1000 * percentile(load.seconds, p) for p in (50, 99)), load.refused, _rate(load) / flask)
        for way, load in loads.items()
    ]
    return Table(title, ("handed to", "a second", "p50 ms", "p99 ms", "refused", "rate, times Flask's"), rows)


def _rate(load: Load) -> float:
    return len(load.seconds) / load.elapsed_s
