"""Large files that go straight to S3 are sent once too, whatever becomes of the command that sends them."""

import subprocess
from pathlib import Path

import pytest
from support.flaky_front import flaky_front
from support.in_s3 import api_in_s3
from support.media import wav
from support.s3_server import S3
from support.shell import COMMAND, environment, run

from cli.exits import Exit
from triptych.client import Client
from triptych.client.direct import PART_BYTES

pytestmark = pytest.mark.stack
CONVERT = ("-p", "audio.convert", "--no-remember")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A WAV file of three parts."""
    path = tmp_path / "talk.wav"
    path.write_bytes(wav(int(1.2 * PART_BYTES)))
    return path


def test_an_upload_goes_on_that_a_killed_command_began(
    home: Path, migrated_sqlite: Path, redis_url: str, s3: S3, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("submit", str(recording), *CONVERT)
    with (
        flaky_front(s3.endpoint, holds_at=int(1.5 * PART_BYTES)) as front,
        api_in_s3(home, migrated_sqlite, redis_url, front.url) as url,
        Client(url) as client,
    ):
        with subprocess.Popen([*COMMAND, *command], env=environment(url)) as process:
            assert front.holding.wait(60)
            process.kill()
        sent_bytes = front.asked_bytes
        monkeypatch.setenv("TRIPTYCH_URL", url)

        done = run(*command)

        [upload] = client.uploads.list()
        [given] = client.jobs.get(done.out.split()[0]).inputs
    size_bytes = recording.stat().st_size
    sent_again_bytes = front.asked_bytes - sent_bytes - size_bytes  # since the API keeps the whole there itself
    assert (done.status, upload.file_id, upload.part_bytes) == (Exit.DONE, given.file_id, PART_BYTES)
    assert sent_again_bytes < size_bytes - 0.9 * PART_BYTES
    assert s3.unjoined() == []
