"""A worker in this process: an executor, watched by a warden that looks often."""

from collections.abc import Callable, Sequence
from time import monotonic

from pipelines.catalogue import Pipeline
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from support.work import COUNTING
from triptych.database import Clock
from triptych.jobs.job import Job
from triptych.jobs.leases import Holder
from triptych.store import Store
from workers.executor import Executor, never
from workers.forks import ForkGuard
from workers.posts import Board
from workers.tally import Outcome
from workers.warden import Warden

TICK_S = 0.01


def run_all(
    store: Store,
    jobs: Sequence[Job],
    *pipelines: Pipeline,
    draining: Callable[[], bool] = never,
    board: Board | None = None,
    running_clock: Clock = monotonic,
    models: BoundedModelCache | None = None,
) -> list[Outcome]:
    """How the jobs of one message end, which are of one of ``pipelines`` or count."""
    known = {pipeline.name: pipeline for pipeline in (COUNTING, *pipelines)}
    board, holder = board or Board(), Holder("worker-1")
    executor = Executor(
        store, models or BoundedModelCache(), NoNetwork(), known, holder, board, draining, running_clock
    )
    warden = Warden(store, board, holder.token, draining, ForkGuard(), tick_s=TICK_S)
    warden.start()
    try:
        return executor.execute(*(job.id for job in jobs))
    finally:
        warden.stop()
