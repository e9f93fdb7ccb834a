from pipelines.engines.model_cache import BoundedModelCache


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
