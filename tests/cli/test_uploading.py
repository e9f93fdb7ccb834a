"""Large files are sent once, whatever becomes of the command that sends them."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from support.flaky_front import flaky_front
from support.shell import COMMAND, environment

from cli.exits import Exit
from cli.uploading import LARGE_BYTES

CONVERT = ("-p", "audio.convert", "--no-remember")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A WAV file that is just too large to go along."""
    path = tmp_path / "talk.wav"
    size_bytes = LARGE_BYTES + 1
    header = b"RIFF" + (size_bytes + 36).to_bytes(4, "little") + b"WAVEfmt " + bytes.fromhex("10000000010001")
    header += bytes.fromhex("00401f0000803e000002001000") + b"data" + size_bytes.to_bytes(4, "little")
    path.write_bytes(header + os.urandom(size_bytes))
    return path


def test_an_upload_goes_on_that_a_killed_command_began(
    triptych, working, client, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {upload.id for upload in client.uploads.list()}
    with flaky_front(working.url, holds_at=8_000_000) as front:
        with subprocess.Popen([*COMMAND, "submit", str(recording), *CONVERT], env=environment(front.url)) as process:
            assert front.holding.wait(60)
            process.kill()
        sent_bytes = front.asked_bytes
        monkeypatch.setenv("TRIPTYCH_URL", front.url)

        done = triptych("submit", str(recording), *CONVERT)

    [upload] = [upload for upload in client.uploads.list() if upload.id not in before]
    assert (done.status, upload.size_bytes) == (Exit.DONE, recording.stat().st_size)
    assert front.asked_bytes - sent_bytes < recording.stat().st_size - 4_000_000


@pytest.mark.parametrize(
    ("is_piped", "said"),
    [
        (False, ["talk.wav: what was sent is kept for a while: ask for the same again, and it goes on"]),
        (True, []),  # nobody can tell it from what is piped another time
    ],
)
def test_ctrl_c_while_a_file_is_sent_says_whether_it_can_go_on(
    working, recording: Path, is_piped: bool, said: list[str]
) -> None:
    command = [*COMMAND, "submit", "-" if is_piped else str(recording), *CONVERT]
    with flaky_front(working.url, holds_at=8_000_000) as front, recording.open() as stdin:
        pipes = {"stdin": stdin, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, env=environment(front.url), **pipes) as process:
            assert front.holding.wait(60)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (Exit.INTERRUPTED, "")
    assert err.splitlines()[1:] == said


def test_a_file_that_is_there_already_is_not_sent_again(triptych, client, recording: Path) -> None:
    first = triptych("submit", str(recording), *CONVERT)
    again = triptych("submit", str(recording), "-p", "audio.analyze", "--no-remember")

    jobs = [client.jobs.get(done.out.split()[0]) for done in (first, again)]
    assert jobs[0].inputs == jobs[1].inputs


def test_a_file_that_was_deleted_there_is_sent_anew(triptych, client, recording: Path) -> None:
    first = client.jobs.get(triptych("submit", str(recording), *CONVERT).out.split()[0])
    client.jobs.wait(first.id)
    client.jobs.delete(first.id, inputs=True)

    again = client.jobs.get(triptych("submit", str(recording), *CONVERT).out.split()[0])

    assert again.inputs[0].file_id != first.inputs[0].file_id


def test_a_file_that_changed_is_another(triptych, client, recording: Path) -> None:
    first = client.jobs.get(triptych("submit", str(recording), *CONVERT).out.split()[0])
    with recording.open("ab") as file:
        file.write(b"more")

    again = client.jobs.get(triptych("submit", str(recording), *CONVERT).out.split()[0])

    assert again.inputs[0].size_bytes == first.inputs[0].size_bytes + 4


def test_standard_input_leaves_no_mark(triptych, cache: Path, recording: Path) -> None:
    done = triptych("submit", "-", "-p", "audio.convert", stdin=recording.read_bytes())

    assert done.status == Exit.DONE
    assert not cache.exists()
