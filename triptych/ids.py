"""Identifiers: time-ordered, so that rows made together lie together, and unguessable enough to show in a URL."""

import hashlib
import secrets
import time
from uuid import UUID

_RANDOM_BITS = (1 << 62) - 1 | ((1 << 12) - 1) << 64  # of a UUID: neither its time, nor its version and variant


def first_id_of(at: float) -> str:
    """The least identifier that could have been made at that time, in seconds since the epoch."""
    return str(UUID(int=int(max(at, 0) * 1000) << 80 | 0x7 << 76 | 0b10 << 62))


def new_id() -> str:
    """Return a UUID version 7: the time, to 1/4096 of a millisecond, then 62 random bits.

    So those that a process makes one after the other are in order, within a millisecond too (RFC 9562, 6.2, method 3).
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    value = milliseconds << 80 | 0x7 << 76 | (nanoseconds * 4096 // 1_000_000) << 64
    return str(UUID(int=value | 0b10 << 62 | secrets.randbits(62)))


def other_id(owner: str, taken: str) -> str:
    """The id that ``owner`` gets in place of one that is somebody else's: of the same time, and the same each time."""
    mixed = int.from_bytes(hashlib.sha256(f"{owner} {taken}".encode()).digest()[:16], "big")
    return str(UUID(int=UUID(taken).int & ~_RANDOM_BITS | mixed & _RANDOM_BITS))
