"""Where torch's models run, and passes of tensors over them, which are measured where that is a GPU."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from pipelines.engines.batching import Batcher
from pipelines.engines.memory_running_out import free_device_bytes
from pipelines.engines.pass_bound import DeviceMemory, PassBound
from pipelines.engines.passes import NotePass, PassKind

Tensor = Any  # torch is followed as untyped

_ONE_PASS = threading.Lock()  # torch counts a device's peak for the whole process: two passes could not be told apart


def best_device() -> str:
    """The GPU where there is one; ``CUDA_VISIBLE_DEVICES`` hides it from processes that should leave it alone."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def device_memory(device: str) -> DeviceMemory | None:
    """What passes on ``device`` may take; None for a CPU, where a fixed bound keeps them small beside any model."""
    return DeviceMemory(lambda: free_device_bytes() or 0, _measured) if device == "cuda" else None


def stacked_rows(
    run: Callable[[Tensor], Tensor],
    device: str,
    kind: PassKind,
    note: NotePass,
    *,
    cpu_most: int,
    gpu_most: int,
    item_bytes: int,
) -> Batcher[Tensor, Tensor]:
    """A batcher of tensors, those of one shape stacked for ``run``, whose rows come back on the CPU in float32.

    ``item_bytes``: what one takes on a GPU beside the weights, until it was measured.
    """

    def work(tensors: Sequence[Tensor]) -> list[Tensor | Exception]:
        with torch.inference_mode():
            return list(run(torch.stack(list(tensors)).to(device)).float().cpu())

    bound = PassBound(gpu_most if device == "cuda" else cpu_most, device_memory(device), item_bytes)
    return Batcher(work, kind, bound, key_of=lambda tensor: (tensor.shape, tensor.dtype), note=note)


@contextmanager
def _measured() -> Iterator[Callable[[], int]]:
    with _ONE_PASS:
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        yield lambda: int(torch.cuda.max_memory_allocated() - before)
