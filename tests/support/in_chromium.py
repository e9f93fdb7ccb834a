"""The UI's own tests that drive Chromium, in TypeScript beside it, against a house that is up."""

import os
import shutil
import subprocess

from support.local_stack import ROOT

LIMIT_S = 500  # a bound for a hung browser, within pytest's own of a test: so what was said until then is told


def in_chromium(**variables: str) -> tuple[int, str]:
    """The exit status of the tests with these environment variables, and what they print."""
    npm = shutil.which("npm") or str(ROOT / ".venv" / "bin" / "npm")
    done = subprocess.run(
        [npm, "--prefix", str(ROOT / "ui"), "run", "test:browser"],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    return done.returncode, done.stdout
