"""Whoever waits for a lock gets it, in whatever thread or greenlet it waits."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Condition, Thread
from time import sleep

import gevent
import pytest
from support.until import until

from api.locks import Lock

ROOT = Path(__file__).parents[2]
LONGEST_S = 30
MANY = 8

MEETING = """
from api.locks import Lock, use_in_gevent
use_in_gevent()
from gevent.monkey import get_original, patch_all
patch_all()

import logging, threading, time
import gevent
from api.offload import offload
from sqlalchemy.util.queue import Queue  # which pools of connections stand on

native_sleep = get_original("time", "sleep")
lock = threading.Lock()
made = [lock, threading.RLock()._block, logging._lock._block, threading.Condition()._lock._block]
assert all(type(one) is Lock for one in made), made

def native(has_loop):
    if has_loop:
        time.sleep(0.001)  # for which gevent begins a loop in this thread
    with lock:
        native_sleep(0.01)

def cooperative():
    with lock:
        gevent.sleep(0.01)

narrow = Queue(1)  # of which either side waits for the other

waiting = [gevent.spawn(offload, native, number % 2) for number in range(8)]
waiting += [gevent.spawn(cooperative) for _ in range(8)]
waiting += [gevent.spawn(offload, narrow.put, number) for number in range(4)]
waiting += [gevent.spawn(narrow.get) for _ in range(8)]
waiting += [gevent.spawn(narrow.put, number) for number in range(8)]
waiting += [gevent.spawn(offload, narrow.get) for _ in range(4)]
print(len(gevent.joinall(waiting, timeout=30)), "of", len(waiting))
"""


@contextmanager
def in_threads(each: Callable[[], None], count: int = MANY) -> Iterator[None]:
    """Run ``each`` in native threads, all of which have begun when the block does, and have ended behind it."""
    begun = Barrier(count + 1)

    def run() -> None:
        begun.wait(LONGEST_S)
        each()

    threads = [Thread(target=run, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    begun.wait(LONGEST_S)
    yield
    until(lambda: not any(thread.is_alive() for thread in threads), longest_s=LONGEST_S)


def test_every_thread_that_waits_gets_it_in_the_end() -> None:
    lock, had = Lock(), []

    def take() -> None:
        with lock:
            had.append(lock.locked())

    lock.acquire()
    with in_threads(take):
        lock.release()

    assert had == [True] * MANY
    assert not lock.locked()


def test_nobody_has_it_beside_another() -> None:
    lock, inside, most = Lock(), [], []

    def take() -> None:
        for _ in range(200):
            with lock:
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    with in_threads(take):
        greenlets = [gevent.spawn(take) for _ in range(MANY)]
        gevent.joinall(greenlets, timeout=LONGEST_S)

    assert len(most) == 2 * MANY * 200
    assert max(most) == 1


def test_other_greenlets_run_while_one_waits_for_a_thread() -> None:
    lock, told = Lock(), []
    held, let_go = Lock(), Lock()
    held.acquire()
    let_go.acquire()

    def hold() -> None:
        with lock:
            held.release()
            let_go.acquire()

    def wait() -> None:
        with lock:
            told.append("has it")

    with in_threads(hold, 1):
        held.acquire()
        waiting = gevent.spawn(wait)
        gevent.sleep(0)
        told.append("another runs")
        let_go.release()
        waiting.join(LONGEST_S)

    assert told == ["another runs", "has it"]


def test_who_takes_it_again_and_again_keeps_nobody_waiting() -> None:
    lock, had = Lock(), []

    def hold() -> None:
        while len(had) < 2:
            with lock:
                sleep(0.001)  # so that others look while it is held, and not in between

    def wait() -> None:
        had.append(lock.acquire(timeout=LONGEST_S))
        lock.release()

    with in_threads(hold, 1), in_threads(wait, 1):
        wait()

    assert had == [True, True]


def test_greenlets_of_a_thread_of_their_own_take_turns() -> None:
    lock, had = Lock(), []

    def take(name: str) -> None:
        with lock:
            gevent.sleep(0)
            had.append(name)

    def both() -> None:
        gevent.joinall([gevent.spawn(take, "one"), gevent.spawn(take, "the other")])
        gevent.get_hub().destroy()

    with in_threads(both, 1):
        pass

    assert had == ["one", "the other"]


def test_who_waits_no_longer_is_told_so_and_keeps_nobody_waiting() -> None:
    lock = Lock()
    lock.acquire()

    refused = [lock.acquire(blocking=False), lock.acquire(timeout=0), lock.acquire(timeout=0.01)]
    lock.release()

    assert refused == [False, False, False]
    assert lock.acquire(timeout=LONGEST_S)


def test_a_greenlet_that_ends_while_it_waits_leaves_its_turn_to_the_next() -> None:
    lock, had = Lock(), []

    def take() -> None:
        with lock:
            had.append("the next")

    lock.acquire()
    first, second = gevent.spawn(take), gevent.spawn(take)
    gevent.sleep(0)
    lock.release()  # which wakes the first
    first.kill()
    second.join(LONGEST_S)

    assert had == ["the next"]


def test_a_condition_stands_on_it() -> None:
    condition, said, heard = Condition(Lock()), [], []

    def hear() -> None:
        with condition:
            condition.wait_for(lambda: said, LONGEST_S)
            heard.extend(said)

    with in_threads(hear), condition:
        said.append("a word")
        condition.notify_all()

    assert heard == ["a word"] * MANY


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (lambda: Lock().release(), RuntimeError),
        (lambda: Lock().acquire(False, 1), ValueError),
        (lambda: Lock().acquire(True, -2), ValueError),
        (lambda: Lock().acquire(True, 1e300), OverflowError),
    ],
    ids=["nobody has it", "waits without waiting", "negative", "too long"],
)
def test_what_python_refuses_is_refused(wrong: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        wrong()


def test_offloaded_calls_and_requests_meet_in_locks_of_the_standard_library() -> None:
    done = subprocess.run([sys.executable, "-c", MEETING], cwd=ROOT, capture_output=True, text=True, timeout=120)

    assert (done.stdout, done.stderr) == ("40 of 40\n", "")
