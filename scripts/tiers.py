"""``python -m scripts.tiers``: every tier of tests that this machine can run, the browser's only with a browser."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import NamedTuple

from cli.hardware import thread_limits

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = """\
No Chromium here: THE BROWSER TIER IS LEFT OUT. To run it: apt-get install chromium (.ci/run does that in CI)."""

PROCESSES = 2  # each holds the models of its tests: some 3 GB
SHARED = ("-n", str(PROCESSES), "--dist", "loadfile")


class Selections(NamedTuple):
    """The pytest marker expressions of what processes share, of what starts whole stacks, and of what kills things."""

    shared: str
    stacks: str
    chaos: str


def selections(*, browser: bool) -> Selections:
    """All tiers but ``gpu``, and but ``browser`` where there is none."""
    return Selections(
        shared="not (gpu or chaos or stack or browser)",
        stacks=f"({'stack or browser' if browser else 'stack and not browser'}) and not (gpu or chaos)",
        chaos=f"chaos and not {'gpu' if browser else '(gpu or browser)'}",
    )


def main() -> None:
    """Run what is shared, then stacks beside chaos, whatever came of those before; exit with the first bad status."""
    browser = any(map(shutil.which, BROWSERS))
    if not browser:
        print(NO_BROWSER, flush=True)
    tiers = selections(browser=browser)
    pytest = (sys.executable, "-m", "pytest", *sys.argv[1:])
    # Torch and its like would start a thread for each core in each process, and they would wait for one another.
    limited = {**os.environ, **thread_limits(PROCESSES)}
    shared = subprocess.run((*pytest, *SHARED, "-m", tiers.shared), env=limited, check=False).returncode
    chaos, stacks = side_by_side((*pytest, "-m", tiers.chaos), (*pytest, "-m", tiers.stacks))
    sys.exit(shared or chaos or stacks)


def side_by_side(shown: Sequence[str], told_later: Sequence[str]) -> tuple[int, int]:
    """Run two commands that mostly wait; what the second prints comes behind the first. Returns both statuses."""
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(told_later, stdout=said, stderr=subprocess.STDOUT) as later:
            first = subprocess.run(shown, check=False).returncode
        said.seek(0)
        shutil.copyfileobj(said, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    return first, later.returncode


if __name__ == "__main__":
    main()
