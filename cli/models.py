"""``triptych models``: what the running API tells of models, bringing one while its progress is shown, removing one."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from cli.errors import CannotStart
from triptych.settings import Settings

TIMEOUT_S = 30.0
WAIT_S = 1.0  # between two looks at a job
MIB = 1 << 20

JsonObject = dict[str, Any]  # Any: JSON


class Api:
    """The API that runs under ``settings``. Every call raises CannotStart when it is away, or refuses."""

    def __init__(self, settings: Settings) -> None:
        self._url = f"http://{settings.host}:{settings.port}"

    def models(self) -> list[JsonObject]:
        """Every model, by name."""
        return list(self._ask("GET", "/api/v1/models")["models"])

    def pull(self, name: str) -> JsonObject:
        """The job that brings the model."""
        return self._ask("POST", "/api/v1/models", {"name": name})

    def job(self, job_id: str) -> JsonObject:
        """A job as it stands."""
        return self._ask("GET", f"/api/v1/jobs/{job_id}")

    def remove(self, name: str) -> None:
        """Take the model's weights from the disk."""
        self._ask("DELETE", f"/api/v1/models/{quote(name)}")

    def _ask(self, method: str, path: str, body: JsonObject | None = None) -> JsonObject:
        request = urllib.request.Request(  # noqa: S310 - http by the line above
            self._url + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                told: JsonObject = json.loads(answer.read() or b"{}")
                return told
        except urllib.error.HTTPError as refused:
            raise CannotStart(_detail(refused)) from None
        except OSError:
            raise CannotStart(f"Triptych does not answer at {self._url}: start it with `triptych up`.") from None


def table(models: list[JsonObject]) -> Iterator[str]:
    """The models as lines: name, whether they are here, how many processes hold them, size on disk, memory, licence."""
    rows = [("MODEL", "HERE", "LOADED", "DISK", "MEMORY", "LICENCE")]
    for model in models:
        here = "pulling" if model["pull"] else "yes" if model["present"] else "no"
        sizes = (_mib(model["size_bytes"]), _mib(model["memory_bytes"]))
        rows.append((model["name"], here, str(len(model["loaded"])), *sizes, model["licence"] or "unknown"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def follow(api: Api, job: JsonObject, show: Callable[[JsonObject], None], wait_s: float = WAIT_S) -> None:
    """Show the job until it has ended. Raises CannotStart when it did not succeed."""
    while job["finished_at"] is None:
        show(job)
        time.sleep(wait_s)
        job = api.job(job["id"])
    if job["state"] != "succeeded":
        raise CannotStart(job["error"]["message"] if job["error"] else f"the job {job['id']} was {job['state']}")
    show(job)


def _mib(size_bytes: int | None) -> str:
    return "-" if size_bytes is None else f"{size_bytes / MIB:.0f} MiB"


def _detail(refused: urllib.error.HTTPError) -> str:
    with refused:
        try:
            return str(json.loads(refused.read())["detail"])
        except (ValueError, KeyError):
            return f"{refused.url} answers {refused.code}: is it Triptych?"
