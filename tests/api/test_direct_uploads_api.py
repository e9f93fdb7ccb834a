"""Files that are sent straight to S3: theirs only when what came is what was told."""

import hashlib
from base64 import b64encode
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from support.media import wav
from support.s3_server import BUCKET
from support.sending import put
from support.stores import HandClock
from support.tus import add

from api import EXTENSION
from api.room import COMPLETIONS_EACH, LOCAL_USER
from triptych.pending.expiring import remove_expired
from triptych.store import open_blobs
from triptych.uploads import list_owned

DIRECT, FILES = "/api/v1/uploads/direct", "/api/v1/files"
SOUND = wav()
LONG = wav(6_000_000)
PART_BYTES = 5 * 1024**2


@pytest.fixture
def s3_store(settings, sqlite_store, s3):
    there = settings.model_copy(update={"blobs_url": f"s3://{BUCKET}/house"})
    return replace(sqlite_store, settings=there, blobs=open_blobs(there))


@pytest.fixture
def s3_client(s3_store, make_client):
    return make_client(s3_store.settings, s3_store)


def told(content=SOUND, name="talk.wav"):
    return {"name": name, "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def begun(client, asked):
    response = client.post(DIRECT, json=asked)
    assert response.status_code == 201, response.text
    return response.get_json()


def sent(client, content, asked):
    """The upload that was asked for, and whose address was sent these bytes."""
    where = begun(client, asked)
    put(where["url"], where["headers"], content)
    return where["id"]


def missing(client, upload_id, **asked):
    """Where the next of its missing parts are sent."""
    response = client.post(f"/api/v1/uploads/{upload_id}/parts", json=asked)
    assert response.status_code == 200, response.text
    return response.get_json()


def counted_bytes(client):
    [line] = [one for one in client.get("/metrics").text.splitlines() if one.startswith("triptych_upload_bytes_total ")]
    return float(line.split()[1])


def completed(client, upload_id):
    return client.post(f"/api/v1/uploads/{upload_id}/complete")


def test_what_was_sent_becomes_a_file(s3_client, s3):
    upload_id = sent(s3_client, SOUND, told())
    before = s3_client.get(FILES).get_json()["items"]

    answers = [completed(s3_client, upload_id) for _ in range(2)]

    assert before == []
    assert [one.status_code for one in answers] == [201, 201]
    file = answers[0].get_json()
    assert answers[1].get_json() == file
    assert (file["name"], file["media_type"], file["sha256"]) == ("talk.wav", "audio/wav", told()["sha256"])
    assert s3.keys() == [f"house/contents/{file['sha256'][:2]}/{file['sha256']}"]
    assert s3_client.get(f"/api/v1/uploads/{upload_id}").get_json()["file_id"] == file["id"]


def test_bytes_of_an_upload_are_counted_once_however_often_it_is_completed(s3_client):
    upload_id = sent(s3_client, SOUND, told())

    counts = [(completed(s3_client, upload_id), counted_bytes(s3_client))[1] for _ in range(3)]

    assert counts == [len(SOUND)] * 3


def test_content_that_is_the_callers_already_need_not_be_sent(sqlite_client):
    file = sqlite_client.post(FILES, query_string={"name": "talk.wav"}, data=SOUND).get_json()

    response = sqlite_client.post(DIRECT, json=told(name="again.wav"))

    assert (response.status_code, response.get_json()) == (200, {"file_id": file["id"]})


def test_that_others_have_a_content_is_not_told(s3_client, s3_store):
    completed(s3_client, sent(s3_client, SOUND, told()))
    with s3_store.database.write() as connection:
        connection.exec_driver_sql("UPDATE files SET owner = 'somebody else'")

    response = s3_client.post(DIRECT, json=told())

    assert response.status_code == 201


def test_hash_that_is_told_is_signed_with_the_size_so_that_s3_takes_nothing_else(s3_client):
    with_hash, without = (begun(s3_client, {**told(), "sha256": sha256}) for sha256 in (told()["sha256"], None))

    signed = [parse_qs(urlsplit(one["url"]).query)["X-Amz-SignedHeaders"] for one in (with_hash, without)]

    assert with_hash["headers"]["x-amz-checksum-sha256"] == b64encode(hashlib.sha256(SOUND).digest()).decode()
    assert signed == [["content-length;content-type;host;x-amz-checksum-sha256"], ["content-length;content-type;host"]]


def test_content_whose_hash_nobody_told_becomes_a_file(s3_client):
    upload_id = sent(s3_client, SOUND, {**told(), "sha256": None})

    file = completed(s3_client, upload_id).get_json()

    assert file["sha256"] == told()["sha256"]


def test_parts_are_asked_for_sent_in_any_order_and_become_a_file(s3_client, s3):
    upload = begun(s3_client, {**told(LONG), "part_bytes": PART_BYTES})
    first = missing(s3_client, upload["id"], limit=2)
    second = missing(s3_client, upload["id"], limit=2, after=first["next"])
    for part in reversed(first["items"] + second["items"]):
        put(part["url"], part["headers"], LONG[part["offset"] :][: part["size_bytes"]])
    afterwards = missing(s3_client, upload["id"])
    shown = s3_client.get(f"/api/v1/uploads/{upload['id']}").get_json()

    file = completed(s3_client, upload["id"]).get_json()

    assert (upload["url"], upload["part_bytes"], upload["part_count"]) == (None, PART_BYTES, 3)
    assert (afterwards["items"], afterwards["next"], afterwards["sent_bytes"]) == ([], None, len(LONG))
    assert (shown["part_bytes"], shown["offset"], shown["file_id"]) == (PART_BYTES, len(LONG), None)
    assert (file["sha256"], file["size_bytes"]) == (told(LONG)["sha256"], len(LONG))
    assert s3.keys() == [f"house/contents/{file['sha256'][:2]}/{file['sha256']}"]


def test_few_uploads_are_read_at_a_time_so_that_others_are_served(s3_client):
    upload_id = sent(s3_client, SOUND, told())
    places = s3_client.application.extensions[EXTENSION].completions
    for _ in range(COMPLETIONS_EACH):
        places.take(LOCAL_USER)

    refused = completed(s3_client, upload_id)
    places.give_back(LOCAL_USER)
    taken = completed(s3_client, upload_id)

    assert (refused.status_code, refused.get_json()["code"]) == (503, "too_many_clients")
    assert "Retry-After" in refused.headers
    assert taken.status_code == 201


def test_upload_in_parts_is_no_file_before_all_have_come(s3_client):
    upload = begun(s3_client, {**told(LONG), "part_bytes": PART_BYTES})
    [part] = missing(s3_client, upload["id"], limit=1)["items"]
    put(part["url"], part["headers"], LONG[:PART_BYTES])

    response = completed(s3_client, upload["id"])

    assert (response.status_code, response.get_json()["code"]) == (409, "parts_missing")
    assert "2 of 3 parts were not sent yet: 2, 3" in response.get_json()["detail"]
    assert s3_client.get(FILES).get_json()["items"] == []


def test_more_than_one_request_takes_is_asked_for_in_parts(s3_store, make_client):
    fifty_gb = {"name": "film.mp4", "size_bytes": 50_000_000_000}
    roomy = s3_store.settings.model_copy(update={"upload_bytes": 10**11})
    client = make_client(roomy, replace(s3_store, settings=roomy))

    refused = client.post(DIRECT, json=fifty_gb)
    upload = begun(client, {**fifty_gb, "part_bytes": 64 * 1024**2})

    assert (refused.status_code, refused.get_json()["code"]) == (409, "not_supported")
    assert "part_bytes" in refused.get_json()["detail"]
    assert upload["part_count"] == 746
    assert [part["number"] for part in missing(client, upload["id"], after=700, limit=1000)["items"]][-1] == 746


def test_tus_adds_nothing_to_an_upload_straight_to_s3(s3_client):
    upload = begun(s3_client, {**told(LONG), "part_bytes": PART_BYTES})

    response = add(s3_client, f"/api/v1/uploads/{upload['id']}", 0, b"words")

    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


def test_session_tells_whether_files_can_be_sent_straight(s3_client, sqlite_client):
    offers = [
        client.get("/api/v1/session").get_json()["limits"]["direct_uploads"] for client in (s3_client, sqlite_client)
    ]

    assert offers == [True, False]


def test_nothing_can_be_sent_straight_to_a_directory(sqlite_client):
    response = sqlite_client.post(DIRECT, json=told())

    assert (response.status_code, response.get_json()["code"]) == (409, "not_supported")
    assert sqlite_client.get("/api/v1/uploads").get_json()["items"] == []


def test_upload_of_which_nothing_came_waits(s3_client):
    upload_id = s3_client.post(DIRECT, json=told()).get_json()["id"]

    response = completed(s3_client, upload_id)

    assert (response.status_code, response.get_json()["code"]) == (409, "nothing_sent")
    assert s3_client.get(f"/api/v1/uploads/{upload_id}").status_code == 200


@pytest.mark.parametrize("content", [SOUND[:-1], SOUND + b"x", SOUND[:-1] + b"x"])
def test_other_bytes_than_were_told_become_no_file(s3_client, s3_store, content, left_behind):
    upload_id = sent(s3_client, content, told())

    response = completed(s3_client, upload_id)

    assert (response.status_code, response.get_json()["code"]) == (422, "other_content")
    assert list_owned(s3_store, "local", None, 10) == []
    assert left_behind() == []


def test_bad_file_is_refused_and_nothing_is_left(s3_client, s3, left_behind):
    upload_id = sent(s3_client, b"just words", told(b"just words"))

    response = completed(s3_client, upload_id)

    assert (response.status_code, response.get_json()["code"]) == (415, "media_type_mismatch")
    assert (s3.keys(), left_behind()) == ([], [])
    assert completed(s3_client, upload_id).status_code == 404


def test_expired_and_given_up_uploads_leave_nothing(s3_client, s3_store, s3):
    given_up, _expired = (sent(s3_client, SOUND, told()) for _ in range(2))

    s3_client.delete(f"/api/v1/uploads/{given_up}", headers={"Tus-Resumable": "1.0.0"})
    removed = remove_expired(replace(s3_store, clock=HandClock(s3_store.clock() + 90_000)))

    assert removed == 1
    assert s3.keys() == []


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"part_bytes": 5 * 1024**2 - 1}, 422, "invalid_request"),
        ({"size_bytes": 0}, 422, "empty_file"),
        ({"size_bytes": 2**40}, 413, "too_large"),
        ({"size_bytes": -1}, 422, "invalid_request"),
        ({"sha256": "ABC"}, 422, "invalid_request"),
        ({"name": "n" * 300}, 422, "name_too_long"),
    ],
)
def test_upload_that_is_asked_for_badly_is_refused(sqlite_client, changed, status, code):
    response = sqlite_client.post(DIRECT, json={**told(), **changed})

    assert (response.status_code, response.get_json()["code"]) == (status, code)
