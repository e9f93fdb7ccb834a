"""The private directory of one slot of a worker, which its runs have one after another."""

import os
import shutil
from pathlib import Path


class Desk:
    """A directory under ``parent``; making and removing one for every run would cost more than most writes of it.

    Its name begins with the worker's ``token`` and a dot: nobody else removes it while that worker runs something.
    """

    def __init__(self, parent: Path, token: str, slot: int) -> None:
        self._path = desk_of(parent, token, slot)

    def clear(self) -> Path:
        """The directory, there and empty."""
        try:
            with os.scandir(self._path) as found:
                if next(found, None) is None:
                    return self._path
            shutil.rmtree(self._path, ignore_errors=True)
        except FileNotFoundError:
            pass
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._path


def desk_of(parent: Path, token: str, slot: int) -> Path:
    """Where the desk of a worker's slot is."""
    return parent / f"{token}.{slot}"


def remove_desks(parent: Path, token: str) -> None:
    """Remove all that a worker had, which has ended."""
    for path in parent.glob(f"{token}.*"):
        shutil.rmtree(path, ignore_errors=True)
