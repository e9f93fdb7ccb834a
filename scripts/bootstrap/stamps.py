"""Fingerprints of what a thing was made from, to tell whether it must be made again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(root: Path, paths: Iterable[Path], *more: str) -> str:
    """SHA-256 over names (relative to ``root``) and contents of files, and over ``more``; their order is no matter."""
    digest = hashlib.sha256()
    for path in sorted(set(paths)):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for text in more:
        digest.update(f"{text}\0".encode())
    return digest.hexdigest()


def read_stamp(path: Path) -> str:
    """What was stamped, or nothing when there is no stamp."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
