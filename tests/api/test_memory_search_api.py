"""Searching the memory over HTTP: by words, filters and pictures, whatever is asked."""

import io
import json

import pytest
from support.forms import TYPE, form_of
from support.media import jpeg, wav
from support.remembering import passage, remember, vector

from api.room import LOCAL_USER

SEARCH = "/api/v1/memory/search"


@pytest.fixture
def remembered(store):
    """Two passages of two files."""
    remember(store, passage("the ships sail out of the harbour", 0, vector(1, 0, 0)), owner=LOCAL_USER)
    remember(store, passage("bees live in large colonies", 7, vector(0, 1, 0)), owner=LOCAL_USER)


def test_hit_tells_what_was_found_where_and_why(client, store, remembered):
    answer = client.get(SEARCH, query_string={"q": "sailing"}).get_json()

    [hit] = answer["items"]
    [(start, end)] = hit["marks"]
    assert hit["snippet"][start:end] == "sail"
    assert hit["memory"]["place"] == {"start": 0, "end": 33}
    assert (hit["memory"]["kind"], hit["memory"]["modality"], hit["memory"]["pinned_at"]) == ("passage", "text", None)
    assert (hit["source"]["title"], hit["source"]["tags"]) == ("hello.txt", [])
    assert [(one["by"], one["rank"]) for one in hit["by"]] == [("words", 1)]
    assert answer["more"] is False


def test_without_words_the_newest_are_listed_page_by_page(client, store, remembered):
    first = client.get(f"{SEARCH}?limit=1").get_json()
    second = client.get(f"{SEARCH}?limit=1&offset=1").get_json()

    assert [page["items"][0]["memory"]["text"][:4] for page in (first, second)] == ["bees", "the "]
    assert (first["more"], second["more"]) == (True, False)


def test_when_nobody_compares_by_meaning_words_are_searched_and_it_is_told(client, store, remembered):
    answer = client.get(f"{SEARCH}?q=bees").get_json()

    assert len(answer["items"]) == 1
    assert any("words alone" in warning for warning in answer["warnings"])


def test_filters_let_only_those_through_that_are_meant(client, store, remembered):
    source = client.get(f"{SEARCH}?q=bees").get_json()["items"][0]["source"]["id"]
    client.put(f"/api/v1/memory/sources/{source}/tags", json={"tags": ["Honey"]})

    def found(**filters):
        return len(client.post(SEARCH, json=filters).get_json()["items"])

    assert [found(tag=["honey"]), found(tag=["wax"]), found(source=[source]), found(pinned=True)] == [1, 0, 1, 0]
    assert [found(modality=["text"]), found(modality=["audio", "image"]), found(language=["en", "de"])] == [2, 0, 2]
    assert [found(since="2001-01-01"), found(since="9000-01-01"), found(until="2001-01-01T00:00:00Z")] == [2, 0, 0]
    assert len(client.get(f"{SEARCH}?tag=honey&kind=passage&kind=line").get_json()["items"]) == 1


def test_question_longer_than_an_address_is_taken_as_a_body(client, store, remembered):
    answer = client.post(SEARCH, json={"text": "ship " * 20_000})

    assert (answer.status_code, len(answer.get_json()["items"])) == (200, 1)


def test_picture_may_come_with_the_question_and_gets_no_file(client, store, remembered):
    form = {"filter": json.dumps({"limit": 5}), "text": "bees", "file": (io.BytesIO(jpeg()), "a.jpg")}

    answer = client.post(SEARCH, data=form)

    assert (answer.status_code, len(answer.get_json()["items"])) == (200, 1)
    assert client.get("/api/v1/files").get_json()["items"][0]["name"] == "hello.txt"


def test_picture_that_nobody_can_compare_finds_nothing_and_says_why(client, store, remembered):
    answer = client.post(SEARCH, data={"file": (io.BytesIO(jpeg()), "a.jpg")}).get_json()

    assert answer["items"] == []
    assert any("compares by meaning is not there" in warning for warning in answer["warnings"])


def test_file_of_somebody_else_cannot_be_asked_with(client, store):
    answer = client.post(SEARCH, json={"file_id": "00000000-0000-0000-0000-000000000000"})

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_sound_is_no_picture(client, store):
    file = client.post("/api/v1/files?name=a.wav", data=wav()).get_json()

    stored = client.post(SEARCH, json={"file_id": file["id"]})
    brought = client.post(SEARCH, data=form_of(wav(), "a.wav"), content_type=TYPE)

    assert [(one.status_code, one.get_json()["code"]) for one in (stored, brought)] == [(422, "wrong_media")] * 2


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "offset=1001",
        "modality=smell",
        "language=English",
        "collection=x",
        "since=yesterday",
        "tag=",
        "q=%00",
        "q=" + "x" * 8193,
        "colour=red",
    ],
)
def test_query_that_cannot_be_is_refused(sqlite_client, query):
    answer = sqlite_client.get(f"{SEARCH}?{query}")

    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"json": {"text": "x" * 100_001}}, 422, "invalid_request"),
        ({"json": {"words": "x"}}, 422, "invalid_request"),
        ({"json": {"text": "\0"}}, 400, "bad_json"),
        ({"data": b"[", "content_type": "application/json"}, 400, "bad_json"),
        ({"data": b"words", "content_type": "text/plain"}, 415, "unsupported_media_type"),
        ({"data": {"text": "x"}, "content_type": "multipart/form-data"}, 422, "invalid_request"),
        ({"data": form_of(b"x", "a.jpg", filter="[]"), "content_type": TYPE}, 422, "invalid_request"),
        ({"data": form_of(b"x", "a.jpg", filter='{"text": "x"}'), "content_type": TYPE}, 422, "invalid_request"),
        ({"data": form_of(b"x", "a.jpg", colour="red"), "content_type": TYPE}, 422, "invalid_request"),
        ({"data": form_of(b"no picture at all", "a.jpg"), "content_type": TYPE}, 415, "media_type_mismatch"),
    ],
)
def test_question_that_cannot_be_is_refused_and_leaves_nothing(sqlite_client, left_behind, asked, status, code):
    answer = sqlite_client.post(SEARCH, **asked)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert left_behind() == []


def test_any_words_are_taken_literally(client, store, remembered):
    signs = [
        '"',
        '""',
        "*",
        'a" OR b*',
        "NEAR(a b)",
        "words:ships",
        "'; DROP TABLE memories",
        "(((",
        "%_\\",
        "&|!:*<->",
    ]
    letters = ["\u202e", "\ufffd" * 50, "日本語", "😀" * 99, "ß", "\x01\x7f", "a " * 4000]

    answers = {words: client.get(SEARCH, query_string={"q": words}).status_code for words in signs + letters}

    assert set(answers.values()) == {200}, answers


def test_similar_memories_are_those_whose_vectors_lie_near(client, store, remembered):
    remember(store, passage("boats leave the port", 0, vector(1, 0.1, 0)), owner=LOCAL_USER)
    ship = client.get(f"{SEARCH}?q=ships").get_json()["items"][0]["memory"]["id"]

    answer = client.get(f"/api/v1/memory/{ship}/similar?limit=1").get_json()

    assert [hit["memory"]["text"] for hit in answer["items"]] == ["boats leave the port"]
    assert (answer["items"][0]["by"][0]["by"], answer["more"]) == ("meaning", True)
