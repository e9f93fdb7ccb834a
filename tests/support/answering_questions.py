"""Somebody who answers questions of the memory as they were told to, in a thread of this process."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from triptych.memory.questions import ANSWER, PRESENT, WAITING, Asked, Asking
from triptych.store import Store

LOOK_S = 0.05


@contextmanager
def answered_with(store: Store, answer: Asked, models: str = "text/any") -> Iterator[list[Asking]]:
    """Answer every question with ``answer`` for the block; the list tells which were asked."""
    heard: list[Asking] = []
    stopped = Event()
    redis = store.wire.redis

    def listen() -> None:
        while not stopped.is_set():
            if came := redis.blpop([WAITING], timeout=LOOK_S):
                asking = Asking.decode(came[1])
                heard.append(asking)
                redis.rpush(f"{ANSWER}{asking.id}", answer.encode())

    redis.set(PRESENT, models)
    listener = Thread(target=listen)
    listener.start()
    try:
        yield heard
    finally:
        stopped.set()
        listener.join()
        redis.delete(PRESENT)
