"""A device without memory for what a loaded network does, a few times or always."""

from collections.abc import Callable
from typing import Any

from pipelines.engines.model_cache import BoundedModelCache


def loaded(cache: BoundedModelCache, family: str) -> Any:  # Any: models of many libraries share no type
    """The model of ``family`` that the cache has."""
    [key] = [key for key in cache.keys() if key.startswith(f"{family}/")]  # noqa: SIM118  it is no mapping

    def load_again() -> None:
        raise AssertionError(f"{key} has gone")

    return cache.get(key, load_again, lambda _: 0)


def run_out(
    network: Any, times: float, when: Callable[[], bool] = lambda: True
) -> None:  # Any: torch is not typed here
    """Have memory run out in the next ``times`` passes through ``network`` that go on while ``when`` says so."""
    import torch

    raised = []

    def fail(*_: object) -> None:
        if len(raised) < times and when():
            raised.append(True)
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    network.register_forward_pre_hook(fail)
