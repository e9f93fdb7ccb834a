"""What a loaded model is kept under: files that were replaced are another model, which is loaded anew."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

STAMP_LETTERS = 16


def key_of(name: str, files: Iterable[Path], way: str = "") -> str:
    """The key of the model called ``name`` that is read from ``files`` as they are now; see ``ModelCache``."""
    stamps = " ".join(map(stamp, files))
    return f"{name}@{way}#{hashlib.sha256(stamps.encode()).hexdigest()[:STAMP_LETTERS]}"


def name_of(key: str) -> str:
    """The name of the model that is kept under ``key``."""
    return key.partition("@")[0]


def without_stamp(key: str) -> str:
    """What keys of one model have in common that differ in nothing but the state of its files."""
    head, mark, _ = key.rpartition("#")
    return head if mark else key


def stamp(path: Path) -> str:
    """A file that its owner may replace: reading gigabytes to hash them would cost more than the run."""
    try:
        found = path.stat()
    except OSError:
        return f"{path.name}=absent"
    return f"{path.name}={found.st_size}@{found.st_mtime_ns}"
