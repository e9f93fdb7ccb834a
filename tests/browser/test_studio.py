"""The browser's tests, which drive Chromium against the whole stack: written in TypeScript beside the UI."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.local_stack import ROOT, local_stack

pytestmark = pytest.mark.browser

LIMIT_S = 600  # a bound for a hung browser, never what is measured


def test_the_ui_does_in_chromium_what_its_tests_say(tmp_path: Path) -> None:
    npm = shutil.which("npm") or str(ROOT / ".venv" / "bin" / "npm")
    with local_stack(tmp_path) as stack:
        stack.wait_for("Triptych is ready")

        with stack.read_on():
            done = subprocess.run(
                [npm, "--prefix", str(ROOT / "ui"), "run", "test:browser"],
                env={**os.environ, "TRIPTYCH_URL": f"http://localhost:{stack.port}"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=LIMIT_S,
                check=False,
            )

        assert done.returncode == 0, done.stdout
