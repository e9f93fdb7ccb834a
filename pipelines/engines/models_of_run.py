"""The models that one run takes from the cache: none is let go under it, and all may go when it is through."""

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Self, TypeVar

from pipelines.engines.model_cache import BoundedModelCache

M = TypeVar("M")


class ModelsOfRun:
    """A ``ModelCache`` for the length of a block, of one thread alone; ``check`` is called while it waits for room."""

    def __init__(self, cache: BoundedModelCache, check: Callable[[], None]) -> None:
        self._cache = cache
        self._check = check
        self._held = ExitStack()
        self.note_pass = cache.note_pass

    def __enter__(self) -> Self:
        """Begin with no model."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave every model to the cache, which then may let it go."""
        self._held.close()

    def get(self, key: str, load: Callable[[], M], size_bytes: Callable[[M], int], need_bytes: int = 0) -> M:
        """See ``ModelCache``. Raises what ``load`` and ``check`` raise, and what ``BoundedModelCache.hold`` does."""
        return self._held.enter_context(self._cache.hold(key, load, size_bytes, need_bytes, self._check))

    def with_relief(self, work: Callable[[], M]) -> M:
        """See ``ModelCache``."""
        return self._cache.with_relief(work)

    def release(self) -> None:
        """See ``ModelCache``."""
        self._held.close()
