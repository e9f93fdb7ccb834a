"""What is not let in: refused with a stable code, and nothing is left of it."""

import io

import pytest
from support.forms import TYPE, form_of
from support.media import huge_png, jpeg

FILES = "/api/v1/files"

REFUSED = [
    (b"", "a.txt", 422, "empty_file"),
    (b"just words", "song.mp3", 415, "media_type_mismatch"),
    (jpeg()[:-200], "cut.jpg", 422, "bad_media"),
    (huge_png(40_000, 40_000), "bomb.png", 422, "too_many_pixels"),
    (b"Rar!\x1a\x07\x00" + bytes(64), "a.rar", 415, "unsupported_media_type"),
    (b"words", "n" * 10_000, 422, "name_too_long"),
]


@pytest.fixture
def small_client(settings, sqlite_store, make_client):
    from dataclasses import replace

    small = settings.model_copy(update={"upload_bytes": 1000, "json_bytes": 500})
    return make_client(small, replace(sqlite_store, settings=small))


@pytest.mark.parametrize(("content", "name", "status", "code"), REFUSED)
def test_bad_file_in_a_form_is_refused(sqlite_client, left_behind, content, name, status, code):
    response = sqlite_client.post(FILES, data=form_of(content, name), content_type=TYPE)

    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert left_behind() == []


@pytest.mark.parametrize(("content", "name", "status", "code"), REFUSED)
def test_bad_raw_body_is_refused(sqlite_client, left_behind, content, name, status, code):
    response = sqlite_client.post(FILES, query_string={"name": name}, data=content, content_type="audio/mpeg")

    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert left_behind() == []


@pytest.mark.parametrize(("content", "name", "status", "code"), REFUSED)
def test_bad_file_takes_its_job_with_it(sqlite_client, left_behind, content, name, status, code):
    form = form_of(content, name, pipeline="image.read")

    response = sqlite_client.post("/api/v1/jobs", data=form, content_type=TYPE)

    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert left_behind() == []
    assert sqlite_client.get("/api/v1/jobs").get_json()["items"] == []


def test_file_of_another_kind_than_the_pipeline_takes_is_refused(sqlite_client, left_behind):
    form = {"pipeline": "audio.transcribe", "file": (io.BytesIO(jpeg()), "a.jpg")}

    response = sqlite_client.post("/api/v1/jobs", data=form)

    assert (response.status_code, response.get_json()["code"]) == (422, "wrong_media")
    assert left_behind() == []


def test_body_over_the_limit_is_refused_by_its_length(small_client, left_behind):
    response = small_client.post(FILES, data=b"x" * 1001, content_type="text/plain")

    assert (response.status_code, response.get_json()["code"]) == (413, "too_large")
    assert left_behind() == []


def test_endless_body_without_a_length_is_refused_at_the_limit(small_client, left_behind):
    body = io.BytesIO(b"x" * 5_000_000)

    response = small_client.post(
        FILES, input_stream=body, content_type="text/plain", environ_overrides={"wsgi.input_terminated": True}
    )

    assert (response.status_code, response.get_json()["code"]) == (413, "too_large")
    assert left_behind() == []


def test_file_over_the_limit_in_a_form_is_refused(small_client, left_behind):
    response = small_client.post(FILES, data={"file": (io.BytesIO(b"x" * 1001), "a.txt")})

    assert (response.status_code, response.get_json()["code"]) == (413, "too_large")
    assert left_behind() == []


def test_json_over_its_limit_is_refused(small_client):
    response = small_client.post("/api/v1/jobs", json={"pipeline": "text.keywords", "text": "x" * 600})

    assert (response.status_code, response.get_json()["code"]) == (413, "too_large")


def test_body_that_ends_early_is_not_kept(sqlite_client, left_behind):
    response = sqlite_client.post(
        FILES,
        input_stream=io.BytesIO(b"half"),
        content_type="text/plain",
        environ_overrides={"CONTENT_LENGTH": "8"},
    )

    assert (response.status_code, response.get_json()["code"]) == (400, "bad_request")
    assert left_behind() == []


PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'


@pytest.mark.parametrize(
    "body",
    [
        b"no boundary at all",
        PART + b"words",
        PART + b"words\r\n--b",
        b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\nx\r\n--b--\r\n",
    ],
)
def test_broken_form_is_refused(sqlite_client, left_behind, body):
    response = sqlite_client.post(FILES, data=body, content_type="multipart/form-data; boundary=b")

    assert response.status_code in (400, 413)
    assert response.get_json()["code"] in ("bad_multipart", "too_large")
    assert left_behind() == []


@pytest.mark.parametrize("content_type", ["multipart/form-data", 'multipart/form-data; boundary=""'])
def test_form_without_a_boundary_is_refused(sqlite_client, content_type):
    response = sqlite_client.post(FILES, data=b"x", content_type=content_type)

    assert (response.status_code, response.get_json()["code"]) == (400, "bad_multipart")


def test_form_with_two_files_or_none_is_refused(sqlite_client, left_behind):
    two = {"file": [(io.BytesIO(b"a"), "a.txt"), (io.BytesIO(b"b"), "b.txt")]}

    answers = [sqlite_client.post(FILES, data=form, content_type="multipart/form-data") for form in (two, {"x": "y"})]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert left_behind() == []


def test_full_disk_is_told_and_nothing_is_kept(sqlite_client, left_behind, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))

    response = sqlite_client.post(FILES, data=b"words", content_type="text/plain")

    assert (response.status_code, response.get_json()["code"]) == (507, "no_disk")
    assert left_behind() == []
