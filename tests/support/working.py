"""A worker in a thread of the test: it does what is queued until the block ends, by pipelines of the test's own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines.catalogue import Pipeline
from pipelines.contract import Context
from support.executing import run_all
from support.work import COUNTING
from triptych.jobs.job import Job
from triptych.jobs.reading import Filter, get_job, list_jobs
from triptych.jobs.states import JobState
from triptych.store import Store

LOOK_S = 0.01
LONGEST_S = 60


class Held:
    """Lets a pipeline go on when the test says so; a run that is cancelled meanwhile ends as any other."""

    def __init__(self) -> None:
        self._go_on = threading.Event()

    def release(self) -> None:
        """Let it go on."""
        self._go_on.set()

    def wait(self, context: Context) -> None:
        """Wait for that."""
        for _ in range(round(LONGEST_S / LOOK_S)):
            context.check()
            if self._go_on.wait(LOOK_S):
                return
        raise AssertionError("nobody let the pipeline go on")


@contextmanager
def working(store: Store, owner: str, *pipelines: Pipeline) -> Iterator[Callable[[], Job]]:
    """Do the owner's jobs of these pipelines as they come, one after another.

    Calling what is yielded tells the newest, as it stands.
    """
    stopped, known = threading.Event(), {COUNTING.name, *(pipeline.name for pipeline in pipelines)}

    def work() -> None:
        while not stopped.wait(LOOK_S):
            for job in reversed(list_jobs(store, owner, Filter(JobState.QUEUED), 50)):
                if job.pipeline in known:
                    run_all(store, [job], *pipelines)

    def newest() -> Job:
        return get_job(store, owner, list_jobs(store, owner, Filter(), 1)[0].id)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield newest
    finally:
        stopped.set()
        thread.join()
