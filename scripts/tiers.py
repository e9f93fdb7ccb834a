"""``python -m scripts.tiers``: every tier of tests that this machine can run, the browser's only with a browser."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from cli.hardware import thread_limits

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = """\
No Chromium here: THE BROWSER TIER IS LEFT OUT. To run it: apt-get install chromium (.ci/run does that in CI)."""

PROCESSES = 2  # each holds the models of its tests: some 3 GB
# A process that a hung test ended is not started anew: it would begin with that test.
SHARED = ("-n", str(PROCESSES), "--dist", "loadfile", "--max-worker-restart", "0")


class Selections(NamedTuple):
    """The pytest marker expressions of what processes share, and of those that wait more than they work."""

    shared: str
    waiting: tuple[str, ...]


def selections(*, browser: bool) -> Selections:
    """All tiers but ``gpu``, and but ``browser`` where there is none: what kills, whole stacks, the UI."""
    tiers = ("chaos", "stack and not chaos", "browser and not (stack or chaos)")
    left_out = "gpu" if browser else "(gpu or browser)"
    return Selections(
        shared="not (gpu or chaos or stack or browser)",
        waiting=tuple(f"{tier} and not {left_out}" for tier in tiers[: 3 if browser else 2]),
    )


def main() -> None:
    """Run what is shared, then the others side by side, whatever came of that; exit with the first bad status."""
    browser = any(map(shutil.which, BROWSERS))
    if not browser:
        print(NO_BROWSER, flush=True)
    tiers = selections(browser=browser)
    pytest = (sys.executable, "-m", "pytest", *sys.argv[1:])
    # Torch and its like would start a thread for each core in each process, and they would wait for one another.
    limited = {**os.environ, **thread_limits(PROCESSES)}
    shared = subprocess.run((*pytest, *SHARED, "-m", tiers.shared), env=limited, check=False).returncode
    waiting = side_by_side(*((*pytest, "-m", tier) for tier in tiers.waiting))
    sys.exit(shared or next((status for status in waiting if status), 0))


def side_by_side(shown: Sequence[str], *told_later: Sequence[str]) -> list[int]:
    """Run commands that mostly wait; what the others print comes behind the first. Returns the statuses of all."""
    with ExitStack() as stack:
        said = [stack.enter_context(tempfile.TemporaryFile()) for _ in told_later]
        others = [
            stack.enter_context(subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT))
            for command, file in zip(told_later, said, strict=True)
        ]
        statuses = [subprocess.run(shown, check=False).returncode]
        for other, file in zip(others, said, strict=True):
            statuses.append(other.wait())
            file.seek(0)
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    return statuses


if __name__ == "__main__":
    main()
