"""Requests that may come twice: a key that the client makes, and a hash of what it asked under that."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from flask import request

from api.problems import invalid
from triptych.jobs.submission import Idempotency

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,255}")


def idempotency_key() -> str | None:
    """The current request's key, None where it has none. Raises Refused."""
    key = request.headers.get(HEADER)
    if key is not None and not _KEY.fullmatch(key):
        raise invalid(HEADER, "1 to 255 visible ASCII characters are taken")
    return key


def asked_once(said: Mapping[str, Any]) -> Idempotency | None:  # Any: JSON
    """The current request's key with what it says, None where it has no key. Raises Refused."""
    key = idempotency_key()
    return Idempotency(key, fingerprint(said)) if key else None


def fingerprint(said: Mapping[str, Any]) -> str:  # Any: JSON
    """A hash of everything that was asked."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
