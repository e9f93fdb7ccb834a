"""An owner's archives come in one at a time: of two at once, neither would know what the other has brought."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from triptych.blobs import NoDisk
from triptych.store import Store


class ImportUnderWay(Exception):
    """An archive of the same owner's is being brought in."""


@contextmanager
def turn(store: Store, owner: str) -> Iterator[None]:
    """Have nobody else bring an archive in for ``owner`` during the block, on all machines that share the home.

    Whoever dies gives the turn back. Raises ImportUnderWay, at once, and blobs.NoDisk.
    """
    descriptor = _opened(store, owner)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ImportUnderWay from None
        yield
    finally:
        os.close(descriptor)


def _opened(store: Store, owner: str) -> int:
    """The owner's file, which stays: whoever removed it could have two hold one each."""
    path = store.settings.home / "importing" / hashlib.sha256(owner.encode()).hexdigest()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise NoDisk(str(error)) from error
