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
    """Return a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return str(UUID(int=value))


def other_id(owner: str, taken: str) -> str:
    """The id that ``owner`` gets in place of one that is somebody else's: of the same time, and the same each time."""
    mixed = int.from_bytes(hashlib.sha256(f"{owner} {taken}".encode()).digest()[:16], "big")
    return str(UUID(int=UUID(taken).int & ~_RANDOM_BITS | mixed & _RANDOM_BITS))
