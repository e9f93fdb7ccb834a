"""What a figure was taken on: processor, memory, system, file system, revision, and how busy the machine was."""

import os
import platform
import subprocess
from pathlib import Path

import psutil

IN_MEMORY = ("tmpfs", "ramfs")


def machine() -> str:
    """CPU, cores this process may use, memory, system and Python, on one line."""
    memory_gib = psutil.virtual_memory().total / 1024**3
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.release()}"
    return f"{_cpu_model()}, {cores} cores, {memory_gib:.0f} GiB, {system}, Python {platform.python_version()}"


def file_system(path: Path) -> str:
    """Which file system holds ``path``, and whether that is memory, where fsync costs nothing."""
    mounts = [mount for mount in psutil.disk_partitions(all=True) if path.resolve().is_relative_to(mount.mountpoint)]
    kind = max(mounts, key=lambda mount: len(mount.mountpoint)).fstype if mounts else "an unknown file system"
    return f"{kind}, in memory" if kind in IN_MEMORY else f"{kind}, on disk"


def revision() -> str:
    """The revision that git tells, with a mark when tracked files differ from it; "unknown" without git."""
    command = ["git", "describe", "--always", "--dirty"]
    try:
        told = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return told.stdout.strip()


def load_average() -> str:
    """How many processes ran or wanted to, on average over the last 1, 5 and 15 minutes."""
    return " ".join(f"{load:.2f}" for load in os.getloadavg())


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
