"""Loaded models, kept between runs of one process and bounded by the memory they occupy."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

M = TypeVar("M")

MAX_BYTES = 2 << 30  # every model of the first set at its default size, twice over


class BoundedModelCache:
    """Least recently used models go when the process would hold more than ``max_bytes`` of them.

    One that alone is larger is kept while it is the newest, for its run needs it, and everything else goes. A size
    is known once a model is loaded: while one loads, the process holds it beside what it held before.

    Two threads that ask for one model share its load; a load keeps nobody waiting who asks for another model.
    Thread-safe.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._held: OrderedDict[str, Future[Any]] = OrderedDict()  # Any: models of many libraries share no type
        self._sizes_bytes: dict[str, int] = {}  # of those that are loaded
        self._lock = threading.Lock()  # never held during a load

    def get(self, key: str, load: Callable[[], M], size_bytes: Callable[[M], int]) -> M:
        """Return the model under ``key``, calling ``load`` once if it is not held, and ``size_bytes`` on what it gave.

        What ``load`` raises is raised to the thread that called it. Threads that were waiting for it try in turn:
        a load may have ended because its own run was cancelled.
        """
        while True:
            mine: Future[M] = Future()
            with self._lock:
                held: Future[M] = self._held.setdefault(key, mine)
                self._held.move_to_end(key)
            if held is mine:
                return self._loaded(key, mine, load, size_bytes)
            if held.exception() is None:
                return held.result()

    def keys(self) -> tuple[str, ...]:
        """What is held now, least recently used first."""
        with self._lock:
            return tuple(key for key in self._held if key in self._sizes_bytes)

    def _loaded(self, key: str, mine: "Future[M]", load: Callable[[], M], size_bytes: Callable[[M], int]) -> M:
        try:
            model = load()
            occupied_bytes = size_bytes(model)
        except BaseException as error:
            with self._lock:
                del self._held[key]
            mine.set_exception(error)
            raise
        with self._lock:
            self._sizes_bytes[key] = occupied_bytes
            self._held.move_to_end(key)  # others may have been used while it loaded, and it was not yet
            self._let_go()
        mine.set_result(model)
        return model

    def _let_go(self) -> None:
        """Forget the least recently used models beyond the bound; one that is being loaded is nobody's to forget."""
        for key in [key for key in self._held if key in self._sizes_bytes][:-1]:
            if sum(self._sizes_bytes.values()) <= self._max_bytes:
                return
            del self._held[key], self._sizes_bytes[key]
