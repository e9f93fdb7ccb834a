"""Passwords: which will do, and how they are kept and compared."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

LEAST_CHARACTERS = 12
LEAST_KINDS_OF_CHARACTERS = 5
MOST_CHARACTERS = 256


class WeakPassword(ValueError):
    """The password will not do; the message says why."""


def check_password(password: str, email: str) -> None:
    """Raise WeakPassword for what is guessed first.

    Length is what counts (NIST SP 800-63B, section 3.1.1.2): no digits or signs are asked for.
    """
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise WeakPassword(f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters")
    if len(set(password)) < LEAST_KINDS_OF_CHARACTERS:
        raise WeakPassword("a password is not the same few characters again and again")
    if password.lower() in (email.lower(), email.lower().partition("@")[0]):
        raise WeakPassword("a password is not one's own address")


def hash_password(password: str, memory_bytes: int) -> str:
    """What is kept of it: Argon2id, with its salt and parameters, which takes a tenth of a second."""
    return _hasher(memory_bytes).hash(_normal(password))


def is_password(kept: str | None, password: str, memory_bytes: int) -> bool:
    """Whether it is the one of which this was ``kept``. Takes as long where none was, so that nobody learns of it."""
    try:
        _hasher(memory_bytes).verify(kept or _of_nobody(memory_bytes), _normal(password))
    except VerifyMismatchError:
        return False
    return kept is not None


def _hasher(memory_bytes: int) -> PasswordHasher:
    """Three passes in four lanes: with 64 MiB the second choice of RFC 9106, section 4."""
    return PasswordHasher(time_cost=3, memory_cost=memory_bytes // 1024, parallelism=4)


@cache
def _of_nobody(memory_bytes: int) -> str:
    return hash_password("", memory_bytes)


def _normal(password: str) -> str:
    """As it was typed, whichever keyboard composed its accents."""
    return unicodedata.normalize("NFKC", password)
