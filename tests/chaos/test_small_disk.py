"""Everything lies on one small disk, and jobs fill it: the database, the work and the blobs at once."""

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.chance import chance
from support.until import until

from chaos.chores import Chore
from chaos.form import sized
from chaos.stack import Stack, job
from triptych.database import DatabaseAway
from triptych.jobs.states import JobState

MIB = 1024**2
DISK = 128 * MIB  # of which the blob store leaves 64 to the database
FILLING = sized(short=3, full=20)
OTHERS = sized(short=20, full=300)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home on a file system of its own, where one may be mounted."""
    home = tmp_path / "home"
    home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", home], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("only root may mount a small disk; test_full_disk.py needs none")
    try:
        yield home
    finally:
        subprocess.run(["umount", "--lazy", home], check=True)


def test_jobs_that_fill_the_disk_fail_alone(stack_of):
    stack = stack_of()
    choice = chance("small disk")
    stack.worker()
    stack.periodic()
    stack.until_workers_are_there(1)

    filling, others = [], []
    for _ in range(FILLING):
        filling += submit_if_it_can(stack, job(Chore.WRITE, size_bytes=choice.choice([80, 140]) * MIB))
        for _ in range(OTHERS // FILLING):
            others += submit_if_it_can(stack, small(choice))
    stack.until_all_have_ended()
    books = stack.audit()

    assert {books.jobs[one].state for one in others} == {JobState.SUCCEEDED}
    assert {(books.jobs[one].state, books.jobs[one].error["code"]) for one in filling} == {(JobState.FAILED, "no_disk")}


def submit_if_it_can(stack: Stack, *wanted) -> list[str]:
    """A full disk may refuse a job; asked again, it takes it when there is room."""

    def accepted() -> list[str]:
        try:
            return stack.submit(*wanted)
        except DatabaseAway:
            return []

    return until(accepted, pause_s=0.1)


def small(choice: random.Random):
    """A job that needs no room of the blob store."""
    return job(Chore.COUNT, tokens=choice.randint(0, 3))
