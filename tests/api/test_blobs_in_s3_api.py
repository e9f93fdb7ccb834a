"""The API where files lie in S3: nothing of it is seen, but that S3 may be away."""

from dataclasses import replace

import pytest
from support.media import jpeg, wav
from support.s3_server import BUCKET
from support.tus import add, begun

from triptych.store import open_blobs

FILES = "/api/v1/files"


@pytest.fixture
def s3_settings(settings, s3):
    return settings.model_copy(update={"blobs_url": f"s3://{BUCKET}/house"})


@pytest.fixture
def s3_client(s3_settings, sqlite_store, make_client):
    return make_client(s3_settings, replace(sqlite_store, settings=s3_settings, blobs=open_blobs(s3_settings)))


def get(client, url, **headers):
    with client.get(url, headers=headers, buffered=True) as response:
        return response


def empty_cache(settings):
    for path in settings.blob_cache.iterdir():
        path.unlink()


@pytest.mark.parametrize("is_cached", [True, False])
def test_file_is_sent_whole_and_in_ranges(s3_client, s3_settings, s3, is_cached):
    content = wav(2_000_000)
    file = s3_client.post(FILES, query_string={"name": "talk.wav"}, data=content).get_json()
    if not is_cached:
        empty_cache(s3_settings)

    whole, part = get(s3_client, file["url"]), get(s3_client, file["url"], Range="bytes=3000000-3000009")

    assert (whole.status_code, whole.data == content) == (200, True)
    assert int(whole.headers["Content-Length"]) == len(content)
    assert (part.status_code, part.data) == (206, content[3_000_000:3_000_010])
    assert s3.keys() == [f"house/contents/{file['sha256'][:2]}/{file['sha256']}"]


@pytest.mark.parametrize("is_cached", [True, False])
@pytest.mark.parametrize(
    ("asked", "status", "content_range"),
    [
        ({"If-None-Match": 'W/{tag}, "another"'}, 304, None),
        ({"If-None-Match": "{tag}", "Range": "bytes=10-"}, 304, None),
        ({"Range": "bytes=-3"}, 206, "bytes 7-9/10"),
        ({"Range": "bytes=2-", "If-Range": "{tag}"}, 206, "bytes 2-9/10"),
        ({"Range": "bytes=2-", "If-Range": '"another"'}, 200, None),
        ({"Range": "bytes=0-0,-1"}, 200, None),
        ({"Range": "bytes=10-"}, 416, "bytes */10"),
        ({"If-Match": '"another"'}, 412, None),
    ],
)
def test_conditions_are_heeded_as_elsewhere(s3_client, s3_settings, is_cached, asked, status, content_range):
    file = s3_client.post(FILES, query_string={"name": "a.txt"}, data=b"0123456789").get_json()
    if not is_cached:
        empty_cache(s3_settings)
    said = {name: value.format(tag=f'"{file["sha256"]}"') for name, value in asked.items()}

    answer = get(s3_client, file["url"], **said)
    with s3_client.head(file["url"], headers=said) as head:
        heads = (head.status_code, head.data)

    assert (answer.status_code, answer.headers.get("Content-Range")) == (status, content_range)
    assert status not in (200, 206) or answer.data == b"0123456789"[-answer.content_length :]
    assert heads == (status if status in (304, 412) else 200, b"")


def test_upload_in_several_requests_goes_there_when_it_is_whole(s3_client, s3_settings, s3):
    url = begun(s3_client, 10, "a.txt")
    add(s3_client, url, 0, b"five,")
    between = s3.keys()

    done = add(s3_client, url, 5, b"five.")

    assert between == []
    assert len(s3.keys()) == 1
    assert get(s3_client, f"{FILES}/{done.headers['Triptych-File-Id']}/content").data == b"five,five."
    assert [path for path in s3_settings.blobs.rglob("*") if path.is_file()] == []


def test_page_of_a_file_is_drawn_from_there(s3_client, s3_settings):

    file = s3_client.post(FILES, query_string={"name": "a.jpg"}, data=jpeg()).get_json()
    empty_cache(s3_settings)

    page = get(s3_client, f"{FILES}/{file['id']}/pages/1")

    assert (page.status_code, page.content_type) == (200, "image/jpeg")


def test_file_whose_bytes_are_gone_is_not_found(s3_client, s3_settings, s3):
    file = s3_client.post(FILES, query_string={"name": "a.txt"}, data=b"words").get_json()
    empty_cache(s3_settings)
    s3.empty()

    assert get(s3_client, file["url"]).status_code == 404


def test_store_that_is_away_is_told_and_nothing_is_left(
    s3_client, settings, sqlite_store, make_client, monkeypatch, left_behind
):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    away = settings.model_copy(update={"blobs_url": f"s3://{BUCKET}/house"})
    client = make_client(away, replace(sqlite_store, settings=away, blobs=open_blobs(away)))

    refused = client.post(FILES, query_string={"name": "a.txt"}, data=b"words")

    assert (refused.status_code, refused.get_json()["code"]) == (503, "blobs_away")
    assert "Retry-After" in refused.headers
    assert left_behind() == []
    assert client.get(FILES).get_json()["items"] == []
