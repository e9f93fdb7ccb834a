"""The studio in Chromium against the whole stack; what is done and seen there is written in ui/tests/browser."""

import os
import shutil
import subprocess
from pathlib import Path
from threading import Thread

import pytest
from support.local_stack import ROOT, LocalStack, local_stack

pytestmark = pytest.mark.browser


def npm() -> str:
    """The system's npm, or the one that the bootstrap put into the environment."""
    return shutil.which("npm") or str(ROOT / ".venv" / "bin" / "npm")


def read_on(stack: LocalStack) -> None:
    """Keep reading what the stack prints, so that a full pipe never stops it."""
    assert stack.process.stdout is not None
    Thread(target=stack.process.stdout.read, daemon=True).start()


def test_the_studio_does_what_its_users_expect(tmp_path: Path) -> None:
    with local_stack(tmp_path / "home") as stack:
        stack.wait_for("Triptych is ready")
        read_on(stack)

        done = subprocess.run(
            [npm(), "--prefix", str(ROOT / "ui"), "run", "test:browser"],
            env={**os.environ, "TRIPTYCH_URL": f"http://localhost:{stack.port}"},
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
