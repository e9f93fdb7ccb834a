"""The API as users run it: gunicorn with its real configuration, as a process that is ended by its id."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from triptych.settings import Settings

START_S = 60
END_S = 30


@dataclass(frozen=True, slots=True)
class Served:
    """A running API."""

    port: int
    process: subprocess.Popen[bytes]
    home: Path

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def socket_url(self) -> str:
        """Where its WebSocket is."""
        return f"ws://127.0.0.1:{self.port}/api/v1/socket"


@contextmanager
def served_api(settings: Settings, **variables: str) -> Iterator[Served]:
    """Serve ``settings``' home until the end of the block, with these ``variables`` in its environment too."""
    port = free_port()
    environment = {
        **os.environ,
        "TRIPTYCH_HOME": str(settings.home),
        "TRIPTYCH_REDIS_URL": settings.redis_url,
        "TRIPTYCH_PORT": str(port),
        "TRIPTYCH_LOG_LEVEL": "WARNING",
        **variables,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:api.gunicorn", "api.wsgi:app"]
    process = subprocess.Popen(command, env=environment)
    try:
        wait_until_ready(process, port)
        yield Served(port, process, settings.home)
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End it in an orderly way. Raises subprocess.TimeoutExpired, and kills it, where it does not."""
    process.terminate()
    try:
        process.wait(END_S)
    finally:
        process.kill()


def free_port() -> int:
    """A TCP port of the loopback that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    """The listening socket is bound before the worker is there: one request waits in it until it is answered."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=START_S):
                return
        except ConnectionError:  # refused, or reset by a predecessor on this port that is just being killed
            continue
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
    raise RuntimeError("the API did not start")
