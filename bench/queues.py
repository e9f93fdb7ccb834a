"""The queues whose draining is compared: how jobs get in, which processes get them done, and how many are done."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from redis import Redis

from bench.databases import Server
from bench.handing_in import BENCH, submission
from bench.stack import QUIET, PrivateRedis, celery_worker
from cli.services import BEHIND_THE_API
from pipelines.catalogue import Pipeline
from triptych.jobs.counts import lane_loads, tallies
from triptych.jobs.states import JobState
from triptych.jobs.submit import submit_all
from triptych.settings import Settings
from triptych.store import Store, open_store

CHUNK = 500  # jobs of one transaction
BROKER, RESULTS, HUEY = 1, 2, 3  # Redis databases; ours is 0


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue at rest: ``put`` hands in so many jobs, ``done`` tells how many of them have succeeded.

    ``commands`` are its workers, run with ``environment``; ``servers`` are the ids of the processes that serve them.
    """

    put: Callable[[int], None]
    done: Callable[[], int]
    commands: Sequence[Sequence[str]]
    environment: Mapping[str, str]
    servers: Sequence[int]


def triptych_queue(settings: Settings, server: Server, redis: PrivateRedis, pipeline: Pipeline) -> Queue:
    """Ours, with the jobs in ``server`` and of ``pipeline``: a worker of two slots, and the periodic loop."""
    store, handed_in = open_store(settings), [0]

    def put(jobs: int) -> None:
        handed_in[0] = jobs
        for first in range(0, jobs, CHUNK):
            submit_all(store, [submission(pipeline) for _ in range(min(CHUNK, jobs - first))])

    servers = (redis.pid, *((server.pid,) if server.pid else ()))
    return Queue(put, lambda: handed_in[0] - _left(store), worker_commands(), environment_of(settings), servers)


def worker_commands() -> Sequence[Sequence[str]]:
    """Our worker of two slots, with the pipelines that do nothing, and the periodic loop."""
    return (celery_worker("bench.noop_worker", "cpu"), (sys.executable, "-m", "workers.periodic"))


def environment_of(settings: Settings) -> dict[str, str]:
    """What tells our processes where everything is."""
    return _with(
        {
            "TRIPTYCH_HOME": str(settings.home),
            "TRIPTYCH_REDIS_URL": settings.redis,
            "TRIPTYCH_DATABASE_URL": settings.database,
        }
    )


def celery_queue(redis: PrivateRedis) -> Queue:
    """Celery with late acknowledgement and a result backend, whose keys tell what is done."""
    path = redis.url.removeprefix("unix://")
    environment = _with(
        {
            "BENCH_BROKER": f"redis+socket://{path}?virtual_host={BROKER}",
            "BENCH_RESULTS": f"redis+socket://{path}?virtual_host={RESULTS}",
        }
    )
    results = Redis.from_url(redis.url, db=RESULTS)
    commands = (celery_worker("bench.late_celery", "late"),)
    put = _handing_in("bench.late_celery", results, environment)
    return Queue(put, lambda: int(str(results.dbsize())), commands, environment, (redis.pid,))


def huey_queue(redis: PrivateRedis) -> Queue:
    """Huey with two worker processes and results, whose number tells what is done."""
    environment = _with({"BENCH_HUEY": f"{redis.url}?db={HUEY}"})
    results = Redis.from_url(redis.url, db=HUEY)
    consumer = (*BEHIND_THE_API, sys.executable, "-m", "huey.bin.huey_consumer", "bench.bare_huey.queue")
    commands = ((*consumer, "--worker-type=process", "--workers=2", "--quiet", "--no-periodic"),)
    put = _handing_in("bench.bare_huey", results, environment)
    return Queue(put, lambda: int(str(results.hlen("huey.results.bench"))), commands, environment, (redis.pid,))


def _handing_in(module: str, results: Redis, environment: Mapping[str, str]) -> Callable[[int], None]:
    """Hands jobs in from a process of its own: one that goes on would be told of every result."""

    def put(jobs: int) -> None:
        results.flushdb()
        code = f"from {module} import hand_in; hand_in({jobs})"
        subprocess.run([sys.executable, "-c", code], env=environment, check=True)

    return put


def _left(store: Store) -> int:
    """How many jobs are queued or running. Raises RuntimeError when one of those before failed: they are soon done."""
    left = sum(load.queued + load.running for load in lane_loads(store))
    if not left and any(one.state != JobState.SUCCEEDED for one in tallies(store, BENCH)):
        raise RuntimeError("a job failed, whose reason is in the worker's log above")
    return left


def _with(environment: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **QUIET, **environment}
