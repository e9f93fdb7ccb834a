"""Loaded models, kept between runs of one process and bounded in number."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

M = TypeVar("M")


def _unknown(_: object) -> int:
    """A size that nobody asks for yet: the bound is one of number."""
    return 0


class BoundedModelCache:
    """Least recently used models go when the process would hold more than ``max_models``, however large they are.

    Two threads that ask for one model share its load; a load keeps nobody waiting who asks for another model.
    Thread-safe.
    """

    def __init__(self, max_models: int = 4) -> None:
        self._max_models = max_models
        self._held: OrderedDict[str, Future[Any]] = OrderedDict()  # Any: models of many libraries share no type
        self._lock = threading.Lock()  # never held during a load

    def get(self, key: str, load: Callable[[], M], size_bytes: Callable[[M], int] = _unknown) -> M:  # noqa: ARG002
        """Return the model under ``key``, calling ``load`` once if it is not held.

        What ``load`` raises is raised to the thread that called it. Threads that were waiting for it try in turn:
        a load may have ended because its own run was cancelled.
        """
        while True:
            mine: Future[M] = Future()
            with self._lock:
                held: Future[M] = self._held.setdefault(key, mine)
                self._held.move_to_end(key)
            if held is mine:
                return self._loaded(key, mine, load)
            if held.exception() is None:
                return held.result()

    def keys(self) -> tuple[str, ...]:
        """What is held now, least recently used first."""
        with self._lock:
            return tuple(key for key, held in self._held.items() if held.done())

    def _loaded(self, key: str, mine: "Future[M]", load: Callable[[], M]) -> M:
        try:
            model = load()
        except BaseException as error:
            with self._lock:
                del self._held[key]
            mine.set_exception(error)
            raise
        mine.set_result(model)
        self._let_go()
        return model

    def _let_go(self) -> None:
        """Forget the least recently used models beyond the bound; one that is being loaded is nobody's to forget."""
        with self._lock:
            loaded = [key for key, held in self._held.items() if held.done()]
            for key in loaded[: max(len(loaded) - self._max_models, 0)]:
                del self._held[key]
