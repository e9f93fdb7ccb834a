"""What was begun and not ended, told in Redis: what kills the process that does it is not done by the next for ever."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from hashlib import sha256
from socket import gethostname
from typing import Any, TypeVar

import psutil

from triptych.database import Clock
from triptych.ids import new_id

BEGUN = "triptych:questions:trials:"  # and a hash of what was begun: when, by the mark of each process that did not end
REMEMBERED_S = 3600
TAKEN_S = 60.0  # after which a process of another machine that has not ended counts as dead
MOST_DEATHS = 3  # some may be another's: of who was asked together with it

T = TypeVar("T")
R = TypeVar("R")


class Trials:
    """Counts what processes began and did not live to end; those that are at it this moment count as alive."""

    def __init__(self, redis: Any, clock: Clock, machine: str = "") -> None:  # Any: the client's types hold bytes
        self._redis = redis
        self._clock = clock
        self._machine = machine or gethostname()
        self._mark = f"{self._machine}/{os.getpid()}/{new_id()}"

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
        dead = self._begin({named(item) for item in items})
        made: dict[str, R] = {}
        alone = [[item] for item in items if 0 < len(dead[named(item)]) < MOST_DEATHS]
        for some in ([item for item in items if not dead[named(item)]], *alone):
            if some:
                made |= work(some)
                self._end({named(item): dead[named(item)] for item in some})
        for item in items:
            if len(dead[named(item)]) >= MOST_DEATHS:
                made |= deadly(item)
                self._end({named(item): []})
        return made

    def _begin(self, names: Collection[str]) -> dict[str, list[str]]:
        """The marks of those that began each before, and died."""
        pipe = self._redis.pipeline(transaction=False)
        for name in names:
            pipe.hgetall(_key(name))
            pipe.hset(_key(name), self._mark, self._clock())
            pipe.expire(_key(name), REMEMBERED_S)
        begun = zip(names, pipe.execute()[::3], strict=True)
        return {name: [mark for mark, at in marks.items() if self._has_died(mark, float(at))] for name, marks in begun}

    def _end(self, marks: Mapping[str, Sequence[str]]) -> None:
        """Take the process's own mark away, and these of others."""
        pipe = self._redis.pipeline(transaction=False)
        for name, others in marks.items():
            pipe.hdel(_key(name), self._mark, *others)
        pipe.execute()

    def _has_died(self, mark: str, begun_at: float) -> bool:
        """Whether it is none of this machine's processes any more, or has taken too long on another."""
        machine, process_id, _ = mark.rsplit("/", 2)
        if mark == self._mark:
            return False
        if self._clock() - begun_at > TAKEN_S:
            return True
        return machine == self._machine and (int(process_id) == os.getpid() or not psutil.pid_exists(int(process_id)))


def _key(name: str) -> str:
    return BEGUN + sha256(name.encode(errors="surrogatepass")).hexdigest()[:32]
