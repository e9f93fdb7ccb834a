"""What must hold before anything is started; each check raises CannotStart with what is wrong and the mend."""

import errno
import fcntl
import os
import shutil
import socket
from pathlib import Path

from cli.errors import CannotStart

GIB = 1024**3
NEEDED_BYTES = 1 * GIB


def prepare_home(home: Path) -> None:
    """Make the home, private to its owner, and see that it can be written and has room.

    Raises CannotStart when it cannot be made or written, or less than 1 GiB is free.
    """
    trial = home / ".trial"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        trial.write_bytes(b"x")
        trial.unlink()
        free_bytes = shutil.disk_usage(home).free
    except OSError as error:
        raise _no_room(home, 0) if error.errno == errno.ENOSPC else _not_writable(home, error) from None
    if free_bytes < NEEDED_BYTES:
        raise _no_room(home, free_bytes)


def check_home(home: Path) -> None:
    """See that the home could be made, if it is not there, could be written and has room. It makes nothing.

    Raises CannotStart as ``prepare_home``.
    """
    there = next(place for place in (home.absolute(), *home.absolute().parents) if os.path.lexists(place))
    try:
        if not there.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(there, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        free_bytes = shutil.disk_usage(there).free
    except OSError as error:
        raise _not_writable(home, error) from None
    if free_bytes < NEEDED_BYTES:
        raise _no_room(home, free_bytes)


def _not_writable(home: Path, error: OSError) -> CannotStart:
    return CannotStart(
        f"Cannot write to {home} ({error.strerror}): make it writable or set TRIPTYCH_HOME to another directory."
    )


def _no_room(home: Path, free_bytes: int) -> CannotStart:
    return CannotStart(
        f"Only {free_bytes / GIB:.1f} GiB free at {home}, 1 GiB is needed: "
        "free some space or set TRIPTYCH_HOME to a directory on another disk."
    )


def lock_home(home: Path, url: str) -> int:
    """Claim the home for this process; returns the lock's descriptor, which holds it until it is closed.

    Raises CannotStart, telling where the other one answers, when a stack already runs in this home.
    """
    descriptor = os.open(home / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = os.read(descriptor, 200).decode(errors="replace").strip()
        os.close(descriptor)
        raise CannotStart(
            f"Triptych already runs in {home}: {other or 'it is starting'}. Stop it or use another TRIPTYCH_HOME."
        ) from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{url} (process {os.getpid()})".encode())
    return descriptor


def check_port(host: str, port: int, mend: str) -> None:
    """Raises CannotStart, ending in ``mend``, when nothing can listen on ``host:port``."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise CannotStart(_port_trouble(host, port, error, mend)) from None


def _port_trouble(host: str, port: int, error: OSError, mend: str) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"Port {port} on {host} is in use: stop what uses it, or {mend}."
        case errno.EACCES:
            return f"Port {port} needs root: {mend}."
    return f"Cannot listen on {host}:{port} ({error.strerror}): check TRIPTYCH_HOST."
