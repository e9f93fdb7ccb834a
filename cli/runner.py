"""Runs a stack of services until it is told to stop, and leaves no process behind, however it ends itself.

Ctrl-C at the terminal reaches only the runner, which then stops the stages in reverse order. A service that dies before
the stack is ready ends the start; one that dies later is started again. Why not honcho: docs/adr/0005.
"""

import asyncio
import contextlib
import signal
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from cli.errors import CannotStart
from cli.process import ending, run_process, signal_group, signal_leader
from cli.safety_net import SafetyNet
from cli.services import Service
from cli.terminal import Terminal

HEALTHY_S = 60.0  # a service that ran this long is not in a loop of deaths
RESTART_DELAYS_S = (1, 2, 5, 10, 30)  # the last one repeats
TAIL_LINES = 15
READY_POLL_S = 0.2
READY_TIMEOUT_S = 180.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Services that start together, once the stage before is ready, and stop together, before that one stops.

    ``pending()`` says what the stage still waits for, or nothing when it is ready; it may block for a second or two.
    """

    services: Sequence[Service]
    pending: Callable[[], str]


class Runner:
    """A stack while it runs. ``grace_s``: how long a process may take to end before its whole group is killed."""

    def __init__(self, terminal: Terminal, environment: Mapping[str, str], net: SafetyNet, *, grace_s: float) -> None:
        self._terminal = terminal
        self._environment = environment
        self._net = net
        self._grace_s = grace_s
        self._groups: dict[str, int] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()
        self._settled = False

    async def run(self, stages: Sequence[Stage], on_ready: Callable[[], None]) -> None:
        """Start the stages in order, call ``on_ready``, and stop them when a signal comes.

        Raises CannotStart, with the last lines of the service that died, when the stack does not become ready.
        """
        self._listen_for_signals()
        try:
            for stage in stages:
                await self._start(stage)
            if not self._stopping.is_set():
                self._settled = True
                on_ready()
            await self._stopping.wait()
        finally:
            self._stopping.set()
            for stage in reversed(stages):
                await self._stop(stage)

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: signal.Signals) -> None:
        if self._stopping.is_set():
            self._terminal.say("stopping at once")
            self._kill(list(self._groups))
            return
        self._terminal.say("stopping; once more to stop at once" if number is signal.SIGINT else "stopping")
        self._stopping.set()

    async def _start(self, stage: Stage) -> None:
        if self._stopping.is_set():
            return
        for service in stage.services:
            self._keepers[service.name] = asyncio.create_task(self._keep(service))
        watches = [asyncio.create_task(self._stopping.wait()), asyncio.create_task(_ready(stage))]
        try:
            done, _ = await asyncio.wait([*watches, *self._keepers.values()], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what the wait or a keeper raised
        finally:
            for watch in watches:
                watch.cancel()

    async def _keep(self, service: Service) -> None:
        """Run ``service`` again and again until the stack stops."""
        deaths = 0
        while not self._stopping.is_set():
            tail: deque[str] = deque(maxlen=TAIL_LINES)
            began = monotonic()
            words = ending(await self._run_once(service, tail))
            if self._stopping.is_set():
                return
            if not self._settled:
                raise CannotStart(f"{service.name} {words} while starting; its last lines:", tuple(tail))
            if monotonic() - began > HEALTHY_S:
                deaths = 0
            delay_s = RESTART_DELAYS_S[min(deaths, len(RESTART_DELAYS_S) - 1)]
            deaths += 1
            self._terminal.say(f"{service.name} {words}; starting it again in {delay_s} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay_s)

    async def _run_once(self, service: Service, tail: deque[str]) -> int:
        def note_start(group: int) -> None:
            self._groups[service.name] = group
            self._net.add(group)
            if self._stopping.is_set():
                signal_leader(group, signal.SIGTERM)

        def note_line(line: str) -> None:
            tail.append(line)
            if not service.quiet:
                self._terminal.show(service.name, line)

        status = await run_process(service, self._environment, note_start, note_line)
        self._net.remove(self._groups.pop(service.name))
        return status

    async def _stop(self, stage: Stage) -> None:
        names = [service.name for service in stage.services if service.name in self._keepers]
        if not names:
            return
        for name in self._running(names):
            signal_leader(self._groups[name], signal.SIGTERM)
        keepers = [self._keepers[name] for name in names]
        await asyncio.wait(keepers, timeout=self._grace_s)
        self._kill(names)
        await asyncio.gather(*keepers, return_exceptions=True)

    def _kill(self, names: Iterable[str]) -> None:
        for name in self._running(names):
            self._terminal.say(f"{name} did not stop in time: killed")
            signal_group(self._groups[name], signal.SIGKILL)

    def _running(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name in self._groups]


async def _ready(stage: Stage) -> None:
    pending = ""
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            while pending := await asyncio.to_thread(stage.pending):
                await asyncio.sleep(READY_POLL_S)
    except TimeoutError:
        raise CannotStart(f"Not ready after {READY_TIMEOUT_S:.0f} s, still waiting for {pending}.") from None
