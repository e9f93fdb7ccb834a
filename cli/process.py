"""One process of the stack: it leads a group in a session of its own, and nobody of that group outlives it."""

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, STDOUT
from collections.abc import AsyncIterator, Callable, Mapping

from cli.services import Service

CHUNK_BYTES = 64 * 1024


async def run_process(
    service: Service,
    environment: Mapping[str, str],
    on_start: Callable[[int], None],
    on_line: Callable[[str], None],
) -> int:
    """Run ``service`` to its end, then kill whom it left behind; returns its exit status (negative: by that signal).

    ``on_start`` is given the id of the process, which is its group's id too; ``on_line`` each line that it prints.
    """
    async with _pipe() as (stream, write_end):
        process = await asyncio.create_subprocess_exec(
            *service.command,
            stdin=DEVNULL,
            stdout=write_end,
            stderr=STDOUT,
            env={**environment, **service.environment},
            start_new_session=True,
        )
        os.close(write_end)
        on_start(process.pid)
        reading = asyncio.create_task(_read(stream, on_line))
        status = await process.wait()
        signal_group(process.pid, signal.SIGKILL)
        await reading
    return status


def signal_leader(group: int, number: signal.Signals) -> None:
    """Send a signal to the process that leads ``group`` if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(group, number)


def signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to everyone in ``group`` if anyone is left; macOS answers "not permitted" for zombies."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def ending(status: int) -> str:
    """How a process ended, in words: ``was killed by SIGKILL`` or ``ended with status 1``."""
    return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"


@contextlib.asynccontextmanager
async def _pipe() -> AsyncIterator[tuple[asyncio.StreamReader, int]]:
    """A pipe of our own: asyncio's would make the wait for a process last until its children, too, have closed it."""
    read_end, write_end = os.pipe()
    stream = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(read_end, "rb")
    )
    try:
        yield stream, write_end
    finally:
        transport.close()


async def _read(stream: asyncio.StreamReader, on_line: Callable[[str], None]) -> None:
    async for line in _lines(stream):
        on_line(line)


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[str]:
    """The lines of ``stream`` without their ends; one that never ends is handed on in pieces of a chunk."""
    held = b""
    while chunk := await stream.read(CHUNK_BYTES):
        *lines, held = (held + chunk).split(b"\n")
        if len(held) > CHUNK_BYTES:
            lines, held = [*lines, held], b""
        for line in lines:
            yield line.decode(errors="replace").rstrip("\r")
    if held:
        yield held.decode(errors="replace")
