"""The processes of the local stack, as values: what each is called, how it is started and with which environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from cli.hardware import thread_limits
from triptych.settings import Settings

# Root is common on one's own machine and in containers, and gevent's patch comes as early as gunicorn allows.
QUIETED = "ignore:You're running the worker with superuser:UserWarning,ignore:Monkey-patching ssl"
CELERY = (sys.executable, "-m", "celery", "--quiet", "-A", "workers.app")
BEHIND_THE_API = ("nice", "-n", "5")  # a worker may fill every processor, and the page must answer all the same


@dataclass(frozen=True, slots=True)
class Service:
    """One process of the stack. ``environment`` is added to what all share; a ``quiet`` one speaks if it dies."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False


def shared_environment(settings: Settings, redis_url: str) -> dict[str, str]:
    """The environment of every process: what ``triptych up`` has, with the home and Redis made explicit."""
    return {
        **os.environ,
        "TRIPTYCH_HOME": str(settings.home.absolute()),
        "TRIPTYCH_REDIS_URL": redis_url,
        "TRIPTYCH_LOG_FORMAT": os.environ.get("TRIPTYCH_LOG_FORMAT", "console"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", QUIETED),
        "TOKENIZERS_PARALLELISM": "false",  # its threads do not survive the fork of a prefork worker
    }


def migration() -> Service:
    """What brings the database to the newest schema; runs to its end before anything else starts."""
    return Service("migrate", (sys.executable, "-m", "triptych.migrate"))


def application_services(settings: Settings, *, gpu: bool) -> tuple[Service, ...]:
    """The API, the workers of each lane, the periodic loop, who answers questions of the memory, and Flower.

    Without a GPU the CPU worker serves its lane.
    """
    workers = [_cpu_worker(settings, gpu=gpu), _net_worker(settings, gpu=gpu)]
    if gpu:
        workers.append(_worker("gpu", "gpu", "threads", settings.gpu_slots, {}))
    return (
        Service("api", (sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn", "api.wsgi:app")),
        *workers,
        Service("periodic", (sys.executable, "-m", "workers.periodic")),
        _questions(settings, gpu=gpu),
        Service(
            "flower", (*CELERY, "flower", "--address=127.0.0.1", f"--port={settings.flower_port}", "--logging=error")
        ),
    )


def _cpu_worker(settings: Settings, *, gpu: bool) -> Service:
    queues = "cpu" if gpu else "cpu,gpu"
    environment = {**thread_limits(settings.cpu_slots), **_hidden(gpu)}
    return _worker("cpu", queues, "prefork", settings.cpu_slots, environment)


def _net_worker(settings: Settings, *, gpu: bool) -> Service:
    environment = {**thread_limits(settings.net_slots), **_hidden(gpu)}
    return _worker("net", "net", "threads", settings.net_slots, environment)


def _questions(settings: Settings, *, gpu: bool) -> Service:
    """Whoever searches waits for it, so it is not behind the others; a question is short, and needs no GPU."""
    environment = {**thread_limits(settings.cpu_slots), **_hidden(gpu)}
    return Service("questions", (sys.executable, "-m", "workers.questions"), environment)


def _hidden(gpu: bool) -> Mapping[str, str]:
    """Leaves a GPU to its own worker: each other process that used it too would take half a gigabyte of it."""
    return {"CUDA_VISIBLE_DEVICES": ""} if gpu else {}


def _worker(name: str, queues: str, pool: str, slots: int, environment: Mapping[str, str]) -> Service:
    command = ("worker", "-Q", queues, "-n", f"{name}@%h", f"--pool={pool}", f"--concurrency={slots}")
    options = ("--without-gossip", "--without-mingle", "--task-events")
    return Service(name, (*BEHIND_THE_API, *CELERY, *command, *options), environment)
