"""A private Triptych for one measurement: its own home, Redis, API and worker, gone when the measurement is over."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 60
QUIET = {"PYTHONWARNINGS": "ignore", "TRIPTYCH_LOG_LEVEL": "WARNING"}


@dataclass(frozen=True, slots=True)
class Stack:
    """Where the private Triptych answers, and the id of the API's master process."""

    url: str
    api_pid: int
    home: Path
    redis_url: str


@dataclass(frozen=True, slots=True)
class PrivateRedis:
    """Where a private Redis answers, and its process id."""

    url: str
    pid: int


@contextmanager
def private_stack(parent: Path | None = None, api: str = "api.wsgi:app", worker: str = "") -> Iterator[Stack]:
    """Run Redis, the API at ``api`` and, if named, a CPU worker of the Celery application ``worker`` of two slots.

    The home is a new directory in ``parent``, or where temporary files go.
    """
    with tempfile.TemporaryDirectory(prefix="triptych-bench-", dir=parent) as directory, ExitStack() as running:
        home, port = Path(directory), free_port()
        redis = running.enter_context(private_redis(home))
        environment = {
            **os.environ,
            **QUIET,
            "TRIPTYCH_HOME": directory,
            "TRIPTYCH_PORT": str(port),
            "TRIPTYCH_REDIS_URL": redis.url,
        }
        subprocess.run([sys.executable, "-m", "triptych.migrate"], env=environment, check=True)
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn", api]
        pid = running.enter_context(process(gunicorn, environment))
        if worker:
            running.enter_context(process(celery_worker(worker, "cpu"), environment))
        wait_for_url(f"http://127.0.0.1:{port}/health/live")
        yield Stack(f"http://127.0.0.1:{port}", pid, home, redis.url)


@contextmanager
def private_redis(home: Path) -> Iterator[PrivateRedis]:
    """Run the stack's Redis with its state in ``home``."""
    from cli.redis_server import embedded_redis

    redis = embedded_redis(home)
    with process(redis.service.command, dict(os.environ)) as pid:
        wait_for_socket(redis.url)
        yield PrivateRedis(redis.url, pid)


def celery_worker(app: str, queue: str) -> list[str]:
    """The command of a prefork worker with two slots, as the local stack starts it, but for Flower's events."""
    from cli.services import BEHIND_THE_API

    celery = [*BEHIND_THE_API, sys.executable, "-m", "celery", "--quiet", "-A", app]
    command = [*celery, "worker", "-Q", queue, "-n", f"{queue}@bench"]
    return [*command, "--pool=prefork", "--concurrency=2", "--without-gossip", "--without-mingle"]


@contextmanager
def process(command: Sequence[str], environment: dict[str, str]) -> Iterator[int]:
    """Run ``command`` for as long as the block and yield its process id; it is ended by a signal, then by force."""
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield running.pid
    finally:
        running.terminate()
        try:
            running.wait(15)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def free_port() -> int:
    """A TCP port of the loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_url(url: str) -> None:
    """Return when ``url`` answers. Raises TimeoutError after ``START_S``."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} did not answer within {START_S} s")


def wait_for_socket(redis_url: str) -> None:
    """Return when the Redis at ``redis_url`` takes connections. Raises TimeoutError after ``START_S``."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(redis_url.removeprefix("unix://"))
            except OSError:
                time.sleep(0.05)
            else:
                return
    raise TimeoutError(f"Redis did not answer at {redis_url} within {START_S} s")
