"""The runner leaves no process behind, however it ends: shown with real, cheap processes that have children."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from support.until import LONGEST_S, at_most

SLEEPERS = Path(__file__).with_name("sleepers.py")
ROOT = Path(__file__).parents[2]
PATIENCE_S = 30  # a bound for a hung test, never what is measured


@contextmanager
def running(directory: Path, *kinds: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(SLEEPERS), str(directory), *kinds]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
    ) as stack:
        try:
            yield stack
        finally:
            kill(stack)


def kill(stack: subprocess.Popen[str]) -> None:
    for process in descendants(stack):
        process.kill()
    stack.kill()


def wait_for_line(stack: subprocess.Popen[str], wanted: str) -> None:
    assert stack.stdout is not None
    with at_most(LONGEST_S, lambda: kill(stack)):
        for line in stack.stdout:
            if wanted in line:
                return
    pytest.fail(f"the stack ended without saying {wanted!r}")


def descendants(stack: subprocess.Popen[str]) -> list[psutil.Process]:
    try:
        return psutil.Process(stack.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def left_over(processes: list[psutil.Process]) -> list[psutil.Process]:
    _, alive = psutil.wait_procs(processes, timeout=PATIENCE_S)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, "plain", "plain") as stack:
        wait_for_line(stack, "READY")
        processes = descendants(stack)
        assert len(processes) == 5  # two services, a child each, the reaper

        stack.send_signal(number)

        wait_for_line(stack, "STOPPED")
        assert stack.wait(PATIENCE_S) == 0
        assert left_over(processes) == []


def test_a_service_that_ignores_the_request_is_killed_after_its_grace(tmp_path: Path) -> None:
    with running(tmp_path, "stubborn", "plain") as stack:
        wait_for_line(stack, "READY")
        processes = descendants(stack)

        stack.send_signal(signal.SIGTERM)

        wait_for_line(stack, "stubborn0 did not stop in time: killed")
        assert stack.wait(PATIENCE_S) == 0
        assert left_over(processes) == []


@pytest.mark.parametrize("kind", ["plain", "stubborn"])
def test_nothing_outlives_a_runner_that_is_killed(tmp_path: Path, kind: str) -> None:
    with running(tmp_path, kind, "plain") as stack:
        wait_for_line(stack, "READY")
        processes = descendants(stack)

        stack.kill()

        assert left_over(processes) == []


def test_a_service_that_dies_at_the_start_ends_it_with_its_last_lines(tmp_path: Path) -> None:
    with running(tmp_path, "failing", "plain") as stack:
        wait_for_line(
            stack, "CANNOT START: failing0 ended with status 3 while starting; its last lines: no such table: jobs"
        )

        assert stack.wait(PATIENCE_S) == 1


def test_a_service_that_dies_later_is_started_again(tmp_path: Path) -> None:
    with running(tmp_path, "plain") as stack:
        wait_for_line(stack, "READY")
        place = tmp_path / "plain0"
        leader, child = map(int, place.read_text().split())
        orphan = psutil.Process(child)
        place.unlink()

        os.kill(leader, signal.SIGKILL)

        wait_for_line(stack, "plain0 was killed by SIGKILL; starting it again in 1 s")
        assert left_over([orphan]) == []
        stack.send_signal(signal.SIGINT)
        wait_for_line(stack, "STOPPED")
