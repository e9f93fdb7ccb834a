"""How fast a large file goes in and what it costs the API in memory: raw body beside a multipart form.

Compared are MB/s and the highest resident memory of the API's processes while one file of random bytes is sent, which
is removed afterwards. Without --url the script starts an API of its own.

    python -m bench.upload [--size-mb 1000] [--runs 3] [--url http://127.0.0.1:8000 --pid PID]
"""

import argparse
import http.client
import json
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil

from bench.stack import private_stack
from bench.table import print_table

MB = 1_000_000
CHUNK = bytes(os.urandom(MB))
# The type is sniffed from the content: what is sent begins as a sound does.
WAV_HEADER = (
    b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\xff\xff\xff\x7f"
)
BOUNDARY = "triptych-bench-boundary"
POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Target:
    """The API measured: where it answers and its processes."""

    host: str
    port: int
    processes: tuple[psutil.Process, ...]


def main() -> None:
    """Measure both ways in turn and print the medians."""
    options = _options()
    with ExitStack() as running:
        target = _target(options, running)
        rows = [_measure(target, way, options.size_mb, options.runs) for way in ("raw", "multipart")]
    headings = ("way", f"MB/s for {options.size_mb:,} MB", "idle MiB", "peak MiB", "grown by MiB")
    print_table(headings, rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size-mb", type=int, default=1000, help="size of the file sent, in MB")
    parser.add_argument("--runs", type=int, default=3, help="uploads each way; the median is told")
    parser.add_argument("--url", default="", help="a running API; without it one is started")
    parser.add_argument("--pid", type=int, default=0, help="process id of that API, for its memory")
    return parser.parse_args()


def _target(options: argparse.Namespace, running: ExitStack) -> Target:
    url, pid = options.url, options.pid
    if not url:
        stack = running.enter_context(private_stack())
        url, pid = stack.url, stack.api_pid
    parts = urlsplit(url)
    master = [psutil.Process(pid)] if pid else []
    processes = [*master, *(child for process in master for child in process.children(recursive=True))]
    return Target(parts.hostname or "127.0.0.1", parts.port or 80, tuple(processes))


def _measure(target: Target, way: str, size_mb: int, runs: int) -> tuple[object, ...]:
    _upload(target, way, 1)
    idle = _resident_mib(target)
    rates, peaks = [], []
    for _ in range(runs):
        with PeakMemory(target) as memory:
            rates.append(_upload(target, way, size_mb))
        peaks.append(memory.peak_mib)
    return way, statistics.median(rates), idle, max(peaks), max(peaks) - idle


def _upload(target: Target, way: str, size_mb: int) -> float:
    """Send ``size_mb`` MB, remove the file again, and return MB/s."""
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
    connection.request("DELETE", f"/api/v1/files/{json.loads(answer)['id']}")
    connection.getresponse().read()
    connection.close()
    return size_mb / elapsed_s


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


def _resident_mib(target: Target) -> int:
    return sum(int(process.memory_info().rss) for process in target.processes) // 1024**2


class PeakMemory:
    """Looks at the target's resident memory every ``POLL_S`` for as long as the block."""

    def __init__(self, target: Target) -> None:
        self.peak_mib = 0
        self._target = target
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(POLL_S):
            self.peak_mib = max(self.peak_mib, _resident_mib(self._target))


if __name__ == "__main__":
    main()
