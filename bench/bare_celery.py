"""Celery by itself, results on: what a job costs that is not durable, has no events and may be lost."""

import os

from celery import Celery

app = Celery("bare", broker=os.environ["BENCH_BROKER"], backend=os.environ["BENCH_RESULTS"])
app.conf.update(worker_prefetch_multiplier=1, task_default_queue="bare")


@app.task(name="bare.noop")  # type: ignore[untyped-decorator]  # Celery ships no types
def noop(text: str) -> str:
    """Return ``text``."""
    return text
