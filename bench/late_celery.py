"""Celery that keeps results and acknowledges late, so that a killed worker's message comes back: its safest setting."""

import os

from celery import Celery

app = Celery("late", broker=os.environ["BENCH_BROKER"], backend=os.environ["BENCH_RESULTS"])
app.conf.update(task_acks_late=True, task_default_queue="late")


@app.task(name="late.noop")  # type: ignore[untyped-decorator]  # Celery ships no types
def noop() -> str:
    """Return nothing of interest."""
    return "done"


def hand_in(jobs: int) -> None:
    """Queue ``jobs`` jobs."""
    for _ in range(jobs):
        noop.delay()
