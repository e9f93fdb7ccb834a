"""A watcher of the events over the WebSocket, as the UI is one."""

import json
import selectors
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bench.load import Client

Event = Mapping[str, Any]  # Any: JSON


class Watcher:
    """Sees every event of the API at ``url``."""

    def __init__(self, url: str) -> None:
        from websocket import create_connection

        self._socket = create_connection(f"ws://{urlsplit(url).netloc}/api/v1/socket", timeout=60, origin=url)

    def submit(self, client: Client, body: bytes) -> tuple[float, float]:
        """Hand in a job; seconds until its first event and until it is finished. Raises RuntimeError when it failed.

        An event may come before the answer that tells whose it is.
        """
        started = time.perf_counter()
        client.ask("POST", "/api/v1/jobs", body)
        job_id, seen = "", list[tuple[float, Event]]()
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ)
            ready.register(self._socket, selectors.EVENT_READ)
            while not (job_id and _has_ended(job_id, seen)):
                for key, _ in ready.select():
                    if key.fileobj is client:
                        job_id = json.loads(client.answer())["id"]
                    else:
                        event = json.loads(self._socket.recv())
                        seen.append((time.perf_counter() - started, event))
        own = [(at, event) for at, event in seen if event.get("job_id") == job_id]
        _check(own[-1][1])
        return own[0][0], own[-1][0]

    def drain(self) -> None:
        """Read the events of a job that something else has waited for. Raises RuntimeError when it failed."""
        while True:
            event = json.loads(self._socket.recv())
            if event.get("type") == "job.finished":
                _check(event)
                return


def _has_ended(job_id: str, seen: list[tuple[float, Event]]) -> bool:
    return any(event.get("job_id") == job_id and event["type"] == "job.finished" for _, event in seen)


def _check(event: Event) -> None:
    """A job that fails soon would make a fine figure."""
    if event["data"]["state"] != "succeeded":
        raise RuntimeError(f"the job did not succeed: {event['data']}")
