"""Work in a thread of gevent's: what it raises is raised to who asked, and told to nobody else."""

import subprocess
import sys
from pathlib import Path

import pytest
from gevent.threadpool import ThreadPool

from api.offload import in_thread
from triptych.blobs import NoDisk

ROOT = Path(__file__).parents[2]
CLOSING = """
from api.refusing import RefusingWorker
worker = RefusingWorker.__new__(RefusingWorker)
worker.sockets = []
worker.patch()

import os, time
from api.offload import offload

def close():
    time.sleep(0.001)  # for which gevent begins a loop in this thread
    descriptor = os.open(".", os.O_RDONLY)
    os.close(descriptor)
    try:
        os.fstat(descriptor)
    except OSError:
        return "closed"

print(offload(close))
"""


def refuse() -> None:
    raise NoDisk("full")


def test_error_in_a_thread_is_raised_here_and_printed_nowhere(capfd):
    pool = ThreadPool(1)

    with pytest.raises(NoDisk, match="full"):
        in_thread(pool, refuse)

    pool.kill()
    assert capfd.readouterr().err == ""


def test_directory_that_an_offloaded_call_closes_is_closed():
    done = subprocess.run([sys.executable, "-c", CLOSING], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert (done.stdout, done.stderr) == ("closed\n", "")
