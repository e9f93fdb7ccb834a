"""What tests of `/api/v1/listen` say and ask for."""

import json
import random
import urllib.error
import urllib.request
import wave
from io import BytesIO
from typing import Any

from support.api_process import Served
from support.live_client import LiveClient

SOUND = random.Random(7).randbytes(64_000)  # two seconds of noise


def begun(client: LiveClient, **asked: Any) -> dict[str, Any]:  # Any: JSON
    """What is told when a recording begins."""
    client.ask("start", **asked)
    return client.told("started")


def job_of(served: Served, job_id: str) -> Any:  # Any: JSON
    """The job as the API tells it."""
    return json.loads(get(served, f"/api/v1/jobs/{job_id}"))


def samples_of(served: Served, file_id: str) -> bytes:
    """The samples of the WAV file that is kept."""
    with wave.open(BytesIO(get(served, f"/api/v1/files/{file_id}/content"))) as file:
        return file.readframes(file.getnframes())


def status_of(served: Served, path: str) -> int:
    """The status that a GET of ``path`` is answered with."""
    try:
        get(served, path)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    return 200


def get(served: Served, path: str) -> bytes:
    """What stands at ``path``; HTTPError where it is refused."""
    with urllib.request.urlopen(f"{served.url}{path}", timeout=30) as answer:
        return bytes(answer.read())
