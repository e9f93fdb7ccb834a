"""Workers that take what is rung for, round by round, each lane with as many slots as a test says."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from pipelines.catalogue import Pipeline
from pipelines.contract import Lane
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from triptych.jobs.leases import Holder
from triptych.jobs.states import Priority
from triptych.rings import job_ids_of, key_of
from triptych.store import Store
from triptych.wire import connect
from workers.executor import Executor
from workers.posts import Board

MOST_ROUNDS = 100


def work_off(
    store: Store, slots: Mapping[Lane, int], *pipelines: Pipeline, models: BoundedModelCache | None = None
) -> int:
    """Run what is rung for until nothing is; how many messages that took. A round fills every slot of every lane."""
    known = {pipeline.name: pipeline for pipeline in pipelines}
    executor = Executor(store, models or BoundedModelCache(), NoNetwork(), known, Holder("worker-1"), Board())
    taken = 0
    with ThreadPoolExecutor(sum(slots.values())) as threads:
        for _ in range(MOST_ROUNDS):
            messages = [ids for lane, count in slots.items() for ids in _rung_for(store, lane, count)]
            if not messages:
                return taken
            taken += len(messages)
            list(threads.map(lambda ids: executor.execute(*ids), messages))
    raise AssertionError(f"there is still something rung for after {MOST_ROUNDS} rounds")


def _rung_for(store: Store, lane: Lane, count: int) -> list[list[str]]:
    redis = connect(store.settings.redis)
    lists = [key_of(lane, priority) for priority in Priority]
    popped = [message for key in lists for message in redis.rpop(key, count) or ()]
    for message in popped[count:]:
        redis.rpush(lists[-1], message)
    return [job_ids_of(message) for message in popped[:count]]
