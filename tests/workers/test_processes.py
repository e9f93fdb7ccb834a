"""Ending a slot's process, with what it has started."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest
from support.until import until

from workers.processes import is_ours, kill

STARTS_ANOTHER = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); input()"
WAITS = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture
def child() -> Iterator[psutil.Popen]:
    """A process that has started another one, which waits for ever as a stuck FFmpeg does."""
    command = [sys.executable, "-c", STARTS_ANOTHER, *WAITS]
    with psutil.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.fixture
def grandchild(child: psutil.Popen) -> Iterator[psutil.Process]:
    process = psutil.Process(int(child.stdout.readline()))
    yield process
    with suppress(psutil.NoSuchProcess):
        process.kill()


def is_over(process: psutil.Process) -> bool:
    """Nobody may be there to look after a process whose parent is dead: it is then a name alone."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_what_a_killed_process_has_started_ends_with_it(child: psutil.Popen, grandchild: psutil.Process) -> None:
    killed = kill(child.pid, lambda: True)

    assert killed
    assert until(lambda: is_over(child) and is_over(grandchild))
    assert not is_ours(child.pid)


def test_a_process_that_has_gone_on_to_something_else_is_left_alone(
    child: psutil.Popen, grandchild: psutil.Process
) -> None:
    killed = kill(child.pid, lambda: False)

    assert not killed
    assert until(lambda: child.status() != psutil.STATUS_STOPPED)
    assert not is_over(grandchild)


def test_the_child_of_another_process_is_none_of_ours(child: psutil.Popen, grandchild: psutil.Process) -> None:
    assert not is_ours(grandchild.pid)
    assert not kill(grandchild.pid, lambda: True)
