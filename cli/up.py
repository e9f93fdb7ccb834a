"""``triptych up``: the whole of Triptych on one machine, from an empty directory to an open page."""

import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from cli.errors import CannotStart
from cli.hardware import has_gpu
from cli.preflight import check_port, lock_home, prepare_home
from cli.readiness import api_pending, redis_pending
from cli.redis_server import embedded_redis
from cli.runner import TAIL_LINES, Runner, Stage
from cli.safety_net import SafetyNet
from cli.services import application_services, migration, shared_environment
from cli.terminal import Terminal
from triptych.settings import Settings

STOP_MARGIN_S = 4.0  # what a process may need beyond its jobs' grace to close its files


def up(settings: Settings, terminal: Terminal) -> None:
    """Run the stack until Ctrl-C. Raises CannotStart when it cannot be started."""
    url = local_url(settings)
    prepare_home(settings.home)
    lock = lock_home(settings.home, url)
    if settings.port == settings.flower_port:
        raise CannotStart(f"Port {settings.port} cannot serve both the API and Flower: make run FLOWER_PORT=5556.")
    check_port(settings.host, settings.port, "choose another: make run PORT=9000")
    check_port("127.0.0.1", settings.flower_port, "choose another for Flower: make run FLOWER_PORT=5556")
    with redis_stages(settings) as (redis_url, stages):
        environment = shared_environment(settings, redis_url)
        terminal.say("preparing the database")
        migrate(environment)
        gpu = has_gpu()
        terminal.say(f"starting the API, the workers ({'a GPU is there' if gpu else 'no GPU'}) and Flower")
        stages.append(Stage(application_services(settings, gpu=gpu), partial(api_pending, url)))
        asyncio.run(_run(stages, environment, terminal, settings, lock, partial(_announce, terminal, settings)))


def local_url(settings: Settings) -> str:
    """Where a browser on this machine finds the UI."""
    host = "localhost" if settings.host in ("127.0.0.1", "::1") or settings.is_everywhere else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


@contextlib.contextmanager
def redis_stages(settings: Settings) -> Iterator[tuple[str, list[Stage]]]:
    """Redis' URL and the stages that it takes: none when the settings name a Redis, else the embedded one."""
    if settings.redis_url:
        yield settings.redis_url, []
        return
    server = embedded_redis(settings.home)
    directory = Path(server.url.removeprefix("unix://")).parent
    try:
        yield server.url, [Stage((server.service,), partial(redis_pending, server.url))]
    finally:
        if directory != settings.home.absolute():
            shutil.rmtree(directory, ignore_errors=True)


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the database to the newest schema. Raises CannotStart with what the migration said when it fails."""
    done = subprocess.run(
        migration().command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise CannotStart("The database could not be prepared:", tuple(done.stdout.splitlines()[-TAIL_LINES:]))


async def _run(
    stages: list[Stage],
    environment: Mapping[str, str],
    terminal: Terminal,
    settings: Settings,
    lock: int,
    on_ready: Callable[[], None],
) -> None:
    grace_s = settings.grace_s + STOP_MARGIN_S
    async with SafetyNet(grace_s, held=(lock,)) as net:
        await Runner(terminal, environment, net, grace_s=grace_s).run(stages, on_ready)
    terminal.say("stopped")


def _announce(terminal: Terminal, settings: Settings) -> None:
    flower = f"http://localhost:{settings.flower_port}"
    terminal.say(f"Triptych is ready: {local_url(settings)}  (API docs /docs, Flower {flower})  Ctrl-C stops it.")
