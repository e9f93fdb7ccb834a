"""A model whose files were replaced leaves the cache as soon as nobody uses it."""

from pipelines.engines.model_cache import BoundedModelCache


def put(cache: BoundedModelCache, key: str) -> None:
    cache.get(key, lambda: f"model {key}", lambda _: 1)


def test_model_of_replaced_files_makes_the_old_one_go() -> None:
    cache = BoundedModelCache(max_bytes=100)
    for key in ("embed/mine@#1", "embed/other@#1"):
        put(cache, key)

    put(cache, "embed/mine@#2")

    assert cache.keys() == ("embed/other@#1", "embed/mine@#2")


def test_replaced_model_stays_until_its_last_user_is_through() -> None:
    cache = BoundedModelCache(max_bytes=100)

    with cache.hold("embed/mine@#1", lambda: "old", lambda _: 1):
        put(cache, "embed/mine@#2")
        during = cache.keys()

    assert during == ("embed/mine@#1", "embed/mine@#2")
    assert cache.keys() == ("embed/mine@#2",)
