"""How long each endpoint takes that does not wait, while 1,000 users keep a connection each and ask in turn.

Requests come at their times, 200 a second, whether those before them are answered or not, and their seconds count from
then; each endpoint is asked as often as every other, one after another. The users are one process on the same machine
and take their share of its processors. There is a single API process, as people run it, on SQLite, with no worker: what
is asked for stays queued. In the house are 200 jobs, 100 files and 20 conversations.

Left out are what waits or streams, what draws or compares by processes of its own, and what takes the whole house
along: events and sockets, `?wait=`, pages of files, export and import, maps and re-indexing, models and their removal.
Connections that the server closes after five quiet seconds are opened again, within the time that is told.

The aim is a p99 under 100 ms for each.

    python -m bench.http [--users 1000] [--seconds 40] [--a-second 200] [--home DIRECTORY]
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.load import Client
from bench.machine import file_system
from bench.paced import Request, ask_in_time
from bench.stack import private_stack
from bench.table import Table, percentile, print_tables

JOBS, FILES, TALKS = 200, 100, 20
AIM_MS = 100.0
API = "/api/v1"
TEXT = "The quick brown fox jumps over the lazy dog near the harbour. " * 4

LISTED = (
    *("batches", "conversations", "files", "jobs", "lanes", "memory/collections", "memory/sources", "memory/status"),
    *("memory/tags", "pipelines", "session", "stats", "uploads", "voices", "webhooks", "workers"),
)
"""Addresses that are asked as they are."""


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Start the API, fill its house, and have everything asked."""
    options = _options(arguments)
    with private_stack(options.home) as stack:
        asked = _requests(stack.url)
        requests = islice(cycle(asked), int(options.seconds * options.a_second))
        ask_in_time(stack.url, asked * 2, 10, 50)  # what is made once is made, and what is compiled is compiled
        taken, refused = ask_in_time(stack.url, requests, options.users, options.a_second)
        where = f"{options.users} users, {options.a_second:g} requests a second, home on {file_system(stack.home)}"
        yield told(where, taken, refused)


def told(where: str, taken: Mapping[str, Sequence[float]], refused: Sequence[str]) -> Table:
    """Each endpoint's percentiles, the slowest first, and those of all."""
    rows = sorted(((name, *_figures(times)) for name, times in taken.items()), key=lambda row: -row[3])
    everything = [second for times in taken.values() for second in times]
    headings = ("endpoint", "asked", "p50 ms", "p99 ms", f"p99, times {AIM_MS:g} ms")
    return Table(f"{where}; {len(refused)} refused", headings, [("all", *_figures(everything)), *rows])


def _figures(times: Sequence[float]) -> tuple[int, float, float, float]:
    p50, p99 = (1000 * percentile(times, percent) for percent in (50, 99))
    return len(times), p50, p99, p99 / AIM_MS


def _requests(url: str) -> list[Request]:
    """One of each, on what is put into the house for it."""
    with closing(Client(url)) as client:

        def put(path: str, body: bytes) -> dict[str, Any]:  # Any: JSON
            told: dict[str, Any] = json.loads(client.send("POST", f"{API}/{path}", body))
            return told

        job = [put("jobs", _job(number)) for number in range(JOBS)][-1]["id"]
        file = [put("files?name=words.txt", f"{TEXT}{number}".encode()) for number in range(FILES)][-1]["id"]
        talk = [put("conversations", b"{}") for _ in range(TALKS)][-1]["id"]
        collection = put("memory/collections", b'{"name": "Harbours"}')["id"]
    reads = [
        *LISTED,
        *(f"jobs/{job}{what}" for what in ("", "/parts", "/attempts")),
        *(f"files/{file}{what}" for what in ("", "/content", "/text")),
        *(f"conversations/{talk}{what}" for what in ("", "/messages")),
    ]
    writes = [
        ("jobs", "POST", "jobs", _job(0)),
        ("files", "POST", "files?name=words.txt", TEXT.encode()),
        ("conversations", "POST", "conversations", b"{}"),
        ("conversations/ID", "PATCH", f"conversations/{talk}", b'{"title": "Harbours"}'),
        ("memory/collections/ID", "PATCH", f"memory/collections/{collection}", b'{"name": "Harbours"}'),
    ]
    ids = dict.fromkeys((job, file, talk), "ID")
    return [
        *(Request(f"GET {_named(path, ids)}", "GET", f"{API}/{path}") for path in reads),
        *(Request(f"{method} {name}", method, f"{API}/{path}", body) for name, method, path, body in writes),
        *(
            Request(f"GET {path}", "GET", path)
            for path in ("/health/live", "/health/ready", "/metrics", "/openapi.json")
        ),
    ]


def _job(number: int) -> bytes:
    return json.dumps({"pipeline": "text.keywords", "text": f"{TEXT}{number}"}).encode()


def _named(path: str, ids: Mapping[str, str]) -> str:
    return "/".join(ids.get(step, step) for step in path.split("/"))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=1000, help="connections that are kept")
    parser.add_argument("--seconds", type=float, default=40, help="how long they ask")
    parser.add_argument("--a-second", type=float, default=200, help="requests of all users together")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
