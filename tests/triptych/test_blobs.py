"""One suite for every blob store: a directory, and S3 with its cache."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from support.s3_server import BUCKET, S3

from triptych.blobs import Blobs, BlobsAway, DirectoryBlobs, TooLarge
from triptych.blobs.cache import Cache
from triptych.blobs.s3 import open_s3

ABSENT = "ab" * 32
SOON, LONG_AGO = 1e11, 0.0  # seconds since the epoch


def files_in(blobs: Blobs) -> list[Path]:
    return [path for path in blobs.root.rglob("*") if path.is_file()]


def an_s3(tmp_path: Path, most_bytes: int = 1000) -> Blobs:
    home = tmp_path / "home"
    return open_s3(home / "blobs", f"s3://{BUCKET}/house", Cache(home / "cache", most_bytes))


@pytest.fixture(params=["directory", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "directory":
        return DirectoryBlobs(tmp_path / "blobs")
    request.getfixturevalue("s3")
    return an_s3(tmp_path)


def kept(blobs: Blobs, content: bytes) -> str:
    return blobs.keep(blobs.receive([content], limit_bytes=1 << 20)).sha256


def held(blobs: Blobs, name: str) -> bytes:
    with blobs.at_hand(name) as path:
        return path.read_bytes()


def test_kept_content_is_there_under_its_hash(blobs: Blobs) -> None:
    blob = blobs.keep(blobs.receive([b"hello ", b"world"], limit_bytes=100))

    assert (blob.sha256, blob.size_bytes) == (sha256(b"hello world").hexdigest(), 11)
    assert held(blobs, blob.sha256) == b"hello world"
    assert list(blobs.on_their_way()) == []


def test_the_same_content_is_kept_once(blobs: Blobs) -> None:
    names = {kept(blobs, b"same") for _ in range(2)}

    assert list(blobs.contents_before(SOON)) == [*names]


def test_finished_file_is_copied_in_and_stays(blobs: Blobs, tmp_path: Path) -> None:
    (tmp_path / "made").write_bytes(b"made")

    blob = blobs.keep_file(tmp_path / "made")

    assert (tmp_path / "made").read_bytes() == held(blobs, blob.sha256) == b"made"


def test_lent_content_can_be_read_though_it_is_removed_from_the_store(blobs: Blobs, tmp_path: Path) -> None:
    desk = tmp_path / "home" / "desk"
    desk.mkdir(parents=True)
    name = kept(blobs, b"to be read")

    paths = [blobs.lend(name, desk) for _ in range(2)]

    assert [path.read_bytes() for path in paths] == [b"to be read"] * 2


def test_content_is_read_from_any_place(blobs: Blobs) -> None:
    content = bytes(range(256)) * 40
    name = kept(blobs, content)

    with blobs.open(name, len(content)) as file:
        file.seek(1000)
        middle = file.read(10)
        file.seek(len(content) - 3)
        end = file.read(10)

    assert (middle, end) == (content[1000:1010], content[-3:])


@pytest.mark.parametrize("ask", [held, lambda blobs, name: blobs.open(name, 10)])
def test_content_that_is_not_there_is_told_as_that(blobs: Blobs, ask) -> None:
    with pytest.raises(FileNotFoundError):
        ask(blobs, ABSENT)

    assert not blobs.is_from_before(ABSENT, SOON)


def test_removed_content_is_gone(blobs: Blobs) -> None:
    name = kept(blobs, b"unwanted")

    for _ in range(2):
        blobs.remove(name)

    with pytest.raises(FileNotFoundError):
        held(blobs, name)


def test_contents_tell_when_they_were_kept(blobs: Blobs) -> None:
    name = kept(blobs, b"new")

    assert (list(blobs.contents_before(LONG_AGO)), blobs.is_from_before(name, LONG_AGO)) == ([], False)
    assert (list(blobs.contents_before(SOON)), blobs.is_from_before(name, SOON)) == ([name], True)


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


def test_another_machine_fetches_what_it_reads_and_keeps_no_more_than_it_may(s3: S3, tmp_path: Path) -> None:
    here, there = an_s3(tmp_path / "here"), an_s3(tmp_path / "there", most_bytes=250)
    names = [kept(here, bytes([n]) * 100) for n in range(4)]

    read = [held(there, name) for name in names]

    assert read == [bytes([n]) * 100 for n in range(4)]
    assert {path.name for path in (tmp_path / "there" / "home" / "cache").iterdir()} == set(names[2:])


def test_what_is_read_stays_while_the_cache_makes_room(s3: S3, tmp_path: Path) -> None:
    blobs = an_s3(tmp_path, most_bytes=10)
    name = kept(blobs, b"a" * 100)

    with blobs.at_hand(name) as path:
        kept(blobs, b"b" * 100)
        read = path.read_bytes()

    assert read == b"a" * 100


def test_content_that_came_broken_is_not_taken(s3: S3, tmp_path: Path) -> None:
    name = kept(an_s3(tmp_path / "here"), b"true")
    [key] = s3.keys()
    s3.client.put_object(Bucket=BUCKET, Key=key, Body=b"false")

    with pytest.raises(BlobsAway, match="another hash"):
        held(an_s3(tmp_path / "there"), name)

    assert files_in(an_s3(tmp_path / "there")) == []


def test_store_that_does_not_answer_is_told_as_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "REGION": "eu-west-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    blobs = an_s3(tmp_path)
    draft = blobs.receive([b"words"], limit_bytes=100)

    with pytest.raises(BlobsAway):
        blobs.keep(draft)
    with pytest.raises(BlobsAway):
        held(blobs, ABSENT)

    assert draft.path.exists()
