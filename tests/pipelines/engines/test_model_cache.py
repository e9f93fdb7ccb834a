"""Which models stay loaded, who shares a load, and what an observer is told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.engines.model_cache import BoundedModelCache
from pipelines.errors import Cancelled, TransientFailure

PATIENCE_S = 30  # of a test that would otherwise hang where it ought to fail


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


class SlowLoad:
    """A load that ends when the test says so."""

    def __init__(self, model):
        self.model = model
        self.calls = 0
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self):
        self.calls += 1
        self.begun.set()
        assert self.may_end.wait(PATIENCE_S)
        if isinstance(self.model, BaseException):
            raise self.model
        return self.model


def one_byte(_):
    return 1


def put(cache, key, size_bytes):
    cache.get(key, lambda: f"model {key}", lambda _: size_bytes)


def test_least_recently_used_model_goes_first():
    cache = BoundedModelCache(max_bytes=100)
    for key in ("a", "b", "a", "c"):
        put(cache, key, size_bytes=50)

    held = cache.keys()

    assert held == ("a", "c")


def test_one_large_model_makes_as_many_go_as_its_size_needs():
    cache = BoundedModelCache(max_bytes=100)
    for key in ("a", "b", "c", "d"):
        put(cache, key, size_bytes=25)

    put(cache, "large", size_bytes=60)

    assert cache.keys() == ("d", "large")


def test_model_larger_than_the_bound_stays_alone_until_the_next_comes():
    cache = BoundedModelCache(max_bytes=100)
    put(cache, "a", size_bytes=10)

    put(cache, "huge", size_bytes=1000)
    held_then = cache.keys()
    put(cache, "b", size_bytes=10)

    assert held_then == ("huge",)
    assert cache.keys() == ("b",)


def test_model_that_was_let_go_is_loaded_again():
    cache = BoundedModelCache(max_bytes=100)
    loads = []
    for key in ("a", "b", "a"):
        cache.get(key, lambda key=key: loads.append(key), lambda _: 80)

    assert loads == ["a", "b", "a"]


def test_model_whose_size_cannot_be_told_fails_its_run_and_is_not_held():
    cache = BoundedModelCache()

    with pytest.raises(AttributeError):
        cache.get("a", object, lambda model: model.size_bytes)

    assert cache.keys() == ()
    assert cache.get("a", lambda: "model a", one_byte) == "model a"


def test_held_model_is_not_loaded_again():
    cache = BoundedModelCache()
    loads = []

    first, second = (cache.get("a", lambda: loads.append(1) or object(), one_byte) for _ in range(2))

    assert first is second
    assert loads == [1]


def test_loading_one_model_keeps_nobody_waiting_for_another(threads):
    cache = BoundedModelCache()
    cache.get("a", lambda: "model a", one_byte)
    slow = SlowLoad("model b")
    loading = threads.submit(cache.get, "b", slow, one_byte)
    assert slow.begun.wait(PATIENCE_S)

    meanwhile = threads.submit(cache.get, "a", lambda: "model a again", one_byte).result(PATIENCE_S)
    held_meanwhile = cache.keys()
    slow.may_end.set()

    assert meanwhile == "model a"
    assert held_meanwhile == ("a",)
    assert loading.result(PATIENCE_S) == "model b"


def test_threads_that_ask_for_one_model_share_its_load(threads):
    cache = BoundedModelCache()
    slow = SlowLoad(object())

    asking = [threads.submit(cache.get, "a", slow, one_byte) for _ in range(6)]
    assert slow.begun.wait(PATIENCE_S)
    slow.may_end.set()
    models = {id(asked.result(PATIENCE_S)) for asked in asking}

    assert models == {id(slow.model)}
    assert slow.calls == 1


def test_load_that_was_cancelled_fails_its_own_run_alone(threads):
    cache = BoundedModelCache()
    slow = SlowLoad(Cancelled())
    cancelled = threads.submit(cache.get, "a", slow, one_byte)
    assert slow.begun.wait(PATIENCE_S)

    patient = threads.submit(cache.get, "a", lambda: "model a", one_byte)
    slow.may_end.set()

    with pytest.raises(Cancelled):
        cancelled.result(PATIENCE_S)
    assert patient.result(PATIENCE_S) == "model a"


def test_model_that_is_being_loaded_is_not_let_go(threads):
    cache = BoundedModelCache(max_bytes=1)
    slow = SlowLoad("model b")
    loading = threads.submit(cache.get, "b", slow, one_byte)
    assert slow.begun.wait(PATIENCE_S)

    cache.get("a", lambda: "model a", one_byte)
    slow.may_end.set()

    assert loading.result(PATIENCE_S) == "model b"
    assert len(cache.keys()) == 1


def test_observer_is_told_what_is_held_whenever_that_changes():
    told = []
    cache = BoundedModelCache(max_bytes=100, observe=told.append)

    put(cache, "a", 60)
    put(cache, "a", 60)
    put(cache, "b", 50)

    assert told[0] == {"a": 60}
    assert told[-1] == {"b": 50}
    assert {"a": 60} not in told[1:]  # a hit changes nothing


def test_observer_is_told_what_memory_that_ran_out_took():
    told = []
    cache = BoundedModelCache(observe=told.append)
    put(cache, "a", 60)

    def load():
        raise MemoryError

    with pytest.raises(TransientFailure):
        cache.get("b", load, one_byte)

    assert told == [{"a": 60}, {}]
