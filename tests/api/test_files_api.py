"""Files: kept once, told as they are, sent back byte for byte."""

import io

import pytest
from support.media import jpeg, wav

FILES = "/api/v1/files"


@pytest.mark.parametrize("as_form", [True, False])
def test_uploaded_file_comes_back_byte_for_byte(client, fetch, as_form):
    if as_form:
        answer = client.post(FILES, data={"file": (io.BytesIO(wav()), "talk.wav")})
    else:
        answer = client.post(f"{FILES}?name=talk.wav", data=wav(), content_type="application/octet-stream")

    file = answer.get_json()
    sent = fetch(file["url"])
    assert answer.status_code == 201
    assert client.get(answer.headers["Location"]).get_json() == file
    assert (file["name"], file["media_type"], file["size_bytes"]) == ("talk.wav", "audio/wav", len(wav()))
    assert sent.data == wav()
    assert sent.headers["ETag"] == f'"{file["sha256"]}"'


def test_ranges_of_a_file_are_honoured(sqlite_client, fetch):
    file = sqlite_client.post(f"{FILES}?name=a.txt", data=b"0123456789").get_json()

    tail, beyond, other = (fetch(file["url"], Range=asked) for asked in ("bytes=-3", "bytes=10-", "lines=1-2"))

    assert (tail.status_code, tail.data) == (206, b"789")
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */10")
    assert (other.status_code, other.data) == (200, b"0123456789")


def test_files_are_listed_page_by_page_newest_first(client):
    brought = [client.post(f"{FILES}?name={n}.txt", data=f"words {n}").get_json() for n in range(5)]

    pages = [client.get(f"{FILES}?limit=2").get_json()]
    while pages[-1]["next"]:
        pages.append(client.get(f"{FILES}?limit=2&cursor={pages[-1]['next']}").get_json())

    assert [len(page["items"]) for page in pages] == [2, 2, 1]
    assert [item for page in pages for item in page["items"]] == brought[::-1]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=x", "state=queued"])
def test_page_that_cannot_be_is_refused(sqlite_client, query):
    response = sqlite_client.get(f"{FILES}?{query}")

    assert (response.status_code, response.get_json()["code"]) == (422, "invalid_request")


def test_unused_file_is_deleted(client):
    file = client.post(f"{FILES}?name=a.txt", data=b"words").get_json()

    first, second = client.delete(f"{FILES}/{file['id']}"), client.delete(f"{FILES}/{file['id']}")

    assert (first.status_code, second.status_code) == (204, 404)


def test_file_that_a_job_uses_stays(client):
    file = client.post(f"{FILES}?name=a.txt", data=b"words").get_json()
    client.post("/api/v1/jobs", json={"pipeline": "text.keywords", "files": [file["id"]]})

    response = client.delete(f"{FILES}/{file['id']}")

    assert (response.status_code, response.get_json()["code"]) == (409, "file_in_use")
    assert client.get(f"{FILES}/{file['id']}").status_code == 200


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\letters\\a.txt", "a.txt"),
        ("-y.txt", "-y.txt"),
        ("concat:a|b", "concat:a|b"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("photo\u202egpj.txt", "photogpj.txt"),
        ("nul\0.txt", "nul.txt"),
        ("..", "upload"),
        ("/", "upload"),
        ("Gru\u0308\u00dfe.txt", "Gr\u00fc\u00dfe.txt"),
    ],
)
def test_name_is_cleaned_and_never_a_path(sqlite_client, fetch, name, kept):
    file = sqlite_client.post(FILES, query_string={"name": name}, data=b"words").get_json()

    sent = fetch(file["url"])

    assert file["name"] == kept
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.data == b"words"


def test_same_content_is_stored_once(sqlite_client, left_behind):
    for name in ("a.jpg", "b.jpg"):
        sqlite_client.post(f"{FILES}?name={name}", data=SAME)

    kept = left_behind()

    assert len(kept) == 1


SAME = jpeg()
