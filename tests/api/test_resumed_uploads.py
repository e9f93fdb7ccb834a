"""An upload through a proxy that limits bodies and hangs up, to a server that is killed meanwhile."""

import hashlib
import json
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.api_process import served_api
from support.media import wav

from bench.mean_proxy import mean_proxy
from bench.tus import Upload
from triptych.settings import Settings

pytestmark = pytest.mark.stack

MB = 1_000_000
CONTENT = wav(4_200_000)


def pieces(offset: int, size_bytes: int) -> Iterator[bytes]:
    end = offset + size_bytes
    return (CONTENT[at : min(at + 50_000, end)] for at in range(offset, end, 50_000))


@pytest.fixture
def own_home(tmp_path: Path, migrated_sqlite: Path, redis_url: str) -> Settings:
    shutil.copy(migrated_sqlite, tmp_path / "triptych.db")
    return Settings(home=tmp_path, redis_url=redis_url)


def test_eight_megabytes_arrive_whole_through_five_breaks_and_a_killed_server(own_home: Settings) -> None:
    cuts = [MB // 3, 2 * MB, 3 * MB + 10, 6 * MB, 7 * MB]
    with mean_proxy(0, limit_bytes=MB, cuts=cuts) as proxy:
        with served_api(own_home) as first:
            proxy.target_port = first.port
            upload = Upload(proxy.url, pieces, len(CONTENT), MB, "talk.wav")
            upload.send(up_to=4 * MB)
            first.process.kill()
        with served_api(own_home) as second:
            proxy.target_port = second.port
            file_id = upload.send()

            with urllib.request.urlopen(f"{second.url}/api/v1/files/{file_id}") as answer:
                file = json.load(answer)

    assert (proxy.cut, proxy.refused) == (len(cuts), 0)
    assert (file["size_bytes"], file["sha256"]) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert [path.name for path in own_home.blobs.rglob("*") if path.is_file()] == [file["sha256"]]
