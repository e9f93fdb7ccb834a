"""Uploads in several requests: resumed where they stood, and a file at once or nothing."""

import base64
import hashlib
import io
from dataclasses import replace

import pytest
from support.media import jpeg, wav
from support.stores import HandClock
from support.tus import STRETCH, UPLOADS, VERSION, add, asked, begin, begun, named

from triptych.garbage import GRACE_S, collect_garbage
from triptych.pending.expiring import remove_expired
from triptych.pending.uploads import advance, hold, read_upload

FILES = "/api/v1/files"
WORDS = b"a few words in several requests"


def checksum(algorithm: str, content: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def timed_client(settings, sqlite_store, make_client, clock):
    return make_client(settings, replace(sqlite_store, clock=clock))


def test_options_tell_what_is_spoken(sqlite_client):
    response = sqlite_client.options(UPLOADS)

    assert response.status_code == 204
    assert response.headers["Tus-Version"] == response.headers["Tus-Resumable"] == "1.0.0"
    assert response.headers["Tus-Extension"] == "creation,creation-with-upload,termination,checksum,expiration"
    assert response.headers["Tus-Max-Size"] == str(4 * 1024**3)
    assert response.headers["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"


def test_upload_in_two_requests_becomes_a_file(client, fetch):
    content = wav()
    url = begun(client, len(content), "talk.wav")

    first = add(client, url, 0, content[:1000])
    between = client.get(FILES).get_json()["items"]
    second = add(client, url, 1000, content[1000:])

    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    assert between == []
    assert (second.status_code, second.headers["Upload-Offset"]) == (204, str(len(content)))
    file = client.get(f"{FILES}/{second.headers['Triptych-File-Id']}").get_json()
    assert (file["name"], file["media_type"]) == ("talk.wav", "audio/wav")
    assert fetch(file["url"]).data == content
    assert file["sha256"] == hashlib.sha256(content).hexdigest()


def test_head_tells_how_far_it_is_and_in_the_end_which_file_it_is(sqlite_client):
    url = begun(sqlite_client, len(WORDS), "a name.txt")
    add(sqlite_client, url, 0, WORDS[:10])

    during = asked(sqlite_client, url)
    done = add(sqlite_client, url, 10, WORDS[10:])
    after = asked(sqlite_client, url)

    assert (during.headers["Upload-Offset"], during.headers["Upload-Length"]) == ("10", str(len(WORDS)))
    assert during.headers["Upload-Metadata"] == named("a name.txt")["Upload-Metadata"]
    assert during.headers["Cache-Control"] == "no-store"
    assert "Triptych-File-Id" not in during.headers
    assert after.headers["Triptych-File-Id"] == done.headers["Triptych-File-Id"]


def test_upload_is_told_as_json_and_listed(sqlite_client):
    first, second = begun(sqlite_client, 100, "a.txt"), begun(sqlite_client, 200, "b.txt")
    add(sqlite_client, second, 0, b"words")

    told = sqlite_client.get(second).get_json()
    page = sqlite_client.get(f"{UPLOADS}?limit=1").get_json()
    rest = sqlite_client.get(f"{UPLOADS}?limit=1&cursor={page['next']}").get_json()

    assert (told["name"], told["size_bytes"], told["offset"], told["file_id"]) == ("b.txt", 200, 5, None)
    assert page["items"] == [told]
    assert [first.endswith(one["id"]) for one in rest["items"]] == [True]
    assert rest["next"] is None


def test_first_bytes_may_come_with_the_beginning(sqlite_client):
    headers = {**VERSION, **STRETCH, "Upload-Length": str(len(WORDS)), **named("talk.txt")}

    response = sqlite_client.post(UPLOADS, headers=headers, data=WORDS)

    assert (response.status_code, response.headers["Upload-Offset"]) == (201, str(len(WORDS)))
    assert sqlite_client.get(f"{FILES}/{response.headers['Triptych-File-Id']}").status_code == 200


def test_name_is_cleaned(sqlite_client):
    url = begun(sqlite_client, 10, "../../etc/pass\u202ewd")

    assert sqlite_client.get(url).get_json()["name"] == "passwd"


def test_stretch_at_another_place_is_refused_and_changes_nothing(sqlite_client):
    url = begun(sqlite_client, len(WORDS))
    add(sqlite_client, url, 0, WORDS[:10])

    response = add(sqlite_client, url, 5, WORDS[5:])

    assert (response.status_code, response.get_json()["code"]) == (409, "wrong_offset")
    assert asked(sqlite_client, url).headers["Upload-Offset"] == "10"


def test_more_bytes_than_were_told_are_refused(sqlite_client):
    url = begun(sqlite_client, 10)

    response = add(sqlite_client, url, 0, WORDS)

    assert (response.status_code, response.get_json()["code"]) == (413, "too_large")
    assert asked(sqlite_client, url).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_stretch_with_its_checksum_counts(sqlite_client, algorithm):
    url = begun(sqlite_client, len(WORDS))

    response = add(sqlite_client, url, 0, WORDS[:10], Upload_Checksum=checksum(algorithm, WORDS[:10]))

    assert (response.status_code, response.headers["Upload-Offset"]) == (204, "10")


def test_stretch_with_another_checksum_is_dropped_and_can_be_sent_again(sqlite_client):
    url = begun(sqlite_client, len(WORDS))
    add(sqlite_client, url, 0, WORDS[:10])

    broken = add(sqlite_client, url, 10, b"x" * 5, Upload_Checksum=checksum("sha1", WORDS[10:15]))
    stood = asked(sqlite_client, url).headers["Upload-Offset"]
    done = add(sqlite_client, url, 10, WORDS[10:])

    assert (broken.status, broken.get_json()["code"]) == ("460 Checksum Mismatch", "checksum_mismatch")
    assert stood == "10"
    file = sqlite_client.get(f"{FILES}/{done.headers['Triptych-File-Id']}").get_json()
    assert file["sha256"] == hashlib.sha256(WORDS).hexdigest()


def test_what_came_before_the_connection_broke_stays(sqlite_client):
    url = begun(sqlite_client, len(WORDS))

    headers = {**VERSION, **STRETCH, "Upload-Offset": "0"}
    broken = sqlite_client.patch(
        url, headers=headers, input_stream=io.BytesIO(WORDS[:7]), environ_overrides={"CONTENT_LENGTH": str(len(WORDS))}
    )

    assert broken.status_code == 400
    assert asked(sqlite_client, url).headers["Upload-Offset"] == "7"


def test_broken_stretch_with_a_checksum_is_dropped(sqlite_client):
    url = begun(sqlite_client, len(WORDS))

    headers = {**VERSION, **STRETCH, "Upload-Offset": "0", "Upload-Checksum": checksum("sha1", WORDS)}
    sqlite_client.patch(
        url, headers=headers, input_stream=io.BytesIO(WORDS[:7]), environ_overrides={"CONTENT_LENGTH": str(len(WORDS))}
    )

    assert asked(sqlite_client, url).headers["Upload-Offset"] == "0"


def test_while_one_writes_another_is_told_to_wait(sqlite_client, sqlite_store):
    url = begun(sqlite_client, len(WORDS))
    tape = hold(sqlite_store, read_upload(sqlite_store, "local", url.rpartition("/")[2]))

    answers = [add(sqlite_client, url, 0, WORDS), sqlite_client.delete(url, headers=VERSION), asked(sqlite_client, url)]
    told = sqlite_client.get(url)
    tape.close()

    assert [one.status_code for one in answers] == [423] * 3
    assert answers[0].get_json()["code"] == "upload_busy"
    assert told.status_code == 200
    assert add(sqlite_client, url, 0, WORDS).status_code == 204


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"just words", "song.mp3", 415, "media_type_mismatch"),
        (jpeg()[:-200], "cut.jpg", 422, "bad_media"),
        (b"\x7fELF" + bytes(64), "a.bin", 415, "unsupported_media_type"),
    ],
    ids=["no sound", "cut off", "a program"],
)
def test_bad_file_is_refused_when_it_is_whole_and_nothing_is_left(
    sqlite_client, left_behind, content, name, status, code
):
    url = begun(sqlite_client, len(content), name)

    response = add(sqlite_client, url, 0, content)

    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert left_behind() == []
    assert asked(sqlite_client, url).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": "0"}, 422, "empty_file"),
        ({"Upload-Length": str(2**33)}, 413, "too_large"),
        ({"Upload-Length": "-1"}, 400, "bad_request"),
        ({"Upload-Length": "9" * 30}, 400, "bad_request"),
        ({}, 400, "bad_request"),
        ({"Upload-Defer-Length": "1"}, 400, "bad_request"),
        ({"Upload-Length": "1", "Upload-Metadata": "filename !!"}, 400, "bad_request"),
        ({"Upload-Length": "1", "Upload-Metadata": "filename YQ==,filename YQ=="}, 400, "bad_request"),
        ({"Upload-Length": "1", "Upload-Metadata": "filename /w=="}, 400, "bad_request"),
        ({"Upload-Length": "1", **named("n" * 300)}, 422, "name_too_long"),
        ({"Upload-Length": "1", "Upload-Checksum": "crc32 AAAA"}, 400, "bad_request"),
        ({"Upload-Length": "1", "Tus-Resumable": "0.2.2"}, 412, "tus_version"),
    ],
)
def test_upload_that_is_asked_for_badly_is_not_begun(sqlite_client, left_behind, headers, status, code):
    response = sqlite_client.post(UPLOADS, headers={**VERSION, **headers})

    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert left_behind() == []
    assert sqlite_client.get(UPLOADS).get_json()["items"] == []


def test_other_versions_are_told_which_is_spoken(sqlite_client):
    response = sqlite_client.post(UPLOADS)

    assert (response.status_code, response.headers["Tus-Version"]) == (412, "1.0.0")


def test_stretch_of_another_media_type_is_refused(sqlite_client):
    url = begun(sqlite_client, 10)

    response = sqlite_client.patch(url, headers={**VERSION, "Upload-Offset": "0"}, data=b"x", content_type="text/plain")

    assert (response.status_code, response.get_json()["code"]) == (415, "unsupported_media_type")


def test_what_other_uploads_will_hold_counts_towards_the_quota(settings, sqlite_store, make_client, left_behind):
    small = settings.model_copy(update={"quota_bytes": 100})
    client = make_client(small, replace(sqlite_store, settings=small))
    begun(client, 60)

    response = begin(client, 60)

    assert (response.status_code, response.get_json()["code"]) == (429, "quota_exceeded")
    assert len(left_behind()) == 1


def test_upload_that_is_given_up_leaves_nothing(sqlite_client, left_behind):
    url = begun(sqlite_client, len(WORDS))
    add(sqlite_client, url, 0, WORDS[:10])

    response = sqlite_client.delete(url, headers=VERSION)

    assert response.status_code == 204
    assert left_behind() == []
    assert asked(sqlite_client, url).status_code == 404


def test_file_stays_when_its_upload_is_forgotten(sqlite_client):
    url = begun(sqlite_client, len(WORDS))
    file_id = add(sqlite_client, url, 0, WORDS).headers["Triptych-File-Id"]

    sqlite_client.delete(url, headers=VERSION)

    assert sqlite_client.get(f"{FILES}/{file_id}").status_code == 200


def test_client_without_patch_names_the_method_in_a_header(sqlite_client):
    url = begun(sqlite_client, len(WORDS))
    headers = {**VERSION, **STRETCH, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    added = sqlite_client.post(url, headers=headers, data=WORDS)
    plain = sqlite_client.post(url, headers=VERSION)

    assert (added.status_code, added.headers["Upload-Offset"]) == (204, str(len(WORDS)))
    assert plain.status_code == 405


def test_expired_upload_is_gone_and_then_removed(timed_client, sqlite_store, clock, left_behind):
    url = begun(timed_client, len(WORDS))
    clock.forward(80_000)
    add(timed_client, url, 0, WORDS[:10])
    clock.forward(80_000)
    prolonged = asked(timed_client, url)
    clock.forward(80_000)

    expired = timed_client.get(url)
    removed = remove_expired(replace(sqlite_store, clock=clock))

    assert prolonged.status_code == 200
    assert (expired.status_code, expired.get_json()["code"]) == (410, "upload_expired")
    assert removed == 1
    assert left_behind() == []
    assert timed_client.get(url).status_code == 404


def test_tape_of_an_idle_upload_is_no_garbage(sqlite_client, sqlite_store):
    url = begun(sqlite_client, len(WORDS))
    add(sqlite_client, url, 0, WORDS[:10])

    collect_garbage(replace(sqlite_store, clock=lambda: sqlite_store.clock() + 2 * GRACE_S))

    assert add(sqlite_client, url, 10, WORDS[10:]).status_code == 204


def test_what_a_process_wrote_and_did_not_note_before_it_died_is_not_told(sqlite_client, sqlite_store):
    url = begun(sqlite_client, len(WORDS))
    add(sqlite_client, url, 0, WORDS[:10])
    with sqlite_store.blobs.growing(url.rpartition("/")[2]).open("ab") as tape:
        tape.write(b"half a page")

    stood = asked(sqlite_client, url).headers["Upload-Offset"]
    done = add(sqlite_client, url, 10, WORDS[10:])

    assert stood == "10"
    file = sqlite_client.get(f"{FILES}/{done.headers['Triptych-File-Id']}").get_json()
    assert file["sha256"] == hashlib.sha256(WORDS).hexdigest()


def test_whole_upload_whose_process_died_becomes_a_file_when_it_is_asked_for(sqlite_client, sqlite_store, left_behind):
    url = begun(sqlite_client, len(WORDS))
    upload = read_upload(sqlite_store, "local", url.rpartition("/")[2])
    sqlite_store.blobs.growing(upload.id).write_bytes(WORDS)
    advance(sqlite_store, upload, len(WORDS))

    response = asked(sqlite_client, url)

    assert sqlite_client.get(f"{FILES}/{response.headers['Triptych-File-Id']}").status_code == 200
    assert left_behind() == [hashlib.sha256(WORDS).hexdigest()]
