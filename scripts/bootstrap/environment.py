"""The virtual environment: made, filled with the pinned dependencies, healed when a start was interrupted."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from scripts.bootstrap.command import run_logged
from scripts.bootstrap.errors import CannotPrepare
from scripts.bootstrap.progress import Progress
from scripts.bootstrap.stamps import fingerprint, read_stamp
from scripts.bootstrap.uv import find_uv, sources_of_pip

RUN_EXTRAS = ("worker", "audio", "image", "text", "local")
TEST_EXTRAS = (*RUN_EXTRAS, "test")
SOURCES = ("setup.cfg", "pyproject.toml", "requirements/pins.txt")
PINS = "requirements/pins.txt"
GIB = 1024**3
NEEDED_BYTES = 8 * GIB  # the torch wheels for CUDA, unpacked and once more in pip's cache, are most of it
MEND = "Check the network and the free space, then run the same command again; it goes on where it stopped."


def prepare_environment(root: Path, extras: tuple[str, ...], progress: Progress) -> None:
    """See that ``root/.venv`` holds what ``setup.cfg`` and the pins ask for, with at least ``extras``.

    What was made from the same files is left alone, and extras that are there stay. Raises CannotPrepare.
    """
    venv = root / ".venv"
    made_from = fingerprint(root, [root / source for source in SOURCES], python_version(), *_packages(root))
    stamp, unfinished = venv / "triptych.stamp", venv / "triptych.unfinished"
    stamped_from, *stamped_extras = read_stamp(stamp).split() or [""]
    finished = (venv / "bin" / "python").exists() and not unfinished.exists()
    if finished and stamped_from == made_from and set(extras) <= set(stamped_extras):
        return
    _check_room(root, fresh=not stamped_from)
    if unfinished.exists() or not _works(venv):
        _make(venv, progress)
    unfinished.touch()
    wanted = tuple(sorted({*extras, *stamped_extras}))
    _install(root, wanted, progress)
    stamp.write_text("\n".join((made_from, *wanted)), encoding="utf-8")
    unfinished.unlink()


def _packages(root: Path) -> list[str]:
    """Our top-level packages: an editable installation knows those that stood there when it was made."""
    return sorted(init.parent.name for init in root.glob("*/__init__.py"))


def python_version() -> str:
    """The version that decides which wheels fit, with its implementation: ``cpython-3.11``."""
    return f"{sys.implementation.name}-{sys.version_info.major}.{sys.version_info.minor}"


def pip(venv: Path, *arguments: str) -> tuple[str, ...]:
    """The command that runs pip in ``venv``."""
    return (str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments)


def _works(venv: Path) -> bool:
    """Whether the environment's Python starts, is the version we run, and has a pip."""
    version = "import sys, pip; print(f'{sys.implementation.name}-{sys.version_info.major}.{sys.version_info.minor}')"
    try:
        told = subprocess.run(
            [str(venv / "bin" / "python"), "-c", version], capture_output=True, text=True, check=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return told.stdout.strip() == python_version()


def _make(venv: Path, progress: Progress) -> None:
    progress.say(f"making the environment {venv.name} with Python {sys.version.split()[0]}")
    if venv.exists():
        shutil.rmtree(venv)
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(venv)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode:
        raise CannotPrepare(
            f"{sys.executable} cannot make a virtual environment (on Debian: apt-get install python3-venv):\n"
            f"    {made.stdout.strip()}"
        )


def _install(root: Path, extras: tuple[str, ...], progress: Progress) -> None:
    """Install with uv and, where that does not go, with pip, whose word on what is wrong is the last one."""
    venv, log = root / ".venv", root / ".venv" / "install.log"
    wanted = ("-e", f".[{','.join(extras)}]", "-c", PINS)
    uv = find_uv(venv, pip(venv, "install", "--progress-bar=off", "-c", str(root / PINS)), log, progress)
    if uv is not None and _install_with_uv(uv, root, wanted, progress):
        return
    progress.begin("installing the dependencies with pip (some minutes the first time)")
    run_logged(
        pip(venv, "install", "--progress-bar=off", "--no-compile", *wanted),
        cwd=root,
        log=log,
        progress=progress,
        mend=MEND,
        describe=pip_progress(),
    )
    progress.end()
    _compile(venv, progress)


def _install_with_uv(uv: str, root: Path, wanted: tuple[str, ...], progress: Progress) -> bool:
    """Whether uv could; it knows not all that pip may be configured to do."""
    python = root / ".venv" / "bin" / "python"
    progress.begin("installing the dependencies (some minutes the first time)")
    try:
        run_logged(
            (uv, "pip", "install", "--python", str(python), "--compile-bytecode", *wanted),
            cwd=root,
            log=root / ".venv" / "install.log",
            progress=progress,
            mend=MEND,
            environment=sources_of_pip(python),
        )
    except CannotPrepare:
        return False
    progress.end()
    return True


def _compile(venv: Path, progress: Progress) -> None:
    """Compile what was installed with all cores, where pip takes one; what is no Python, a template say, stays as is.

    Left to who imports it first, it would be told what the compiler thinks of others' sources.
    """
    progress.begin("compiling them")
    with (venv / "install.log").open("a", encoding="utf-8") as log:
        subprocess.run(
            [str(venv / "bin" / "python"), "-W", "ignore", "-m", "compileall", "-q", "-j", "0", str(venv / "lib")],
            stdout=log,
            stderr=subprocess.STDOUT,
            check=False,
        )
    progress.end()


def pip_progress() -> Callable[[str], str | None]:
    """Makes progress details of pip's lines: how many packages were looked at, and which one is being fetched."""
    seen = 0

    def describe(line: str) -> str | None:
        nonlocal seen
        word, _, rest = line.strip().partition(" ")
        if word == "Collecting":
            seen += 1
            return f"{seen} packages, {rest.split()[0]}"
        if word == "Downloading":
            return f"{seen} packages, fetching {rest.rpartition('/')[2]}"
        if line.startswith("Installing collected packages"):
            return f"unpacking {line.count(',') + 1} packages"
        return None

    return describe


def _check_room(root: Path, *, fresh: bool) -> None:
    free_bytes = shutil.disk_usage(root).free
    needed_bytes = NEEDED_BYTES if fresh else GIB
    if free_bytes < needed_bytes:
        raise CannotPrepare(
            f"Only {free_bytes / GIB:.1f} GiB free at {root}, the dependencies need about {needed_bytes // GIB}: "
            "free some space or clone to another disk."
        )
