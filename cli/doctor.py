"""``triptych doctor``: what this machine has and lacks, found with the checks that ``triptych up`` itself makes."""

import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from cli.errors import CannotStart
from cli.hardware import cores, has_gpu
from cli.preflight import check_home, check_port
from cli.redis_server import redis_binary
from triptych.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; an unsound one keeps the stack from starting."""

    sound: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok     ' if self.sound else 'problem'}  {self.text}"


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything in turn; a running stack shows as its ports being in use."""
    yield Finding(True, f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {sys.prefix}")
    yield Finding(True, f"{cores()} cores, {settings.cpu_slots} used by the CPU worker")
    yield Finding(True, "a GPU for the gpu lane" if has_gpu() else "no GPU: the CPU worker serves the gpu lane")
    yield _try(f"home {settings.home.absolute()}", partial(check_home, settings.home))
    yield _try(f"port {settings.port} is free", partial(check_port, settings.host, settings.port, "use TRIPTYCH_PORT"))
    flower = partial(check_port, "127.0.0.1", settings.flower_port, "use TRIPTYCH_FLOWER_PORT")
    yield _try(f"port {settings.flower_port} is free for Flower", flower)
    yield _redis(settings)


def _redis(settings: Settings) -> Finding:
    if settings.redis_url:
        return Finding(True, "Redis is given by TRIPTYCH_REDIS_URL")
    try:
        return Finding(True, f"embedded Redis: {redis_binary()}")
    except CannotStart as error:
        return Finding(False, error.message)


def _try(what: str, check: Callable[[], None]) -> Finding:
    try:
        check()
    except CannotStart as error:
        return Finding(False, error.message)
    return Finding(True, what)
