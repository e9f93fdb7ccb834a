"""What is fetched is whole and the very same, or it is not there."""

import gzip
import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from support.at_work import AtWork
from support.flaky_front import flaky_front
from support.scripted_server import Answer

from triptych.client import Client, Incomplete, NotFound, Patience, Source
from triptych.client.records.file import File

TEXT = "".join(f"line {number} of a long text\n" for number in range(60_000)).encode()


def a_file(size_bytes: int = 6) -> File:
    return File(
        id="F",
        name="talk.txt",
        media_type="text/plain",
        size_bytes=size_bytes,
        sha256="",
        created_at="",
        url="/api/v1/files/F/content",
    )


def test_a_download_that_breaks_goes_on_where_it_stopped(
    client: Client, working: AtWork, quick: Patience, tmp_path: Path
) -> None:
    file = client.files.upload(Source.of_bytes("long.txt", TEXT))
    path = tmp_path / "long.txt"

    with flaky_front(working.url, [500_000, 400_000, 300]) as front, Client(front.url, patience=quick) as away:
        size_bytes = away.files.download(file, path)

    assert size_bytes == len(TEXT)
    assert path.read_bytes() == TEXT
    assert front.connections == 4


def test_what_changed_meanwhile_is_not_put_together(against, tmp_path: Path) -> None:
    first = Answer(200, b"abc", {"ETag": '"one"'}, claims_bytes=6)
    other = Answer(200, b"uvwxyz", {"ETag": '"two"'})
    path = tmp_path / "talk.txt"
    path.write_bytes(b"before")

    with against(first, other) as (server, client), pytest.raises(Incomplete, match="has changed"):
        client.files.download(a_file(), path)

    assert server.asked[1].headers["Range"] == "bytes=3-"
    assert server.asked[1].headers["If-Range"] == '"one"'
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("talk.txt", b"before")]


def test_bytes_of_another_hash_are_refused(against, tmp_path: Path) -> None:
    etag = f'"{hashlib.sha256(b"abcdef").hexdigest()}"'

    with against(Answer(200, b"abcdeX", {"ETag": etag})) as (_, client), pytest.raises(Incomplete, match="hash"):
        client.files.download(a_file(), tmp_path / "talk.txt")

    assert list(tmp_path.iterdir()) == []


def test_bytes_that_a_proxy_has_packed_are_not_kept_for_the_file(against, tmp_path: Path) -> None:
    packed = Answer(200, gzip.compress(TEXT), {"Content-Encoding": "gzip"})

    with against(packed) as (server, client), pytest.raises(Incomplete, match="packed on its way"):
        client.files.download(a_file(), tmp_path / "talk.txt")

    assert server.asked[0].headers["Accept-Encoding"] == "identity"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_place_for_a_file(client: Client, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        client.files.download(a_file(), tmp_path)


def test_bytes_are_written_as_they_come(client: Client) -> None:
    file = client.files.upload(Source.of_bytes("long.txt", TEXT))
    to, got = BytesIO(), []

    client.files.copy(file, to, lambda size_bytes, whole: got.append((size_bytes, whole)))

    assert to.getvalue() == TEXT
    assert got[-1] == (len(TEXT), len(TEXT))


def test_a_deleted_file_is_not_found(client: Client, tmp_path: Path) -> None:
    file = client.files.upload(Source.of_bytes("short.txt", b"short"))
    client.files.delete(file.id)

    with pytest.raises(NotFound):
        client.files.download(file, tmp_path / "short.txt")

    assert list(tmp_path.iterdir()) == []
