"""The processes of a worker, as their parent sees them: which of them live, and ending one with all it has started."""

import os
from collections.abc import Callable
from contextlib import suppress
from threading import Event

import psutil

STOPPING_S = 0.2


def is_ours(process_id: int) -> bool:
    """Whether it is this process, or a living child of it."""
    if process_id == os.getpid():
        return True
    try:
        process = psutil.Process(process_id)
        return bool(process.ppid() == os.getpid() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def kill(process_id: int, is_meant: Callable[[], bool]) -> bool:
    """Kill this child and its descendants, such as its FFmpeg; False when it is gone, or not ``is_meant`` any more.

    That is asked, and the descendants are looked for, while the child is held still: it starts nothing else then.
    """
    if process_id == os.getpid() or not is_ours(process_id):
        return False
    try:
        process = psutil.Process(process_id)
        process.suspend()
        if not _is_stopped(process) or not is_meant():
            process.resume()
            return False
        for one in [*process.children(recursive=True), process]:
            with suppress(psutil.NoSuchProcess):
                one.kill()
    except psutil.NoSuchProcess:
        return False
    return True


def _is_stopped(process: psutil.Process) -> bool:
    pause = Event()
    for _ in range(20):
        if process.status() == psutil.STATUS_STOPPED:
            return True
        pause.wait(STOPPING_S / 20)
    return False
