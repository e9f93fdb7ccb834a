"""A real `triptych up`, on free ports and in a home of its own, as a user starts it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from support.until import at_most

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60  # a bound for a hung test, never what is measured
START_S = 180  # the same, of a whole stack among others
COMMAND = [sys.executable, "-c", "from cli.main import main; main()", "up"]


@dataclass(frozen=True)
class LocalStack:
    """The running command and where it answers."""

    process: "subprocess.Popen[str]"
    home: Path
    port: int
    flower_port: int

    def wait_for(self, words: str) -> None:
        """Read what it prints until ``words`` come; it is killed where they never do."""
        assert self.process.stdout is not None
        said = []
        with at_most(START_S, self.kill):
            for line in self.process.stdout:
                said.append(line)
                if words in line:
                    return
        pytest.fail(f"ended without saying {words!r}:\n{''.join(said)}")

    @contextmanager
    def read_on(self) -> Iterator[None]:
        """Read what it prints, so that a full pipe does not hold it up; then stop it, which ends the reading."""
        reader = threading.Thread(target=lambda: deque(self.process.stdout or (), maxlen=0), daemon=True)
        reader.start()
        yield
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_S)
        reader.join(PATIENCE_S)

    def get(self, path: str, *, port: int | None = None) -> str:
        """The body at ``path``; raises urllib.error.HTTPError when it is not there."""
        request = urllib.request.Request(f"http://127.0.0.1:{port or self.port}{path}", headers={"Accept": "*/*"})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return str(answer.read().decode())

    def submit(self, job: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
        """Submit ``job`` and wait until it has ended."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1/jobs?wait={PATIENCE_S}",
            data=json.dumps(job).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=2 * PATIENCE_S) as answer:
            return dict(json.load(answer))

    def processes(self) -> list[psutil.Process]:
        """Every process that it started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self) -> None:
        """End whatever is left of it."""
        if self.process.poll() is None:
            for child in self.processes():
                child.kill()
            self.process.kill()


def environment(home: Path, port: int, flower_port: int) -> dict[str, str]:
    """What `make run` would hand over."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIPTYCH_")}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "TRIPTYCH_HOME": str(home),
        "TRIPTYCH_PORT": str(port),
        "TRIPTYCH_FLOWER_PORT": str(flower_port),
        "TRIPTYCH_CPU_SLOTS": "1",
        "TRIPTYCH_OFFLINE": "1",
    }


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


@contextmanager
def local_stack(home: Path) -> Iterator[LocalStack]:
    """The command, started; whatever is left of it afterwards is killed."""
    port, flower_port = free_ports(2)
    process = subprocess.Popen(
        COMMAND,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(home, port, flower_port),
        start_new_session=True,
    )
    with process:
        stack = LocalStack(process, home, port, flower_port)
        try:
            yield stack
        finally:
            stack.kill()


def left_over(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those of ``processes`` that do not end."""
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
