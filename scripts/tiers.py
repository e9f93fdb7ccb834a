"""``python -m scripts.tiers``: every tier of tests that this machine can run, the browser's only with a browser."""

import shutil
import subprocess
import sys

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_BROWSER = """\
No Chromium here: THE BROWSER TIER IS LEFT OUT. To run it: apt-get install chromium (.ci/run does that in CI)."""

# What starts a whole stack, or kills things on time, wants the machine for itself.
ALONE = ("chaos", "stack", "browser")
BESIDE = ("-n", "2", "--dist", "loadfile")  # each process holds the models of its tests: some 3 GB


def selections(*, browser: bool) -> tuple[str, str]:
    """The pytest marker expressions of what runs beside others and of what runs alone.

    All tiers but ``gpu``, and but ``browser`` where there is none.
    """
    alone = [tier for tier in ALONE if browser or tier != "browser"]
    return f"not gpu and not {' and not '.join(ALONE)}", f"not gpu and ({' or '.join(alone)})"


def main() -> None:
    """Run those beside each other, then those alone, whatever the first came to; exit with the first bad status."""
    browser = any(map(shutil.which, BROWSERS))
    if not browser:
        print(NO_BROWSER, flush=True)
    beside, alone = selections(browser=browser)
    pytest = (sys.executable, "-m", "pytest", *sys.argv[1:])
    first = subprocess.run((*pytest, *BESIDE, "-m", beside), check=False).returncode
    second = subprocess.run((*pytest, "-m", alone), check=False).returncode
    sys.exit(first or second)


if __name__ == "__main__":
    main()
