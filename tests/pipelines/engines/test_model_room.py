"""Room for a model: waited for in turn, and never taken from a model that is in use."""

import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.models_of_run import ModelsOfRun
from pipelines.errors import Cancelled, TransientFailure

PATIENCE_S = 30  # of a test that would otherwise hang where it ought to fail


@pytest.fixture
def threads():
    with ThreadPoolExecutor(8) as pool:
        yield pool


def of_forty_bytes(_):
    return 40


def hold(cache, key, during=lambda: None, size_bytes=40, check=lambda: None):
    with cache.hold(key, lambda: f"model {key}", lambda _: size_bytes, need_bytes=size_bytes, check=check):
        during()


class Meanwhile:
    """What a run does with a model that it holds: it says so, and goes on when the test says so."""

    def __init__(self):
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self):
        self.begun.set()
        assert self.may_end.wait(PATIENCE_S)


class Device:
    """A device with memory for ``size_bytes`` of models: one that does not fit beside the others is no longer made."""

    def __init__(self, size_bytes):
        self._size_bytes, self._models, self.peak_bytes = size_bytes, weakref.WeakSet(), 0
        self._lock = threading.Lock()

    def load(self, size_bytes):
        with self._lock:
            taken_bytes = size_bytes + sum(model.size_bytes for model in self._models)
            if taken_bytes > self._size_bytes:
                raise MemoryError(f"{taken_bytes} bytes")
            self.peak_bytes = max(self.peak_bytes, taken_bytes)
            model = Model(size_bytes)
            self._models.add(model)
            return model


class Model:
    def __init__(self, size_bytes):
        self.size_bytes = size_bytes


def take(models, device, key, size_bytes):
    models.get(key, lambda: device.load(size_bytes), lambda model: model.size_bytes, size_bytes)


def test_thirty_different_jobs_on_four_threads_never_exceed_the_bound():
    cache, device, two_at_a_time = BoundedModelCache(max_bytes=100), Device(100), threading.Barrier(2)

    def job(number):
        with ModelsOfRun(cache, check=lambda: None) as models:
            take(models, device, str(number), 40)
            two_at_a_time.wait(PATIENCE_S)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(job, range(30)))

    assert device.peak_bytes == 80


def test_thirty_jobs_that_need_one_model_after_the_other_never_exceed_the_bound():
    cache, device = BoundedModelCache(max_bytes=100), Device(100)

    def job(number):
        with ModelsOfRun(cache, check=lambda: None) as models:
            take(models, device, f"classifier {number}", 40)
            models.release()
            take(models, device, f"comparer {number}", 50)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(job, range(30)))

    assert device.peak_bytes == 90


def test_of_jobs_that_need_two_models_at_once_only_one_goes_beyond_the_bound(threads):
    cache, device, both_hold_one = BoundedModelCache(max_bytes=100), Device(130), threading.Barrier(2)
    has_two, has_waited = ([threading.Event(), threading.Event()] for _ in range(2))

    def job(number, other):
        def check():
            if has_two[other].is_set():
                has_waited[number].set()

        with ModelsOfRun(cache, check) as models:
            take(models, device, f"one {number}", 40)
            both_hold_one.wait(PATIENCE_S)
            take(models, device, f"two {number}", 50)
            has_two[number].set()
            assert has_two[other].is_set() or has_waited[other].wait(PATIENCE_S)

    for run in [threads.submit(job, 0, 1), threads.submit(job, 1, 0)]:
        run.result(PATIENCE_S)

    assert device.peak_bytes == 130


def test_model_in_use_is_not_let_go_for_another(threads):
    cache = BoundedModelCache(max_bytes=100)
    meanwhile = Meanwhile()
    using = threads.submit(hold, cache, "a", meanwhile)
    assert meanwhile.begun.wait(PATIENCE_S)

    hold(cache, "b")
    hold(cache, "c")
    held = cache.keys()
    meanwhile.may_end.set()
    using.result(PATIENCE_S)

    assert held == ("a", "c")


def test_load_waits_until_what_is_in_use_is_released(threads):
    cache = BoundedModelCache(max_bytes=100)
    first, waited = Meanwhile(), threading.Event()
    using = threads.submit(hold, cache, "a", first, 60)
    assert first.begun.wait(PATIENCE_S)

    late = threads.submit(hold, cache, "b", lambda: None, 60, waited.set)
    assert waited.wait(PATIENCE_S)
    held_meanwhile = cache.keys()
    first.may_end.set()
    late.result(PATIENCE_S)
    using.result(PATIENCE_S)

    assert held_meanwhile == ("a",)
    assert cache.keys() == ("b",)


def test_run_that_is_cancelled_while_it_waits_for_room_leaves_the_queue(threads):
    cache = BoundedModelCache(max_bytes=100)
    meanwhile = Meanwhile()
    using = threads.submit(hold, cache, "a", meanwhile, 60)
    assert meanwhile.begun.wait(PATIENCE_S)

    def cancelled():
        raise Cancelled

    with pytest.raises(Cancelled):
        hold(cache, "b", size_bytes=60, check=cancelled)
    hold(cache, "c", size_bytes=40)
    meanwhile.may_end.set()
    using.result(PATIENCE_S)

    assert set(cache.keys()) == {"a", "c"}


def test_model_that_is_asked_for_all_the_time_does_not_starve_a_larger_one(threads):
    cache = BoundedModelCache(max_bytes=100)
    first, order, queued = Meanwhile(), [], threading.Semaphore(0)
    using = threads.submit(hold, cache, "small", first)
    assert first.begun.wait(PATIENCE_S)

    large = threads.submit(hold, cache, "large", lambda: order.append("large"), 90, queued.release)
    assert queued.acquire(timeout=PATIENCE_S)
    again = threads.submit(hold, cache, "small", lambda: order.append("small"), 40, queued.release)
    assert queued.acquire(timeout=PATIENCE_S)
    first.may_end.set()
    for run in (using, large, again):
        run.result(PATIENCE_S)

    assert order == ["large", "small"]


def test_model_larger_than_the_bound_is_admitted_alone(threads):
    cache = BoundedModelCache(max_bytes=100)
    meanwhile, waited, beside = Meanwhile(), threading.Event(), []
    using = threads.submit(hold, cache, "a", meanwhile)
    assert meanwhile.begun.wait(PATIENCE_S)

    huge = threads.submit(hold, cache, "huge", lambda: beside.append(cache.keys()), 1000, waited.set)
    assert waited.wait(PATIENCE_S)
    meanwhile.may_end.set()
    huge.result(PATIENCE_S)
    using.result(PATIENCE_S)

    assert beside == [("huge",)]


def test_threads_that_need_two_models_each_do_not_wait_for_each_other(threads):
    cache = BoundedModelCache(max_bytes=100)
    both_hold_one = threading.Barrier(2)

    def needs_two(name):
        def second():
            both_hold_one.wait(PATIENCE_S)
            hold(cache, f"{name} two")

        hold(cache, f"{name} one", second)

    runs = [threads.submit(needs_two, name) for name in "ab"]
    for run in runs:
        run.result(PATIENCE_S)

    assert sum(cache.loaded_bytes().values()) <= 100


def test_idle_models_go_where_the_device_has_less_room_than_the_bound():
    cache = BoundedModelCache(max_bytes=1000, free_bytes=lambda: 100 - 40 * len(cache.keys()))
    hold(cache, "a")
    hold(cache, "b")

    hold(cache, "c")

    assert cache.keys() == ("b", "c")


def test_load_that_runs_out_of_memory_is_tried_again_without_the_idle_models():
    cache = BoundedModelCache()
    hold(cache, "idle")
    held_at_load = []

    def load():
        held_at_load.append(cache.keys())
        if len(held_at_load) == 1:
            raise MemoryError
        return "model a"

    model = cache.get("a", load, of_forty_bytes)

    assert model == "model a"
    assert held_at_load == [("idle",), ()]


def test_memory_that_runs_out_twice_is_a_failure_that_may_pass():
    cache = BoundedModelCache()

    def load():
        raise MemoryError("no room")

    with pytest.raises(TransientFailure, match="not enough memory for this model now: no room"):
        cache.get("a", load, of_forty_bytes)

    assert cache.keys() == ()
