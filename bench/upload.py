"""How fast a large file goes in and what it costs the API in memory: a copy, a raw body, a form, and tus.

By tus it comes in requests of so many MB, each on a connection of its own, and each is synced before it is answered.
Compared are MB/s and the highest resident memory of the API's processes while one file is sent, which is removed
afterwards; the ways are taken in turn, so that all meet what the disk does. The copy reads a file that is in the page
cache, writes it beside the home's files and syncs it at the end: what this disk gives at that minute. An upload is
hashed and synced as well, and the client that makes it up and sends it runs on the same processors; but its bytes go to
the disk while it comes, so it can be the faster of the two. Without --url the script starts an API of its own.

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

from bench.machine import file_system
from bench.peak import PeakMemory, resident_mib
from bench.stack import private_stack
from bench.table import Table, print_tables
from bench.tus import Upload
from triptych.blobs import DirectoryBlobs

MB = 1_000_000
CHUNK = bytes(os.urandom(MB))
# The type is sniffed from the content: what is sent begins as a sound does.
WAV_HEADER = (
    b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\xff\xff\xff\x7f"
)
BOUNDARY = "triptych-bench-boundary"
COPY = "plain copy"
TUS = "tus, requests of "
TUS_MB = (5, 20, 100)


@dataclass(frozen=True, slots=True)
class Target:
    """The API measured: where it answers, its processes, and its home unless that is not known."""

    host: str
    port: int
    processes: tuple[psutil.Process, ...]
    home: Path | None
    is_ours: bool


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
        ways = _measure(target, size_mb, runs)
        where = f"home on {file_system(target.home)}" if target.home else f"of the API at {options.url}"
        yield upload_table(f"One file of {size_mb:,} MB, median of {runs}, {where}", ways)


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
    return Target(parts.hostname or "127.0.0.1", parts.port or 80, tuple(processes), home, is_ours=not options.url)


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


def _measure(target: Target, size_mb: int, runs: int) -> list[Way]:
    ways = ("raw", "multipart", *(f"{TUS}{chunk_mb} MB" for chunk_mb in TUS_MB))
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
    url = f"http://{target.host}:{target.port}"
    started = time.perf_counter()
    upload = Upload(url, stretch, size_mb * MB, chunk_mb * MB, "bench.wav")
    file_id = upload.send()
    elapsed_s = time.perf_counter() - started
    connection = http.client.HTTPConnection(target.host, target.port, timeout=600)
    connection.request("GET", f"/api/v1/files/{file_id}")
    _remove(target, connection, json.loads(connection.getresponse().read()))
    connection.close()
    return size_mb / elapsed_s


def megabyte(number: int) -> bytes:
    """The ``number``-th megabyte of a file that begins as a sound does, no two of which are the same."""
    return (number.to_bytes(8, "big") + CHUNK[8:]) if number else (WAV_HEADER + CHUNK[len(WAV_HEADER) :])


def stretch(offset: int, size_bytes: int) -> Iterator[bytes]:
    """So many bytes of that file from ``offset`` on."""
    while size_bytes:
        piece = megabyte(offset // MB)[offset % MB :][:size_bytes]
        yield piece
        offset += len(piece)
        size_bytes -= len(piece)


def _remove(target: Target, connection: http.client.HTTPConnection, file: dict[str, str]) -> None:
    """Remove the file, and its bytes where nothing else would: a private API has no periodic loop."""
    connection.request("DELETE", f"/api/v1/files/{file['id']}")
    connection.getresponse().read()
    if target.home and target.is_ours:
        DirectoryBlobs(target.home / "blobs").remove(file["sha256"])


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
