"""An unsupported Python is one line that says what was found and what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "find-python"


def find_python(directory: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(directory), "/usr/bin", "/bin")) if "PYTHON" in environment else str(directory)
    return subprocess.run(
        ["/bin/sh", str(SCRIPT)], env={"PATH": path, **environment}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    python.chmod(0o755)
    return python


def test_an_old_python_is_refused_in_one_line(old_python: Path) -> None:
    done = find_python(old_python.parent)

    assert done.returncode == 1
    assert done.stderr.startswith("Triptych needs Python 3.11 or newer (found: Python 3.9.2): ")
    assert len(done.stderr.splitlines()) == 1


def test_a_newer_one_beside_an_old_one_is_taken(old_python: Path) -> None:
    (old_python.parent / "python3.12").symlink_to(sys.executable)

    done = find_python(old_python.parent)

    assert done.stdout.strip() == str(old_python.parent / "python3.12")


def test_the_one_that_is_named_is_taken(old_python: Path) -> None:
    done = find_python(old_python.parent, PYTHON=sys.executable)

    assert done.stdout.strip() == sys.executable
