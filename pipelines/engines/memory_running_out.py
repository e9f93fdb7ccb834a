"""Telling that memory ran out, on a device or off it, and giving back what is no longer used; imports no torch."""

import gc
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from pipelines.errors import OutOfMemory

M = TypeVar("M")

CPU_ALLOCATOR = "DefaultCPUAllocator"  # torch raises a plain RuntimeError where the machine's own memory ran out
CTRANSLATE2 = "CUDA failed with error out of memory"  # as well


def ran_out_of_memory(error: BaseException) -> bool:
    """Whether ``error``, or what it was raised from, says that there is no memory left.

    An engine that tells of weights that cannot be loaded may have wrapped it.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, MemoryError) or _is_torchs(cause) or _is_ctranslate2s(cause):
            return True
        cause = cause.__cause__
    return False


def again_when_relieved(work: Callable[[], M], relieve: Callable[[], None]) -> M:
    """Call ``work``, and once more after ``relieve`` when memory ran out.

    Raises OutOfMemory when it runs out again, and what ``work`` raises.
    """
    try:
        return work()
    except Exception as error:
        if not ran_out_of_memory(error):
            raise
    relieve()  # behind the handler: the error's frames hold what was loaded until then
    try:
        return work()
    except Exception as error:
        if not ran_out_of_memory(error):
            raise
        raise OutOfMemory(f"there is not enough memory for this model now: {error}") from error


def free_device_bytes() -> int | None:
    """What is free on the CUDA device that this process has begun to use; None while it has begun none.

    What torch keeps for its next tensors, which a large pass leaves behind, counts as free. Asking earlier would
    initialise CUDA, after which no process may be forked.
    """
    torch = _torch()
    if torch is None or not torch.cuda.is_initialized():
        return None
    kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()
    return int(torch.cuda.mem_get_info()[0] + kept)


def give_back() -> None:
    """Have models that nobody refers to leave the memory, and torch hand back what it keeps of the device's."""
    gc.collect()  # a torch module may refer to itself
    torch = _torch()
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def _is_torchs(error: BaseException) -> bool:
    torch = _torch()
    if torch is None:
        return False
    return isinstance(error, torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and CPU_ALLOCATOR in str(error)
    )


def _is_ctranslate2s(error: BaseException) -> bool:
    return isinstance(error, RuntimeError) and CTRANSLATE2 in str(error)


def _torch() -> Any:  # Any: torch is followed as untyped; None where nothing has imported it whole
    torch = sys.modules.get("torch")
    return torch if hasattr(torch, "OutOfMemoryError") and hasattr(torch, "cuda") else None
