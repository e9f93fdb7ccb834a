"""Work that would hold up every other request of an event loop, done in a thread of its own when there is a loop."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, ParamSpec, Protocol, TypeVar, cast

from gevent import get_hub
from gevent.event import AsyncResult
from gevent.monkey import is_module_patched
from gevent.threadpool import ThreadPool

P = ParamSpec("P")
R = TypeVar("R")
Made = TypeVar("Made", covariant=True)

BEHIND_BYTES = 1024 * 1024
BEHIND_CHUNKS = 256  # a chunk may hold a single byte


def offload(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function``: in gevent's thread pool under gevent, where others run meanwhile, else right here."""
    if not is_module_patched("socket"):
        return function(*args, **kwargs)
    return in_thread(get_hub().threadpool, function, *args, **kwargs)


def in_thread(pool: ThreadPool, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Call ``function`` in a thread of ``pool`` while others run here. Raises what it raises."""
    came: tuple[R | None, Exception | None] = pool.apply(_call, (partial(function, *args, **kwargs),))
    return _outcome(came)


def _call(function: Callable[[], R]) -> tuple[R | None, Exception | None]:
    """What came of it: an exception that left a thread of gevent's would be printed with its traceback."""
    try:
        return function(), None
    except Exception as error:
        return None, error


def _outcome(came: tuple[R | None, Exception | None]) -> R:
    result, error = came
    if error is not None:
        raise error
    return cast(R, result)


class Sink(Protocol[Made]):
    """Where bytes go that are being received: a draft in the blob store, or a stretch of an upload."""

    def write(self, chunk: bytes) -> None:
        """Take ``chunk``."""

    def finish(self) -> Made:
        """Make what came durable, and tell what it is."""

    def discard(self) -> None:
        """Let go of it."""


class WriteBehind(Generic[Made]):
    """Writes to a sink while more is being received: in order, ``BEHIND_BYTES`` or ``BEHIND_CHUNKS`` at a time."""

    def __init__(self, incoming: Sink[Made]) -> None:
        self._incoming = incoming
        self._pending: AsyncResult | None = None
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0

    def write(self, chunk: bytes) -> None:
        """Take ``chunk``. Raises what this write or an earlier one raised: TooLarge, NoDisk."""
        if not is_module_patched("socket"):
            self._incoming.write(chunk)
            return
        self._waiting.append(chunk)
        self._waiting_bytes += len(chunk)
        if self._waiting_bytes >= BEHIND_BYTES or len(self._waiting) >= BEHIND_CHUNKS:
            self._write_waiting()

    def finish(self) -> Made:
        """What was made of it, once every chunk is on disk. Raises as ``write`` does."""
        self._write_waiting()
        self._settle()
        return offload(self._incoming.finish)

    def discard(self) -> None:
        """Let go of the sink, after the write that is under way."""
        if self._pending is not None:
            self._pending.wait()
        self._incoming.discard()

    def _write_waiting(self) -> None:
        self._settle()
        chunks, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if chunks:
            self._pending = get_hub().threadpool.spawn(_call, partial(self._write_all, chunks))

    def _write_all(self, chunks: Sequence[bytes]) -> None:
        for chunk in chunks:
            self._incoming.write(chunk)

    def _settle(self) -> None:
        if self._pending is not None:
            pending, self._pending = self._pending, None
            _outcome(pending.get())
