"""Whether a very large file arrives whole through a proxy that limits bodies and hangs up, and how fast it goes.

The file is made up while it is sent, so it takes the disk once. A request is as large as the proxy's limit; the proxy
closes the connection in the middle of some, and the client asks how far it came and goes on there. What arrived is the
same where its SHA-256, which the client made of what it sent, is the one that the API tells. The proxy and the client
run on the same processors as the API. The last answer comes when the whole was looked at and is a file.

    python -m bench.resumed [--size-mb 4000] [--limit-mb 100] [--breaks 5] [--home DIRECTORY]
"""

import argparse
import hashlib
import json
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

from bench.long_sound import MB, megabyte, stretch
from bench.mean_proxy import mean_proxy
from bench.peak import PeakMemory, resident_mib
from bench.stack import private_stack
from bench.table import Table, print_tables
from bench.tus import Upload


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Send one file."""
    options = _options(arguments)
    with private_stack(options.home) as stack:
        port = int(stack.url.rpartition(":")[2])
        every = options.size_mb * MB // (options.breaks + 1)
        cuts = [every * number + MB // 3 for number in range(1, options.breaks + 1)]
        master = psutil.Process(stack.api_pid)
        processes = [master, *master.children(recursive=True)]
        idle_mib = resident_mib(processes)
        with mean_proxy(port, options.limit_mb * MB, cuts) as proxy, PeakMemory(processes) as memory:
            started = time.perf_counter()
            upload = Upload(proxy.url, stretch, options.size_mb * MB, options.limit_mb * MB, "bench.wav")
            upload.send(up_to=options.size_mb * MB - options.limit_mb * MB)
            nearly_s = time.perf_counter() - started
            file_id = upload.send()
            elapsed_s = time.perf_counter() - started
        yield Table(
            f"{options.size_mb:,} MB through a proxy that takes {options.limit_mb} MB at a time",
            ("broken off", "same hash", "seconds", "MB/s", "last request s", "sent again MB", "grown by MiB"),
            [
                (
                    proxy.cut,
                    "yes" if _sha256_of(stack.url, file_id) == _sha256(options.size_mb) else "NO",
                    elapsed_s,
                    options.size_mb / elapsed_s,
                    elapsed_s - nearly_s,
                    (proxy.passed_bytes - options.size_mb * MB) / MB,
                    memory.peak_mib - idle_mib,
                )
            ],
        )


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size-mb", type=int, default=4000, help="size of the file, in MB")
    parser.add_argument("--limit-mb", type=int, default=100, help="the largest body that the proxy takes, in MB")
    parser.add_argument("--breaks", type=int, default=5, help="how often it hangs up")
    parser.add_argument("--home", type=Path, help="directory for the state, on a disk with room for the file")
    return parser.parse_args(arguments)


def _sha256(size_mb: int) -> str:
    digest = hashlib.sha256()
    for number in range(size_mb):
        digest.update(megabyte(number))
    return digest.hexdigest()


def _sha256_of(url: str, file_id: str | None) -> str:
    with urllib.request.urlopen(f"{url}/api/v1/files/{file_id}") as answer:
        return str(json.load(answer)["sha256"])


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
