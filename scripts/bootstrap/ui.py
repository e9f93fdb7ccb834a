"""The built UI in ``ui/dist``, made again when its sources changed."""

import os
from collections.abc import Iterator
from pathlib import Path

from scripts.bootstrap.command import run_logged
from scripts.bootstrap.node import node_path
from scripts.bootstrap.progress import Progress
from scripts.bootstrap.stamps import fingerprint, read_stamp

NOT_SOURCES = {"node_modules", "dist", "coverage"}
MEND = "If packages could not be fetched, check the network; then run the same command again."


def build_ui(root: Path, progress: Progress) -> None:
    """See that ``ui/dist`` was built from the sources there are. Raises CannotPrepare with the build's last words."""
    ui = root / "ui"
    stamp = ui / "dist" / ".triptych-stamp"
    made_from = fingerprint(ui, _sources(ui))
    if read_stamp(stamp) == made_from:
        return
    install_modules(root, progress)
    _npm(root, progress, "building the UI", "run", "build")
    stamp.write_text(made_from, encoding="utf-8")


def install_modules(root: Path, progress: Progress) -> None:
    """See that ``ui/node_modules`` holds what ``package-lock.json`` asks for. Raises CannotPrepare."""
    ui = root / "ui"
    stamp = ui / "node_modules" / ".triptych-stamp"
    asked_for = fingerprint(ui, [ui / "package.json", ui / "package-lock.json"])
    if read_stamp(stamp) == asked_for:
        return
    _npm(root, progress, "installing the UI's packages", "ci", "--no-audit", "--no-fund")
    stamp.write_text(asked_for, encoding="utf-8")


def _sources(ui: Path) -> Iterator[Path]:
    for directory, folders, files in os.walk(ui):
        folders[:] = [folder for folder in folders if folder not in NOT_SOURCES]
        yield from (Path(directory, file) for file in files)


def _npm(root: Path, progress: Progress, step: str, *arguments: str) -> None:
    path = node_path(root, progress)
    log = root / "build" / "npm.log"  # not in .venv, which may be in the making
    log.parent.mkdir(exist_ok=True)
    progress.begin(step)
    run_logged(
        ("npm", *arguments),
        cwd=root / "ui",
        log=log,
        progress=progress,
        mend=MEND,
        environment={"PATH": path},
    )
    progress.end()
