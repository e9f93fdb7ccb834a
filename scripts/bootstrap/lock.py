"""Two starts at once must not install into one environment: the second waits for the first."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from scripts.bootstrap.progress import Progress


@contextlib.contextmanager
def only_one(root: Path, progress: Progress) -> Iterator[None]:
    """Hold the lock on the directory ``root`` itself: it leaves no file behind and goes with its process."""
    descriptor = os.open(root, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            progress.say("another make is preparing this clone: waiting for it")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
