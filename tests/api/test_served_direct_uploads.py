"""Uploads straight to S3 under the real server: many at once, and none that keeps others waiting."""

import json
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from support.api_process import Served, served_api
from support.s3_server import BUCKET, S3
from support.sending import put
from support.until import until

from triptych.settings import Settings

pytestmark = pytest.mark.stack
UPLOADS = "/api/v1/uploads"
IN_PARTS = {"name": "talk.txt", "part_bytes": 5 * 1024**2}
WAIT_S = 60


@pytest.fixture
def own_home(tmp_path: Path, migrated_sqlite: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    shutil.copy(migrated_sqlite, tmp_path / "triptych.db")
    monkeypatch.setenv("TRIPTYCH_BLOBS_URL", f"s3://{BUCKET}/served")
    return Settings(home=tmp_path, redis_url=redis_url)


@contextmanager
def silent_s3() -> Iterator[tuple[str, socket.socket]]:
    """Something that is asked and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=8) as listener:
        listener.settimeout(WAIT_S)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", listener


def ask(served: Served, method: str, path: str, body: object = None):
    """The status and the JSON of the answer."""
    with closing(HTTPConnection("127.0.0.1", served.port, timeout=WAIT_S)) as connection:
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")


def test_many_uploads_in_parts_at_once_all_become_files(own_home: Settings, s3: S3) -> None:
    def bring(number: int) -> str:
        words = f"the words of number {number}".encode()
        _, upload = ask(served, "POST", f"{UPLOADS}/direct", {**IN_PARTS, "size_bytes": len(words)})
        _, parts = ask(served, "POST", f"{UPLOADS}/{upload['id']}/parts", {})
        for part in parts["items"]:
            put(part["url"], part["headers"], words)
        return until(lambda: completed(upload["id"]), longest_s=WAIT_S)

    def completed(upload_id: str) -> str | None:
        status, told = ask(served, "POST", f"{UPLOADS}/{upload_id}/complete")
        assert status in (201, 503), told
        return told.get("sha256")

    with served_api(own_home) as served, ThreadPoolExecutor(10) as pool:
        hashes = list(pool.map(bring, range(30)))

    assert sorted(s3.keys()) == sorted(f"served/contents/{one[:2]}/{one}" for one in hashes)
    assert s3.unjoined() == []


def test_others_are_answered_and_change_things_while_s3_is_silent(
    own_home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silent_s3() as (url, listener), ThreadPoolExecutor(1) as pool:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        with served_api(own_home) as served:
            begins = pool.submit(ask, served, "POST", f"{UPLOADS}/direct", {**IN_PARTS, "size_bytes": 9})
            asked, _ = listener.accept()
            statuses = [
                ask(served, "POST", "/api/v1/jobs", {"pipeline": "text.keywords", "text": f"words {number}"})[0]
                for number in range(10)
            ]
            was_waiting = not begins.done()
            listener.close()
            asked.close()
            status, problem = begins.result()
            _, left = ask(served, "GET", UPLOADS)

    assert (statuses, was_waiting) == ([202] * 10, True)
    assert (status, problem["code"]) == (503, "blobs_away")
    assert left["items"] == []
