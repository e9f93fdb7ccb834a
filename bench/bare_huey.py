"""Huey by itself, results on: the fast small queue, whose popped message is gone with the worker that popped it."""

import os

from huey import RedisHuey

queue = RedisHuey("bench", url=os.environ["BENCH_HUEY"])


@queue.task()  # type: ignore[untyped-decorator]  # huey ships no types
def noop() -> str:
    """Return nothing of interest."""
    return "done"


def hand_in(jobs: int) -> None:
    """Queue ``jobs`` jobs."""
    for _ in range(jobs):
        noop()
