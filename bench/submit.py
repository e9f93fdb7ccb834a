"""How long a job takes that does nothing, and how many can be handed in at once, beside bare Celery and plain Flask.

Compared in one run, on one Redis: submit to finished of a no-op job (seen by `?wait`, and by the socket with its first
event) and a bare Celery `delay().get()`, one by one in turn; then submits over 50 connections to the API and to a
Flask view that inserts a row and calls `delay`. Bare Celery loses jobs that Triptych does not.

    python -m bench.submit [--jobs 200] [--submits 2000] [--connections 50]
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit

from bench.load import Client, Load, put_load
from bench.noop import NAME
from bench.stack import QUIET, Stack, celery_worker, free_port, private_stack, process, wait_for_url
from bench.table import percentile, print_table

WARM_UP = 10


@dataclass(frozen=True, slots=True)
class Rival:
    """Bare Celery behind plain Flask: where the view answers, and one ``delay().get()``."""

    url: str
    round_trip: Callable[[], object]


def main() -> None:
    """Start both sides, measure them in turn, print two tables."""
    options = _options()
    with ExitStack() as running:
        stack = running.enter_context(private_stack("bench.noop_api:app", "bench.noop_worker"))
        rival = running.enter_context(_rival(stack))
        print_table(("submit to", "p50 ms", "p99 ms"), _latencies(stack, rival, options.jobs))
        triptych = put_load(f"{stack.url}/api/v1/jobs", _bodies(), options.submits, options.connections)
        _wait_until_idle(stack)
        plain = put_load(f"{rival.url}/jobs", _bodies(), options.submits, options.connections)
        loads = (("Triptych", triptych), ("Flask + delay", plain))
        headings = (f"submits over {options.connections} connections", "a second", "p50 ms", "p99 ms", "refused")
        print_table(headings, [_told(name, load) for name, load in loads])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200, help="jobs one by one")
    parser.add_argument("--submits", type=int, default=2000, help="jobs handed in at once")
    parser.add_argument("--connections", type=int, default=50, help="clients that hand them in")
    return parser.parse_args()


@contextmanager
def _rival(stack: Stack) -> Iterator[Rival]:
    path = stack.redis_url.removeprefix("unix://")
    port = free_port()
    rival = {
        "BENCH_BROKER": f"redis+socket://{path}?virtual_host=1",
        "BENCH_RESULTS": f"redis+socket://{path}?virtual_host=2",
        "BENCH_DATABASE": str(stack.home / "bare.db"),
    }
    os.environ.update(rival)
    environment = {**os.environ, **QUIET}
    command = [sys.executable, "-m", "gunicorn", "-k", "gevent", "-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    with (
        process(celery_worker("bench.bare_celery", "bare"), environment),
        process([*command, "--no-control-socket", "bench.bare_flask:app"], environment),
    ):
        wait_for_url(f"http://127.0.0.1:{port}/health/live")
        from bench.bare_celery import noop

        yield Rival(f"http://127.0.0.1:{port}", lambda: noop.delay("x").get(timeout=60))


def _wait_until_idle(stack: Stack) -> None:
    """Return when no job is left, so that one side's backlog does not slow the other."""
    client = Client(stack.url)
    while any(lane["queued"] + lane["running"] for lane in json.loads(client.send("GET", "/api/v1/lanes"))["items"]):
        time.sleep(0.2)


def _latencies(stack: Stack, rival: Rival, jobs: int) -> list[tuple[object, ...]]:
    """Each way in turn, job by job, so that whatever else the machine does falls on all of them alike."""
    bodies = _bodies()
    client = Client(stack.url)
    socket = _Socket(stack.url)
    taken: dict[str, list[float]] = {
        name: [] for name in ("answer with ?wait", "first event", "finished event", "bare Celery delay().get()")
    }
    for number in range(jobs + WARM_UP):
        waited = _seconds(lambda: client.send("POST", "/api/v1/jobs?wait=60", next(bodies)))
        socket.drain()
        first, finished = socket.submit(client, next(bodies))
        bare = _seconds(rival.round_trip)
        if number >= WARM_UP:
            for times, seconds in zip(taken.values(), (waited, first, finished, bare), strict=True):
                times.append(seconds)
    return [(name, 1000 * percentile(times, 50), 1000 * percentile(times, 99)) for name, times in taken.items()]


class _Socket:
    """A watcher of the events, as the UI is one."""

    def __init__(self, url: str) -> None:
        from websocket import create_connection

        parts = urlsplit(url)
        self._socket = create_connection(f"ws://{parts.netloc}/api/v1/socket", timeout=60, origin=url)

    def submit(self, client: Client, body: bytes) -> tuple[float, float]:
        """Hand in a job; seconds until its first event and until it is finished."""
        started = time.perf_counter()
        job_id = json.loads(client.send("POST", "/api/v1/jobs", body))["id"]
        first = 0.0
        while True:
            event = json.loads(self._socket.recv())
            if event.get("job_id") == job_id:
                first = first or time.perf_counter() - started
                if event["type"] == "job.finished":
                    return first, time.perf_counter() - started

    def drain(self) -> None:
        """Read the events of the job that was waited for, which nobody watches."""
        while True:
            if json.loads(self._socket.recv()).get("type") == "job.finished":
                return


def _bodies() -> Iterator[bytes]:
    for number in count():
        yield json.dumps({"pipeline": NAME, "text": f"nothing {os.getpid()} {time.time_ns()} {number}"}).encode()


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _told(name: str, load: Load) -> tuple[object, ...]:
    times = load.seconds
    rate = len(times) / load.elapsed_s
    return name, rate, 1000 * percentile(times, 50), 1000 * percentile(times, 99), load.refused


if __name__ == "__main__":
    main()
