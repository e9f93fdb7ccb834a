import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.engines.model_cache import BoundedModelCache
from pipelines.errors import Cancelled

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


def test_least_recently_used_model_goes_first():
    cache = BoundedModelCache(max_models=2)
    for key in ("a", "b", "a", "c"):
        cache.get(key, load=lambda key=key: f"model {key}")

    held = cache.keys()

    assert held == ("a", "c")


def test_held_model_is_not_loaded_again():
    cache = BoundedModelCache()
    loads = []

    first, second = (cache.get("a", load=lambda: loads.append(1) or object()) for _ in range(2))

    assert first is second
    assert loads == [1]


def test_loading_one_model_keeps_nobody_waiting_for_another(threads):
    cache = BoundedModelCache()
    cache.get("a", load=lambda: "model a")
    slow = SlowLoad("model b")
    loading = threads.submit(cache.get, "b", slow)
    assert slow.begun.wait(PATIENCE_S)

    meanwhile = threads.submit(cache.get, "a", lambda: "model a again").result(PATIENCE_S)
    held_meanwhile = cache.keys()
    slow.may_end.set()

    assert meanwhile == "model a"
    assert held_meanwhile == ("a",)
    assert loading.result(PATIENCE_S) == "model b"


def test_threads_that_ask_for_one_model_share_its_load(threads):
    cache = BoundedModelCache()
    slow = SlowLoad(object())

    asking = [threads.submit(cache.get, "a", slow) for _ in range(6)]
    assert slow.begun.wait(PATIENCE_S)
    slow.may_end.set()
    models = {id(asked.result(PATIENCE_S)) for asked in asking}

    assert models == {id(slow.model)}
    assert slow.calls == 1


def test_load_that_was_cancelled_fails_its_own_run_alone(threads):
    cache = BoundedModelCache()
    slow = SlowLoad(Cancelled())
    cancelled = threads.submit(cache.get, "a", slow)
    assert slow.begun.wait(PATIENCE_S)

    patient = threads.submit(cache.get, "a", lambda: "model a")
    slow.may_end.set()

    with pytest.raises(Cancelled):
        cancelled.result(PATIENCE_S)
    assert patient.result(PATIENCE_S) == "model a"


def test_model_that_is_being_loaded_is_not_let_go(threads):
    cache = BoundedModelCache(max_models=1)
    slow = SlowLoad("model b")
    loading = threads.submit(cache.get, "b", slow)
    assert slow.begun.wait(PATIENCE_S)

    cache.get("a", load=lambda: "model a")
    slow.may_end.set()

    assert loading.result(PATIENCE_S) == "model b"
    assert len(cache.keys()) == 1
