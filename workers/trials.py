"""What was begun and not ended, told in Redis: what kills the process that does it is not done by the next for ever."""

from collections.abc import Callable, Collection, Sequence
from hashlib import sha256
from typing import Any, TypeVar

BEGUN = "triptych:questions:begun:"  # and a hash of what was begun: how often it was, without an end
REMEMBERED_S = 3600
MOST_DEATHS = 3  # some may be another's: of who was asked together with it, or does the same this moment

T = TypeVar("T")
R = TypeVar("R")


class Trials:
    """Counts what processes began and did not live to end."""

    def __init__(self, redis: Any) -> None:  # Any: the client's types hold bytes and str
        self._redis = redis

    def made_of(
        self,
        items: Sequence[T],
        named: Callable[[T], str],
        work: Callable[[Sequence[T]], dict[str, R]],
        deadly: Callable[[T], dict[str, R]],
    ) -> dict[str, R]:
        """What ``work`` makes of the items together; of one that a process may have died of, alone.

        Of one that as many as ``MOST_DEATHS`` died of it is what ``deadly`` tells. Raises RedisError.
        """
        deaths = self._begin({named(item) for item in items})
        made: dict[str, R] = {}
        alone = [[item] for item in items if 0 < deaths[named(item)] < MOST_DEATHS]
        for some in ([item for item in items if not deaths[named(item)]], *alone):
            if some:
                made |= work(some)
                self._redis.delete(*(_key(named(item)) for item in some))
        for item in items:
            if deaths[named(item)] >= MOST_DEATHS:
                made |= deadly(item)
        return made

    def _begin(self, names: Collection[str]) -> dict[str, int]:
        """How often each was begun before and not ended."""
        pipe = self._redis.pipeline(transaction=False)
        for name in names:
            pipe.incr(_key(name))
            pipe.expire(_key(name), REMEMBERED_S)
        return {name: int(count) - 1 for name, count in zip(names, pipe.execute()[::2], strict=True)}


def _key(name: str) -> str:
    return BEGUN + sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]
