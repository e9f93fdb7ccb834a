"""Work in a thread of gevent's: what it raises is raised to who asked, and told to nobody else."""

import pytest
from gevent.threadpool import ThreadPool

from api.offload import in_thread
from triptych.blobs import NoDisk


def refuse() -> None:
    raise NoDisk("full")


def test_error_in_a_thread_is_raised_here_and_printed_nowhere(capfd):
    pool = ThreadPool(1)

    with pytest.raises(NoDisk, match="full"):
        in_thread(pool, refuse)

    pool.kill()
    assert capfd.readouterr().err == ""
