"""Loaded models, kept between runs of one process and bounded by the memory they occupy."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pipelines.engines.memory_running_out import again_when_relieved, give_back
from pipelines.engines.model_key import without_stamp
from pipelines.engines.passes import NotePass, uncounted
from pipelines.engines.room_queue import RoomQueue, Turn

M = TypeVar("M")

MAX_BYTES = 2 << 30  # every model of the first set at its default size, twice over
LOOK_S = 0.2  # between two checks of a run that waits for room or for another's load

Check = Callable[[], None]
FreeBytes = Callable[[], int | None]
"""What is free on the device that models are loaded to; None where the bound alone counts."""

Observe = Callable[[Mapping[str, int]], None]
"""Takes note of what each model that is held occupies: called while the cache is locked, so it must not wait."""


@dataclass(slots=True, eq=False)
class _Place:
    """A model that is held, or is being loaded for ``users`` who wait: ``occupied_bytes`` are then reserved."""

    occupied_bytes: int
    users: int = 0
    model: Any = None  # Any: models of many libraries share no type
    is_loaded: bool = False
    has_failed: bool = False


class BoundedModelCache:
    """Models that nobody uses go, least recently used first, when the process would hold more than ``max_bytes``.

    What is held by ``hold`` with its need told is never let go of under its user, and room is made, or waited for,
    before a load: what needs more than ``max_bytes`` is admitted alone. Who waits for room is served in turn, hits
    behind it too, so that nobody starves. A thread that holds a model already goes before those that hold none. Where
    all that hold one wait for another, none will ever make room: the first of them, and it alone, is then let beyond
    the bound.

    Two threads that ask for one model share its load; a load keeps nobody waiting who asks for another. Thread-safe.
    """

    def __init__(
        self,
        max_bytes: int = MAX_BYTES,
        free_bytes: FreeBytes = lambda: None,
        observe: Observe = lambda _: None,
        note_pass: NotePass = uncounted,
    ) -> None:
        """``observe`` is told whenever another model is held, or one no longer; ``note_pass`` is for the models."""
        self._max_bytes = max_bytes
        self._free_bytes = free_bytes
        self._observe = observe
        self.note_pass = note_pass
        self._places: OrderedDict[str, _Place] = OrderedDict()  # least recently used first
        self._queue = RoomQueue()
        self._changed = threading.Condition()  # never held during a load

    def get(self, key: str, load: Callable[[], M], size_bytes: Callable[[M], int], need_bytes: int = 0) -> M:
        """See ``ModelCache``; nobody knows how long it is used: it may be let go at once. Raises what ``load`` does."""
        with self.hold(key, load, size_bytes, need_bytes) as model:
            return model

    def release(self) -> None:
        """See ``ModelCache``; what ``get`` gave is held for nobody."""

    @contextmanager
    def hold(
        self,
        key: str,
        load: Callable[[], M],
        size_bytes: Callable[[M], int],
        need_bytes: int = 0,
        check: Check = lambda: None,
    ) -> Iterator[M]:
        """Have the model under ``key`` for the block, during which it is not let go; ``check`` is called while waiting.

        Raises what ``check`` raises, and ``load`` in this thread: others that waited for it try in turn, since its run
        may have been cancelled. Raises OutOfMemory when memory runs out after all that nobody uses has gone.
        """
        place = self._place(key, load, size_bytes, need_bytes, check)
        try:
            yield place.model
        finally:
            self._leave(place)

    def with_relief(self, work: Callable[[], M]) -> M:
        """See ``ModelCache``."""
        return again_when_relieved(work, self._relieve)

    def keys(self) -> tuple[str, ...]:
        """What is held now, least recently used first."""
        return tuple(self.loaded_bytes())

    def loaded_bytes(self) -> dict[str, int]:
        """What each model that is held now occupies, least recently used first."""
        with self._changed:
            return {key: place.occupied_bytes for key, place in self._places.items() if place.is_loaded}

    def _place(
        self, key: str, load: Callable[[], M], size_bytes: Callable[[M], int], need_bytes: int, check: Check
    ) -> _Place:
        """The place of the loaded model, counted as in use by the caller."""
        while True:
            place, is_ours_to_load = self._entered(key, need_bytes, check)
            try:
                if is_ours_to_load:
                    self._load(key, place, load, size_bytes)
                if self._is_loaded_in_the_end(place, check):
                    return place
            except BaseException:
                self._leave(place)
                raise
            self._leave(place)

    def _entered(self, key: str, need_bytes: int, check: Check) -> tuple[_Place, bool]:
        """The model's place, waited for in turn, and whether the caller is to load it."""
        with self._changed:
            turn = self._queue.join(key)
            try:
                while not (entered := self._try_to_enter(turn, need_bytes)):
                    self._wait(check)
                return entered
            finally:
                self._queue.leave(turn)
                self._changed.notify_all()

    def _wait(self, check: Check) -> None:
        """Wait for a change; ``check``, which may ask a database, is called with the cache unlocked."""
        self._changed.wait(LOOK_S)
        self._changed.release()
        try:
            check()
        finally:
            self._changed.acquire()

    def _try_to_enter(self, turn: Turn, need_bytes: int) -> tuple[_Place, bool] | None:
        is_served = self._queue.is_first(turn) or not need_bytes
        place = self._places.get(turn.key)
        if place is not None and (is_served or turn.holds):
            self._places.move_to_end(turn.key)
            return self._used(place), False
        if not is_served:
            return None
        self._let_go_replaced(turn.key)
        if not self._make_room(need_bytes):
            if not (turn.holds and self._queue.is_stuck(self._places)):
                return None
            self._relieve()
        place = self._places[turn.key] = _Place(need_bytes)
        return self._used(place), True

    def _used(self, place: _Place) -> _Place:
        place.users += 1
        self._queue.hold()
        return place

    def _leave(self, place: _Place) -> None:
        with self._changed:
            place.users -= 1
            self._queue.let_go()
            self._let_go_replaced()
            self._let_go_beyond_bound()
            self._changed.notify_all()

    def _load(self, key: str, place: _Place, load: Callable[[], M], size_bytes: Callable[[M], int]) -> None:
        try:
            model = self.with_relief(load)
            occupied_bytes = size_bytes(model)
        except BaseException:
            with self._changed:
                place.has_failed = True
                del self._places[key]
            raise  # to where those that wait for it are told
        with self._changed:
            place.model, place.occupied_bytes, place.is_loaded = model, occupied_bytes, True
            self._places.move_to_end(key)  # others may have been used while it loaded, and it was not yet
            self._let_go_beyond_bound()
            self._observe(self.loaded_bytes())
            self._changed.notify_all()

    def _is_loaded_in_the_end(self, place: _Place, check: Check) -> bool:
        """Wait for another thread's load; False when it failed."""
        with self._changed:
            while not (place.is_loaded or place.has_failed):
                self._wait(check)
            return place.is_loaded

    def _make_room(self, need_bytes: int) -> bool:
        """Let models that nobody uses go until ``need_bytes`` fit; whether they do, or nothing else is there."""
        used = [place.occupied_bytes for place in self._places.values() if place.users]
        if need_bytes and used and sum(used) + need_bytes > self._max_bytes:
            return False
        while need_bytes and not self._fits(need_bytes):
            idle = self._idle()
            if not idle:
                return not self._places
            self._let_go(idle[0])
        return True

    def _fits(self, need_bytes: int) -> bool:
        if self._occupied_bytes() + need_bytes > self._max_bytes:
            return False
        free_bytes = self._free_bytes()
        reserved_bytes = sum(one.occupied_bytes for one in self._places.values() if not one.is_loaded)
        return free_bytes is None or need_bytes <= free_bytes - reserved_bytes

    def _let_go_beyond_bound(self) -> None:
        """One that alone is larger than the bound stays until another comes, for its next run would need it."""
        for key in self._idle():
            if self._occupied_bytes() <= self._max_bytes or len(self._places) == 1:
                return
            self._let_go(key)

    def _let_go_replaced(self, coming: str | None = None) -> None:
        """Of a model whose files were replaced, what was read of the old ones goes when nobody uses it."""
        latest = {without_stamp(key): key for key in [*self._places, *([coming] if coming else [])]}
        for key in self._idle():
            if latest[without_stamp(key)] != key:
                self._let_go(key)

    def _relieve(self) -> None:
        with self._changed:
            for key in self._idle():
                del self._places[key]
            self._observe(self.loaded_bytes())
        give_back()

    def _let_go(self, key: str) -> None:
        del self._places[key]
        self._observe(self.loaded_bytes())
        if self._free_bytes() is not None:
            give_back()  # torch keeps what is freed until it is told, and no other library can have it

    def _idle(self) -> list[str]:
        return [key for key, place in self._places.items() if not place.users]

    def _occupied_bytes(self) -> int:
        return sum(place.occupied_bytes for place in self._places.values())
