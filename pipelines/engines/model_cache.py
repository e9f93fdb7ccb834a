"""Loaded models, kept between runs of one process and bounded in bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

M = TypeVar("M")


class BoundedModelCache:
    """Least recently used models go when the process would hold more than ``max_models``.

    One load at a time: two threads asking for one model share it. Thread-safe.
    """

    def __init__(self, max_models: int = 4) -> None:
        self._max_models = max_models
        self._held: OrderedDict[str, Any] = OrderedDict()  # Any: models of many libraries share no type
        self._lock = threading.RLock()

    def get(self, key: str, load: Callable[[], M]) -> M:
        """Return the model under ``key``, calling ``load`` once if it is not held."""
        with self._lock:
            if key not in self._held:
                self._held[key] = load()
                while len(self._held) > self._max_models:
                    self._held.popitem(last=False)
            self._held.move_to_end(key)
            model: M = self._held[key]
            return model

    def keys(self) -> tuple[str, ...]:
        """What is held now, least recently used first."""
        with self._lock:
            return tuple(self._held)
