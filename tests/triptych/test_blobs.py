from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from triptych.blobs import Blobs, TooLarge


def files_in(blobs: Blobs) -> list[Path]:
    return [path for path in blobs.root.rglob("*") if path.is_file()]


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "blobs")


def test_kept_content_lies_under_its_hash(blobs: Blobs) -> None:
    blob = blobs.keep(blobs.receive([b"hello ", b"world"], limit_bytes=100))

    assert blob.sha256 == sha256(b"hello world").hexdigest()
    assert blobs.path(blob.sha256).read_bytes() == b"hello world"


def test_the_same_content_is_kept_once(blobs: Blobs) -> None:
    for _ in range(2):
        blobs.keep(blobs.receive([b"same"], limit_bytes=100))

    assert len(files_in(blobs)) == 1


def test_a_stream_past_the_limit_leaves_nothing(blobs: Blobs) -> None:
    with pytest.raises(TooLarge, match="10 bytes"):
        blobs.receive([b"123456", b"789012"], limit_bytes=10)

    assert files_in(blobs) == []


def test_a_stream_that_breaks_leaves_nothing(blobs: Blobs) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionResetError("gone")

    with pytest.raises(Exception, match="gone"):
        blobs.receive(broken(), limit_bytes=100)

    assert files_in(blobs) == []


def test_what_is_written_into_scratch_is_read_again_and_has_no_name(blobs: Blobs) -> None:
    with blobs.scratch() as scratch:
        scratch.write([b"hello ", b"world"])
        names = files_in(blobs)
        read = b"".join(scratch.read())

    assert (read, names) == (b"hello world", [])


def test_a_discarded_draft_leaves_nothing(blobs: Blobs) -> None:
    draft = blobs.receive([b"unwanted"], limit_bytes=100)

    draft.discard()

    assert files_in(blobs) == []
