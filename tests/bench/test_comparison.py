"""Times and rates of submits set beside those of bare Celery and plain Flask."""

from bench.comparison import CELERY, FLASK, latency_table, load_table
from bench.load import Load


def test_latencies_are_milliseconds_beside_those_of_bare_celery() -> None:
    taken = {"answer with ?wait": [0.25, 0.25, 0.5], CELERY: [0.125, 0.125, 0.125]}

    table = latency_table("jobs", taken)

    assert list(table.rows) == [("answer with ?wait", 250.0, 500.0, 2.0), (CELERY, 125.0, 125.0, 1.0)]


def test_rates_count_what_was_accepted_beside_that_of_the_flask_view() -> None:
    loads = {"Triptych": Load((0.25,) * 30, 2, 10.0), FLASK: Load((0.5,) * 20, 0, 10.0)}

    table = load_table("submits", loads)

    assert list(table.rows) == [("Triptych", 3.0, 250.0, 250.0, 2, 1.5), (FLASK, 2.0, 500.0, 500.0, 0, 1.0)]
