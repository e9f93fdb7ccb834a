"""How long a batch of very many short texts takes, how much memory, and what it costs who asks for something meanwhile.

The batch is a manifest in a form, each of its lines a text of some eighty bytes; the jobs do nothing, so that what is
told is what the house adds. Told are the seconds until the request was answered, until every line was checked, and
until the last job had ended, all from the request; and the highest resident memory of the API, of the periodic loop,
which reads the lines and makes the jobs, and of the worker with its two processes (what these share counts more than
once). While the batch runs, a text is submitted twice a second as an interactive job and waited for; the same was done
before on the idle house, and the two are set beside each other.

    python -m bench.batch [--lines 50000] [--home DIRECTORY]
"""

import argparse
import http.client
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

import psutil

from bench.load import Client
from bench.machine import file_system
from bench.noop import BATCHED_NOOP, NOOP
from bench.peak import PeakMemory
from bench.stack import QUIET, Stack, private_stack, process
from bench.table import Table, print_tables

POLL_S = 0.5
IDLE_JOBS = 20
LONGEST_S = 1800
BOUNDARY = "triptych-bench-boundary"


@dataclass(frozen=True, slots=True)
class Moments:
    """Seconds from the request until it was answered, all lines were checked, and all jobs had ended."""

    accepted_s: float
    checked_s: float
    finished_s: float


@dataclass(frozen=True, slots=True)
class Latencies:
    """What interactive jobs took from their submission to their end, in seconds."""

    idle: Sequence[float]
    beside: Sequence[float]


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Run one batch on a private Triptych with SQLite."""
    options = _options(arguments)
    with ExitStack() as running:
        stack = running.enter_context(private_stack(options.home, "bench.noop_api:app", "bench.noop_worker"))
        periodic = [sys.executable, "-m", "bench.noop_periodic"]
        pid = running.enter_context(process(periodic, _environment(stack)))
        groups = {"API": _tree(stack.api_pid), "periodic loop": [psutil.Process(pid)], "worker": _workers()}
        peaks = {name: running.enter_context(PeakMemory(group)) for name, group in groups.items()}
        moments, latencies = _measure(stack, options.lines)
        where = file_system(stack.home)
    title = f"A batch of {options.lines:,} short texts, SQLite, home on {where}"
    yield batch_table(title, options.lines, moments, {name: peak.peak_mib for name, peak in peaks.items()})
    yield latency_table(latencies)


def batch_table(title: str, lines: int, moments: Moments, peaks: dict[str, int]) -> Table:
    """The seconds and the memory."""
    seconds = (moments.accepted_s, moments.checked_s, moments.finished_s)
    names = ("accepted s", "checked s", "finished s", "lines a second", *(f"{name} peak MiB" for name in peaks))
    return Table(title, names, [(*seconds, round(lines / moments.finished_s), *peaks.values())])


def latency_table(latencies: Latencies) -> Table:
    """What an interactive job takes on the idle house and beside the batch."""
    rows = [
        (name, len(taken), 1000 * median(taken), 1000 * quantiles(taken, n=20)[-1])
        for name, taken in (("idle", latencies.idle), ("beside the batch", latencies.beside))
    ]
    return Table("An interactive job meanwhile", ("house", "jobs", "p50 ms", "p95 ms"), rows)


def _measure(stack: Stack, lines: int) -> tuple[Moments, Latencies]:
    with closing(Client(stack.url)) as client:
        idle = [_job_s(client) for _ in range(IDLE_JOBS + 1)][1:]  # the first one is behind cold processes
        began = time.perf_counter()
        batch_id = _post(stack.url, _manifest(lines))
        accepted_s = time.perf_counter() - began
        checked_s, beside = 0.0, list[float]()
        while (batch := json.loads(client.send("GET", f"/api/v1/batches/{batch_id}")))["state"] != "finished":
            now_s = time.perf_counter() - began
            checked_s = checked_s or (now_s if batch["state"] == "running" else 0.0)
            if batch["state"] not in ("validating", "running") or now_s > LONGEST_S:
                raise RuntimeError(f"the batch came to no good end: {batch}")
            beside.append(_job_s(client))
            time.sleep(POLL_S)
        finished_s = time.perf_counter() - began
    if batch["lines"]["succeeded"] != lines:
        raise RuntimeError(f"not all lines succeeded: {batch['lines']}")
    return Moments(accepted_s, checked_s, finished_s), Latencies(idle, beside)


def _job_s(client: Client) -> float:
    began = time.perf_counter()
    body = json.dumps({"pipeline": NOOP.name, "text": f"a question at {began}"}).encode()
    job = json.loads(client.send("POST", "/api/v1/jobs?wait=60", body))
    if job["state"] != "succeeded":
        raise RuntimeError(f"an interactive job did not succeed: {job}")
    return time.perf_counter() - began


def _manifest(lines: int) -> bytes:
    said = (
        {"custom_id": f"line-{number}", "text": f"The quick brown fox number {number} jumps over all of the lazy dogs."}
        for number in range(lines)
    )
    return b"".join(json.dumps(line).encode() + b"\n" for line in said)


def _post(url: str, manifest: bytes) -> str:

    parts = [("pipeline", "", BATCHED_NOOP.name.encode()), ("manifest", '; filename="lines.jsonl"', manifest)]
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"
        for name, more, content in parts
    )
    split = urlsplit(url)
    with closing(http.client.HTTPConnection(split.hostname or "", split.port, timeout=120)) as connection:
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        connection.request("POST", "/api/v1/batches", body + f"--{BOUNDARY}--\r\n".encode(), headers)
        answer = json.loads(connection.getresponse().read())
    if "id" not in answer:
        raise RuntimeError(f"the batch was refused: {answer}")
    return str(answer["id"])


def _environment(stack: Stack) -> dict[str, str]:

    return {**os.environ, **QUIET, "TRIPTYCH_HOME": str(stack.home), "TRIPTYCH_REDIS_URL": stack.redis_url}


def _tree(pid: int) -> list[psutil.Process]:
    master = psutil.Process(pid)
    return [master, *master.children(recursive=True)]


def _workers() -> list[psutil.Process]:
    """Our worker's processes, which are there once the first job has been done."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = [one for one in psutil.Process().children(recursive=True) if "bench.noop_worker" in one.cmdline()]
        if len(found) > 2:
            return found
        time.sleep(POLL_S)
    raise TimeoutError("the worker did not start its processes")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=50_000, help="lines of the manifest")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
