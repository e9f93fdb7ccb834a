"""How much is broken: a short form for every run of the tests, and the full one with ``CHAOS=full``."""

import os
from typing import TypeVar

T = TypeVar("T")

FULL = os.environ.get("CHAOS", "short") == "full"


def sized(*, short: T, full: T) -> T:
    """The one of the two that is to be run."""
    return full if FULL else short
