"""The seed of every random choice that tests make: ``CHAOS_SEED``, else one that is printed in the run's header."""

import os
import random
import secrets

# In the environment, so that the processes of a parallel run have the same.
SEED = os.environ.setdefault("CHAOS_SEED", str(secrets.randbelow(1_000_000)))


def chance(purpose: str) -> random.Random:
    """Random choices for ``purpose`` alone: what other tests choose, or how many there are, changes nothing here."""
    return random.Random(f"{SEED}/{purpose}")
