"""A watcher of the events over the WebSocket, as the UI is one."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bench.load import Client


class Watcher:
    """Sees every event of the API at ``url``."""

    def __init__(self, url: str) -> None:
        from websocket import create_connection

        self._socket = create_connection(f"ws://{urlsplit(url).netloc}/api/v1/socket", timeout=60, origin=url)

    def submit(self, client: Client, body: bytes) -> tuple[float, float]:
        """Hand in a job; seconds until its first event and until it is finished. Raises RuntimeError when it failed."""
        started = time.perf_counter()
        job_id = json.loads(client.send("POST", "/api/v1/jobs", body))["id"]
        first = 0.0
        while True:
            event = json.loads(self._socket.recv())
            if event.get("job_id") == job_id:
                first = first or time.perf_counter() - started
                if event["type"] == "job.finished":
                    _check(event)
                    return first, time.perf_counter() - started

    def drain(self) -> None:
        """Read the events of a job that something else has waited for. Raises RuntimeError when it failed."""
        while True:
            event = json.loads(self._socket.recv())
            if event.get("type") == "job.finished":
                _check(event)
                return


def _check(event: Mapping[str, Any]) -> None:  # Any: JSON
    """A job that fails soon would make a fine figure."""
    if event["data"]["state"] != "succeeded":
        raise RuntimeError(f"the job did not succeed: {event['data']}")
