"""``python -m scripts.tiers``: every tier of tests that this machine can run, the browser's only with a browser."""

import os
import shutil
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = """\
No Chromium here: THE BROWSER TIER IS LEFT OUT. To run it: apt-get install chromium (.ci/run does that in CI)."""


def selection(*, browser: bool) -> str:
    """The pytest marker expression: all tiers but ``gpu``, and but ``browser`` where there is none."""
    return "not gpu" if browser else "not gpu and not browser"


def main() -> None:
    """Become pytest, so that its summary is the last line and its status ours."""
    browser = any(map(shutil.which, BROWSERS))
    if not browser:
        print(NO_BROWSER, flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", "-m", selection(browser=browser), *sys.argv[1:]])


if __name__ == "__main__":
    main()
