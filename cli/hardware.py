"""What this machine offers, found out without importing torch, which costs seconds."""

import os
from pathlib import Path

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def has_gpu(devices: Path = Path("/dev")) -> bool:
    """Whether an NVIDIA device node is there that CUDA could open (``CUDA_VISIBLE_DEVICES=""`` hides it)."""
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return False
    return any(device.name[len("nvidia") :].isdigit() for device in devices.glob("nvidia*"))


def cores() -> int:
    """How many cores this process may run on: a container's share, not the machine's count."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def thread_limits(processes: int) -> dict[str, str]:
    """Environment that shares the cores between ``processes``: each starts as many threads as its share, or one."""
    threads = str(max(1, cores() // processes))
    return {name: os.environ.get(name, threads) for name in THREAD_VARIABLES}
