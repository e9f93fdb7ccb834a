"""A stack of cheap processes under the real runner: ``python sleepers.py DIRECTORY KIND...``.

Each kind is one service. A sleeping one starts a child and writes both process ids to ``DIRECTORY/NAME``; the stack
is ready when all have. ``READY`` and ``STOPPED`` are printed as they come true.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from cli.errors import CannotStart
from cli.runner import Runner, Stage
from cli.safety_net import SafetyNet
from cli.services import Service
from cli.terminal import Terminal

GRACE_S = 1.0
SLEEP = """
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
place = pathlib.Path(sys.argv[1])
place.with_suffix(".new").write_text(f"{os.getpid()} {child.pid}")
place.with_suffix(".new").replace(place)
time.sleep(600)
"""
KINDS = {
    "plain": SLEEP,
    "stubborn": f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{SLEEP}",
    "failing": "import sys; print('no such table: jobs'); sys.exit(3)",
}


async def run_sleepers(directory: Path, kinds: Sequence[str]) -> None:
    places = [directory / f"{kind}{number}" for number, kind in enumerate(kinds)]
    services = [
        Service(place.name, (sys.executable, "-c", KINDS[kind], str(place)))
        for place, kind in zip(places, kinds, strict=True)
    ]
    stage = Stage(services, lambda: " ".join(place.name for place in places if not place.exists()))
    terminal = Terminal(Console(soft_wrap=True))
    async with SafetyNet(GRACE_S) as net:
        runner = Runner(terminal, os.environ, net, grace_s=GRACE_S)
        await runner.run([stage], lambda: terminal.say("READY"))
    terminal.say("STOPPED")


if __name__ == "__main__":
    try:
        asyncio.run(run_sleepers(Path(sys.argv[1]), sys.argv[2:]))
    except CannotStart as error:
        sys.exit(f"CANNOT START: {error.message} {' '.join(error.lines)}")
