"""Where passwords are hashed: two at a time, each a tenth of a second and 64 MiB, however many somebody guesses."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gevent.monkey import is_module_patched
from gevent.threadpool import ThreadPool

from api.offload import in_thread

P = ParamSpec("P")
R = TypeVar("R")

AT_ONCE = 2


class Hashing:
    """Calls what hashes, in threads of its own where there is an event loop."""

    def __init__(self) -> None:
        self._threads: ThreadPool | None = None  # begun by the first call, which is behind every fork

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """``function(...)``, while others are served. Raises what it raises."""
        if not is_module_patched("socket"):
            return function(*args, **kwargs)
        if self._threads is None:
            self._threads = ThreadPool(AT_ONCE)
        return in_thread(self._threads, function, *args, **kwargs)
