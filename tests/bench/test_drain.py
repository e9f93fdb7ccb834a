"""A queue that is drained is timed from a tenth of its jobs on; its rate is set beside the rivals'."""

import sys
from pathlib import Path

import pytest

from bench.drain import CELERY, HUEY, Drained, drain, drain_table
from bench.queues import Queue

WORKER = """
import sys, time
with open(sys.argv[1], "ab", buffering=0) as done:
    for _ in range(int(sys.argv[2])):
        done.write(b".")
        time.sleep(0.01)
if len(sys.argv) == 3:
    time.sleep(60)
"""


def a_queue(done: Path, *arguments: str) -> Queue:
    """A queue whose worker, a process of its own, adds a byte to ``done`` for every job."""
    return Queue(
        put=lambda _: done.write_bytes(b""),
        done=lambda: done.stat().st_size,
        commands=[(sys.executable, "-c", WORKER, str(done), *arguments)],
        environment={},
        servers=[],
    )


def test_queue_is_measured_while_its_workers_drain_it(tmp_path: Path) -> None:
    queue = a_queue(tmp_path / "done", "40")

    drained = drain(queue, 40)

    assert 0 < drained.rate <= 100  # a job takes a hundredth of a second
    assert drained.cpu_ms >= 0


def test_worker_that_ends_before_the_jobs_are_done_is_an_error(tmp_path: Path) -> None:
    queue = a_queue(tmp_path / "done", "10", "and end")

    with pytest.raises(RuntimeError, match="ended when 10 of 40 jobs were done"):
        drain(queue, 40)


def test_median_rate_is_set_beside_those_of_the_rivals() -> None:
    ours = [Drained(900.0, 2.5), Drained(300.0, 0.5), Drained(600.0, 1.5)]
    rounds = {CELERY: [Drained(1200.0, 1.0)], HUEY: [Drained(2400.0, 0.25)], "Triptych": ours}

    table = drain_table("jobs", rounds)

    assert list(table.rows) == [
        (CELERY, 1200.0, 1.0, 1.0, 0.5),
        (HUEY, 2400.0, 0.25, 2.0, 1.0),
        ("Triptych", 600.0, 1.5, 0.5, 0.25),
    ]
