"""What cannot be taken whatever follows is refused once its head has come, and not when all of it was sent."""

import base64
import hashlib
import io
import random

import pytest
from support.media import jpeg, wav
from support.tus import STRETCH, UPLOADS, VERSION, add, asked, begun, named

from pipelines.media.sniff import HEAD_BYTES

WHOLE = 1_000_000
NOISE = random.Random(6).randbytes(HEAD_BYTES)


def test_unknown_content_is_refused_by_the_request_that_brings_its_head_and_nothing_is_left(client, left_behind):
    url = begun(client, WHOLE, "x.bin")

    early = add(client, url, 0, NOISE[:-1])
    refused = add(client, url, HEAD_BYTES - 1, NOISE[-1:])

    assert early.status_code == 204
    assert (refused.status_code, refused.get_json()["code"]) == (415, "unsupported_media_type")
    assert left_behind() == []
    assert asked(client, url).status_code == 404


def test_content_of_another_kind_than_its_name_says_is_refused_by_its_head(sqlite_client, left_behind):
    url = begun(sqlite_client, WHOLE, "song.mp3")

    response = add(sqlite_client, url, 0, jpeg() + bytes(HEAD_BYTES))

    assert (response.status_code, response.get_json()["code"]) == (415, "media_type_mismatch")
    assert left_behind() == []


def test_head_that_comes_with_the_beginning_is_looked_at(sqlite_client, left_behind):
    headers = {**VERSION, **STRETCH, "Upload-Length": str(WHOLE), **named("x.bin")}

    response = sqlite_client.post(UPLOADS, headers=headers, data=NOISE)

    assert (response.status_code, response.get_json()["code"]) == (415, "unsupported_media_type")
    assert left_behind() == []
    assert sqlite_client.get(UPLOADS).get_json()["items"] == []


def test_rest_of_a_request_is_not_read_once_it_is_refused(sqlite_client):
    url = begun(sqlite_client, 100 * WHOLE, "x.bin")
    body = io.BytesIO(NOISE + bytes(100 * WHOLE - HEAD_BYTES))
    headers = {**VERSION, **STRETCH, "Upload-Offset": "0"}

    response = sqlite_client.patch(
        url, headers=headers, input_stream=body, environ_overrides={"CONTENT_LENGTH": str(100 * WHOLE)}
    )

    assert response.status_code == 415
    assert body.tell() < 10 * WHOLE


def test_head_that_fails_its_checksum_is_sent_again_before_it_is_judged(sqlite_client, left_behind):
    url = begun(sqlite_client, WHOLE, "x.wav")
    sound = wav(8000)[:HEAD_BYTES]
    told = f"sha1 {base64.b64encode(hashlib.sha1(sound).digest()).decode()}"

    broken = add(sqlite_client, url, 0, NOISE, Upload_Checksum=told)
    again = add(sqlite_client, url, 0, sound, Upload_Checksum=told)

    assert broken.get_json()["code"] == "checksum_mismatch"
    assert (again.status_code, again.headers["Upload-Offset"]) == (204, str(HEAD_BYTES))
    assert len(left_behind()) == 1


def test_head_that_has_its_checksum_is_judged(sqlite_client, left_behind):
    url = begun(sqlite_client, WHOLE, "x.bin")
    told = f"sha1 {base64.b64encode(hashlib.sha1(NOISE).digest()).decode()}"

    response = add(sqlite_client, url, 0, NOISE, Upload_Checksum=told)

    assert (response.status_code, response.get_json()["code"]) == (415, "unsupported_media_type")
    assert left_behind() == []


@pytest.mark.parametrize(
    ("name", "head"),
    [("talk.wav", wav(8000)[:HEAD_BYTES]), ("long.txt", b"words " * HEAD_BYTES), ("a.pdf", b"%PDF-1.7\n" + NOISE)],
)
def test_what_may_become_a_file_goes_on(sqlite_client, name, head):
    url = begun(sqlite_client, WHOLE, name)

    response = add(sqlite_client, url, 0, head)

    assert (response.status_code, response.headers["Upload-Offset"]) == (204, str(len(head)))


def test_text_that_turns_out_to_be_none_is_refused_at_its_end(sqlite_client, left_behind):
    text = b"words " * HEAD_BYTES
    url = begun(sqlite_client, len(text) + 1, "long.txt")

    during = add(sqlite_client, url, 0, text)
    end = add(sqlite_client, url, len(text), b"\0")

    assert during.status_code == 204
    assert (end.status_code, end.get_json()["code"]) == (415, "media_type_mismatch")
    assert left_behind() == []
