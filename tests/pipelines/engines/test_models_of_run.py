"""What a run takes from the cache is its own until it is through."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.models_of_run import ModelsOfRun
from pipelines.errors import Cancelled


def unchecked():
    pass


def take(models, key, size_bytes=60):
    models.get(key, lambda: f"model {key}", lambda _: size_bytes, size_bytes)


def test_no_model_of_a_run_is_let_go_before_it_is_through():
    cache = BoundedModelCache(max_bytes=100)

    with ModelsOfRun(cache, unchecked) as models:
        take(models, "a")
        take(models, "b")
        held_during = cache.keys()

    assert held_during == ("a", "b")
    assert len(cache.keys()) == 1


def test_run_that_fails_gives_its_models_back():
    cache = BoundedModelCache(max_bytes=100)

    def fail():
        with ModelsOfRun(cache, unchecked) as models:
            take(models, "a")
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    take(cache, "b")

    assert cache.keys() == ("b",)


def test_run_that_waits_for_another_s_model_to_go_can_be_cancelled():
    cache = BoundedModelCache(max_bytes=100)

    def cancel():
        raise Cancelled

    def wait_beside():
        with ModelsOfRun(cache, cancel) as models:
            take(models, "b")

    with ModelsOfRun(cache, unchecked) as models, ThreadPoolExecutor(1) as pool:
        take(models, "a")
        with pytest.raises(Cancelled):
            pool.submit(wait_beside).result(timeout=30)

    assert cache.keys() == ("a",)
