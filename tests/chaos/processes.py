"""The processes of a stack: each leads a session of its own and writes to a log; none outlives its test."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

TAIL_LINES = 40
STOP_S = 60


@dataclass(eq=False)
class Running:
    """A process and those it forked. ``doomed``: the test has ended it, so that its end is no crash."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path
    doomed: bool = False

    @property
    def id(self) -> int:
        """The process' id, which is its session's too."""
        return self.process.pid

    @property
    def crashed(self) -> bool:
        """Whether it has ended unasked."""
        return not self.doomed and self.process.poll() is not None

    def everybody(self) -> list[psutil.Process]:
        """The process and its children, while it lives."""
        try:
            leader = psutil.Process(self.id)
            return [leader, *leader.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> None:
        """End the leader, and it alone, by SIGKILL."""
        self.doomed = True
        self.process.kill()
        self.process.wait()

    def kill_everybody(self) -> None:
        """End all of it at once by SIGKILL, as a machine does that dies."""
        self.doomed = True
        signal_session(self.id, signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.doomed = True
        self.process.terminate()

    def wait(self) -> int:
        """Its exit status. Raises subprocess.TimeoutExpired when it does not end."""
        return self.process.wait(STOP_S)

    def stop_the_clock(self) -> None:
        """Hold everybody in it (SIGSTOP), as a paused machine does."""
        signal_session(self.id, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let everybody go on."""
        signal_session(self.id, signal.SIGCONT)

    def tail(self) -> str:
        """The last lines it wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:])


@dataclass
class Processes:
    """Every process that one test started."""

    logs: Path
    environment: Mapping[str, str]
    started: list[Running] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], **environment: str) -> Running:
        """Start ``command``; what it says goes into a log of its own."""
        self.logs.mkdir(exist_ok=True)
        path = self.logs / f"{len(self.started):03}-{name}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self.environment, **environment},
                start_new_session=True,
            )
        running = Running(name, process, path)
        self.started.append(running)
        return running

    def check(self) -> None:
        """Raise AssertionError, with the log, when a process has ended that nobody ended."""
        for running in self.started:
            assert not running.crashed, f"{running.name} ended by itself ({running.process.poll()}):\n{running.tail()}"

    def alive(self) -> list[Running]:
        """Those whose leader still runs."""
        return [running for running in self.started if running.process.poll() is None]

    def end(self) -> list[str]:
        """Kill every leader and return who did not go with it. How they end when they are asked is no part of this."""
        for running in self.alive():
            running.kill()
        return self.left_behind()

    def left_behind(self) -> list[str]:
        """What still runs, although the leader of its session is gone; a moment is given to those that are ending."""
        leaders = {running.id for running in self.started if running.process.poll() is not None}
        _, alive = psutil.wait_procs([one for one in psutil.process_iter() if _session(one) in leaders], timeout=5)
        return [str(one) for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]

    def kill_all(self) -> None:
        """End whatever is left, however the test ended."""
        for running in self.started:
            running.doomed = True
            signal_session(running.id, signal.SIGKILL)
            running.process.wait()


def signal_session(leader: int, number: signal.Signals) -> None:
    """Send a signal to everybody in the session that ``leader`` leads: its process group, and groups made in it."""
    for process in psutil.process_iter():
        if _session(process) == leader:
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue


def _session(process: psutil.Process) -> int:
    try:
        return os.getsid(process.pid)
    except (ProcessLookupError, PermissionError):
        return 0
