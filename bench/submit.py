"""How long a job takes that does nothing, and how many can be handed in at once, beside bare Celery and plain Flask.

Compared in one run, on one Redis: submit to finished of a no-op job (seen by `?wait`, and by the socket with its first
event) and a bare Celery `delay().get()`, one by one in turn; then submits over 50 connections to the API and to a
Flask view that inserts a row and calls `delay`.

A submit to Triptych is one durable commit (SQLite, WAL, `synchronous=FULL`), which jobs that come at the same time
share: what was answered with 202 survives the death of every process, and a power cut. A text that comes with its
request is committed with its job; the other rows name a file that is there. Bare Celery commits nothing: Redis syncs
its log about once a second, a worker that dies takes its job along, and there are no events, no cancelling and no
history. The Flask view commits its row as durably, but a crash between that and `delay` leaves a row that nobody works
on.

The workers of both sides give way to the API and the view (`nice`), as the local stack's do, and send no task events,
which only Flower reads.

The aims are at most twice the time of bare Celery, and 1.5 times as many submits as plain Flask.

    python -m bench.submit [--jobs 200] [--submits 2000] [--connections 50] [--home DIRECTORY]
"""

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from bench.comparison import CELERY, FLASK, latency_table, load_table
from bench.load import Client, Load, put_load, together
from bench.machine import file_system
from bench.noop import NAME
from bench.stack import QUIET, Stack, celery_worker, free_port, private_stack, process, wait_for_url
from bench.table import Table, print_tables
from bench.watcher import Watcher

WARM_UP = 10
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Rival:
    """Bare Celery behind plain Flask: where the view answers, and one ``delay().get()``."""

    url: str
    round_trip: Callable[[], object]


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Start both sides and measure them in turn."""
    options = _options(arguments)
    with ExitStack() as running:
        stack = running.enter_context(private_stack(options.home, "bench.noop_api:app", "bench.noop_worker"))
        rival = running.enter_context(_rival(stack))
        where = f"home on {file_system(stack.home)}"
        yield latency_table(f"{options.jobs} jobs one by one, {where}", _latencies(stack, rival, options.jobs))
        loads = _loads(stack, rival, options.submits, options.connections)
        yield load_table(f"{options.submits} submits over {options.connections} connections, {where}", loads)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200, help="jobs one by one")
    parser.add_argument("--submits", type=int, default=2000, help="jobs handed in at once")
    parser.add_argument("--connections", type=int, default=50, help="clients that hand them in")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


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
        gc.collect()  # results unsubscribe from Redis when they go, which is while there is one


def _latencies(stack: Stack, rival: Rival, jobs: int) -> dict[str, list[float]]:
    """Each way in turn, job by job, so that whatever else the machine does falls on all of them alike."""
    client, watcher = Client(stack.url), Watcher(stack.url)
    stored, texts = _naming_a_file(client), _with_text()

    def waited(bodies: Iterator[bytes]) -> float:
        taken_s = _seconds(lambda: client.send("POST", "/api/v1/jobs?wait=60", next(bodies)))
        watcher.drain()
        return taken_s

    taken: dict[str, list[float]] = {
        way: []
        for way in ("answer with ?wait", "first event", "finished event", "answer with ?wait, of a text", CELERY)
    }
    for number in range(jobs + WARM_UP):
        seconds = (waited(stored), *watcher.submit(client, next(stored)), waited(texts), _seconds(rival.round_trip))
        if number >= WARM_UP:
            for times, second in zip(taken.values(), seconds, strict=True):
                times.append(second)
    return taken


def _loads(stack: Stack, rival: Rival, submits: int, connections: int) -> dict[str, Load]:
    """Each way in turn, a round of submits at a time and each from rest, so that all meet what the machine does."""
    jobs = f"{stack.url}/api/v1/jobs"
    settle_ours = partial(_wait_until_idle, stack.url)
    ways: dict[str, tuple[str, Iterator[bytes], Callable[[], object]]] = {
        "Triptych": (jobs, _naming_a_file(Client(stack.url)), settle_ours),
        "Triptych, of a text": (jobs, _with_text(), settle_ours),
        FLASK: (f"{rival.url}/jobs", _with_text(), rival.round_trip),  # a task ends when those before it have begun
    }
    rounds: dict[str, list[Load]] = {way: [] for way in ways}
    for number in range(ROUNDS + 1):
        for way, (url, bodies, settle) in ways.items():
            load = put_load(url, bodies, submits // ROUNDS, connections)
            settle()
            if number > 0:  # the first sets up whatever the first requests set up
                rounds[way].append(load)
    return {way: together(loads) for way, loads in rounds.items()}


def _naming_a_file(client: Client) -> Iterator[bytes]:
    """Requests for a no-op on one file, which is stored here."""
    file = json.loads(client.send("POST", "/api/v1/files?name=nothing.txt", b"Nothing to do.\n"))
    body = json.dumps({"pipeline": NAME, "files": [file["id"]]}).encode()
    while True:
        yield body


def _with_text() -> Iterator[bytes]:
    """Requests for a no-op on a text of each one's own."""
    for number in count():
        yield json.dumps({"pipeline": NAME, "text": f"nothing {os.getpid()} {time.time_ns()} {number}"}).encode()


def _wait_until_idle(url: str) -> None:
    """Return when no job is left, so that one side's backlog does not slow the other.

    By a connection of its own: the server closes one that was idle for as long as a slow round takes.
    """
    with closing(Client(url)) as client:
        while any(
            lane["queued"] + lane["running"] for lane in json.loads(client.send("GET", "/api/v1/lanes"))["items"]
        ):
            time.sleep(0.2)


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
