"""Stops the stack's processes when ``triptych up`` is killed and can no longer do so itself.

It runs beside the runner in a session of its own, is told on its standard input which process groups live (``+ID``)
and which are gone (``-ID``), and acts when that input ends: on every platform a pipe closes with its writer.
Standard library only, and no import of ours: it is started by its path, in isolated mode, to stay small.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

POLL_S = 0.05


def living_groups(lines: Iterable[str]) -> set[int]:
    """The groups that stand after all of ``lines`` were read."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        (groups.add if line.startswith("+") else groups.discard)(group)
    return groups


def stop_groups(groups: set[int], grace_s: float) -> None:
    """Ask the leaders of ``groups`` to end, and kill whoever is left of the groups after ``grace_s`` seconds."""
    for group in groups:
        _signal_leader(group)
    deadline = time.monotonic() + grace_s
    while groups and time.monotonic() < deadline:
        groups = {group for group in groups if _signal_group(group, 0)}
        time.sleep(POLL_S)
    for group in groups:
        _signal_group(group, signal.SIGKILL)


def _signal_leader(group: int) -> None:
    try:
        os.kill(group, signal.SIGTERM)
    except ProcessLookupError:
        _signal_group(group, signal.SIGTERM)


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a group; False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    """Wait for the end of standard input, then stop the groups that stand; the one argument is the grace in seconds."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    stop_groups(living_groups(sys.stdin), float(sys.argv[1]))


if __name__ == "__main__":
    main()
