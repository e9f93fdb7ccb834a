"""Many WebSocket clients in one thread: each comes again, with the last id it saw, for as long as the test wants."""

import asyncio
import json
import random
import threading
from types import TracebackType
from typing import Self

from support.socket_client import Refused, listening_socket

TARGET = "/api/v1/socket"
LONGEST_PAUSE_S = 1.0


class Client:
    """What one client saw: the ids of its events in order, and how often it was told to refetch."""

    def __init__(self, seed: float) -> None:
        self._chance = random.Random(seed)
        self.ids: list[str] = []
        self.greetings = self.resyncs = 0
        self._after = ""

    async def listen(self, port: int) -> None:
        """Listen, and come again after a pause of its own, as browsers do, until cancelled."""
        while True:
            try:
                target = f"{TARGET}?after={self._after}" if self._after else TARGET
                async with listening_socket(port, target) as connection:
                    async for text in connection.texts():
                        self._take(text)
            except (Refused, ConnectionError):
                pass
            await asyncio.sleep(self._chance.uniform(0.05, LONGEST_PAUSE_S))

    def _take(self, text: str) -> None:
        if text.startswith('{"id":"'):  # an event: a thousand clients have no time to parse each
            self._after = text[7 : text.index('"', 7)]
            self.ids.append(self._after)
            return
        message = json.loads(text)
        self._after = message["id"]
        self.greetings += 1
        self.resyncs += message["type"] == "resync"


class Clients:
    """``number`` clients of the API at ``port``, for as long as the block."""

    def __init__(self, number: int, port: int, chance: random.Random) -> None:
        self.all = [Client(chance.random()) for _ in range(number)]
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="clients", daemon=True)

    def __enter__(self) -> Self:
        """Have all of them connect."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up."""
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._tasks = [self._loop.create_task(client.listen(self._port)) for client in self.all]
        self._loop.run_until_complete(asyncio.gather(*self._tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
