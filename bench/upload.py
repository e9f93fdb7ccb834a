"""How fast a large file goes in and what it costs the API in memory: a copy, a raw body, a form, and tus.

By tus it comes in requests of so many MB, each on a connection of its own, and each is synced before it is answered.
Compared are MB/s and the highest resident memory of the API's processes while one file is sent, which is removed
afterwards; the ways are taken in turn, so that all meet what the disk does. The copy reads a file that is in the page
cache, writes it beside the home's files and syncs it at the end: what this disk gives at that minute. An upload is
hashed and synced as well, and the client that makes it up and sends it runs on the same processors; but its bytes go to
the disk while it comes, so it can be the faster of the two. Without --url the script starts an API of its own.

The second table has the files of another API lie in S3: moto's server, written in Python, on the same processors. It
tells what the API does and takes, and how the ways compare, and nothing of an S3 that is a service. What comes through
the API is put there once it is whole; what goes straight there is read once by the API before it is a file.

    python -m bench.upload [--size-mb 1000] [--runs 5] [--home DIRECTORY] [--url http://127.0.0.1:8000 --pid PID]
"""

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from bench.local_s3 import local_s3
from bench.long_sound import CHUNK, MB, WAV_HEADER, stretch
from bench.machine import file_system
from bench.peak import PeakMemory, resident_mib
from bench.stack import private_stack
from bench.straight import send_straight
from bench.table import Table, print_tables
from bench.tus import Upload
from triptych.blobs import Blobs
from triptych.settings import Settings
from triptych.store import open_blobs

BOUNDARY = "triptych-bench-boundary"
COPY = "plain copy"
TUS = "tus, requests of "
TUS_MB = (5, 20, 100)
STRAIGHT = "straight there, parts of 16 MiB"
PART_BYTES = 16 * 1024**2
WAYS = ("raw", "multipart", *(f"{TUS}{chunk_mb} MB" for chunk_mb in TUS_MB))
WAYS_TO_S3 = ("raw", f"{TUS}100 MB", STRAIGHT)


@dataclass(frozen=True, slots=True)
class Target:
    """The API measured: where it answers, its processes, its home unless that is not known, and its blobs if ours."""

    host: str
    port: int
    processes: tuple[psutil.Process, ...]
    home: Path | None
    blobs: Blobs | None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Way:
    """What was measured of one way: MB/s of each run, and the API's memory in MiB before and at most."""

    name: str
    rates: Sequence[float]
    idle_mib: int | None = None
    peak_mib: int | None = None


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Measure the ways in turn."""
    options = _options(arguments)
    with ExitStack() as running:
        target = _target(options, running)
        size_mb, runs = options.size_mb, options.runs
        ways = _measure(target, size_mb, runs, WAYS)
        where = f"home on {file_system(target.home)}" if target.home else f"of the API at {options.url}"
        yield upload_table(f"One file of {size_mb:,} MB, median of {runs}, {where}", ways)
    if not options.url:
        with ExitStack() as running:
            running.enter_context(local_s3())
            target = _target(options, running)
            ways = _measure(target, size_mb, runs, WAYS_TO_S3)
            yield upload_table(f"One file of {size_mb:,} MB into S3 on this machine, median of {runs}", ways)


def upload_table(title: str, ways: Sequence[Way]) -> Table:
    """MB/s and memory of each way, and how fast it is beside the copy, if there was one."""
    medians = {way.name: statistics.median(way.rates) for way in ways}
    rows = [(way.name, medians[way.name], _part_of(medians, way.name), *_memory(way)) for way in ways]
    return Table(title, ("way", "MB/s", "of the copy's", "idle MiB", "peak MiB", "grown by MiB"), rows)


def _part_of(medians: dict[str, float], name: str) -> str:
    return f"{100 * medians[name] / medians[COPY]:.0f} %" if COPY in medians else ""


def _memory(way: Way) -> tuple[object, object, object]:
    if way.idle_mib is None or way.peak_mib is None:
        return "", "", ""
    return way.idle_mib, way.peak_mib, way.peak_mib - way.idle_mib


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size-mb", type=int, default=1000, help="size of the file sent, in MB")
    parser.add_argument("--runs", type=int, default=5, help="uploads each way; the median is told")
    parser.add_argument("--home", type=Path, help="directory for the state, on the disk to be measured")
    parser.add_argument("--url", default="", help="a running API; without it one is started. Its home is --home")
    parser.add_argument("--pid", type=int, default=0, help="process id of that API, for its memory")
    return parser.parse_args(arguments)


def _target(options: argparse.Namespace, running: ExitStack) -> Target:
    url, pid, home = options.url, options.pid, options.home
    if not url:
        stack = running.enter_context(private_stack(home))
        url, pid, home = stack.url, stack.api_pid, stack.home
    parts = urlsplit(url)
    master = [psutil.Process(pid)] if pid else []
    processes = [*master, *(child for process in master for child in process.children(recursive=True))]
    blobs = None if options.url else open_blobs(Settings.from_environment({**os.environ, "TRIPTYCH_HOME": str(home)}))
    return Target(parts.hostname or "127.0.0.1", parts.port or 80, tuple(processes), home, blobs)


def _copy(home: Path, size_mb: int) -> float:
    """MB/s of reading a file of ``size_mb`` MB, writing it beside it and syncing it, in a directory under ``home``."""
    with tempfile.TemporaryDirectory(dir=home) as directory:
        original, copy = Path(directory, "original"), Path(directory, "copy")
        with original.open("wb") as file:
            file.writelines(_body(b"", size_mb, b""))
            file.flush()
            os.fsync(file.fileno())
        started = time.perf_counter()
        with original.open("rb", buffering=0) as source, copy.open("wb", buffering=0) as file:
            while chunk := source.read(MB):
                file.write(chunk)
            os.fsync(file.fileno())
        return size_mb / (time.perf_counter() - started)


def _measure(target: Target, size_mb: int, runs: int, ways: Sequence[str]) -> list[Way]:
    for way in ways:
        _upload(target, way, 1)
    idle = resident_mib(target.processes)
    copies: list[float] = []
    rates: dict[str, list[float]] = {way: [] for way in ways}
    peaks: dict[str, list[int]] = {way: [] for way in ways}
    for _ in range(runs):
        if target.home:
            copies.append(_copy(target.home, size_mb))
        for way in ways:
            with PeakMemory(target.processes) as memory:
                rates[way].append(_upload(target, way, size_mb))
            peaks[way].append(memory.peak_mib)
    uploads = [Way(way, rates[way], idle, max(peaks[way])) for way in ways]
    return [Way(COPY, copies), *uploads] if copies else uploads


def _upload(target: Target, way: str, size_mb: int) -> float:
    """Send ``size_mb`` MB, remove the file again, and return MB/s."""
    if way.startswith(TUS):
        return _upload_by_tus(target, int(way.removeprefix(TUS).split()[0]), size_mb)
    if way == STRAIGHT:
        return _upload_straight(target, size_mb)
    head, tail, path, content_type = _envelope(way)
    length = len(head) + len(WAV_HEADER) + size_mb * MB + len(tail)
    connection = http.client.HTTPConnection(target.host, target.port, timeout=600)
    started = time.perf_counter()
    headers = {"Content-Type": content_type, "Content-Length": str(length)}
    connection.request("POST", path, body=_body(head, size_mb, tail), headers=headers)
    response = connection.getresponse()
    answer = response.read()
    elapsed_s = time.perf_counter() - started
    if response.status != http.client.CREATED:
        raise SystemExit(f"the API answered {response.status}: {answer[:300].decode(errors='replace')}")
    _remove(target, connection, json.loads(answer))
    connection.close()
    return size_mb / elapsed_s


def _upload_by_tus(target: Target, chunk_mb: int, size_mb: int) -> float:
    started = time.perf_counter()
    upload = Upload(target.url, stretch, size_mb * MB, chunk_mb * MB, "bench.wav")
    file_id = upload.send()
    elapsed_s = time.perf_counter() - started
    connection = http.client.HTTPConnection(target.host, target.port, timeout=600)
    connection.request("GET", f"/api/v1/files/{file_id}")
    _remove(target, connection, json.loads(connection.getresponse().read()))
    connection.close()
    return size_mb / elapsed_s


def _upload_straight(target: Target, size_mb: int) -> float:
    started = time.perf_counter()
    file = send_straight(target.url, stretch, size_mb * MB, PART_BYTES, "bench.wav")
    elapsed_s = time.perf_counter() - started
    connection = http.client.HTTPConnection(target.host, target.port, timeout=600)
    _remove(target, connection, file)
    connection.close()
    return size_mb / elapsed_s


def _remove(target: Target, connection: http.client.HTTPConnection, file: dict[str, str]) -> None:
    """Remove the file, and its bytes where nothing else would: a private API has no periodic loop."""
    connection.request("DELETE", f"/api/v1/files/{file['id']}")
    connection.getresponse().read()
    if target.blobs:
        target.blobs.remove(file["sha256"])


def _envelope(way: str) -> tuple[bytes, bytes, str, str]:
    if way == "raw":
        return b"", b"", "/api/v1/files?name=bench.wav", "audio/wav"
    disposition = 'Content-Disposition: form-data; name="file"; filename="bench.wav"'
    head = f"--{BOUNDARY}\r\n{disposition}\r\nContent-Type: audio/wav\r\n\r\n".encode()
    return head, f"\r\n--{BOUNDARY}--\r\n".encode(), "/api/v1/files", f"multipart/form-data; boundary={BOUNDARY}"


def _body(head: bytes, size_mb: int, tail: bytes) -> Iterator[bytes]:
    yield head + WAV_HEADER
    for number in range(size_mb):
        yield number.to_bytes(8, "big") + CHUNK[8:]  # no two files or stretches are the same
    yield tail


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
