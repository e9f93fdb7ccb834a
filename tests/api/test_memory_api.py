"""The memory over HTTP: one memory, its source, and what people say of them."""

import pytest
from support.remembering import passage, remember, vector

from api.room import LOCAL_USER
from pipelines.catalogue import catalogue
from triptych.jobs.owner import cancel
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.memory.search import search
from triptych.memory.values import Question

MEMORY = "/api/v1/memory"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def hits(sqlite_client, sqlite_store):
    """Three passages of one file, as they are told."""
    said = [
        passage(words, at, vector(1, 0, at), language="en")
        for at, words in enumerate(["one bee", "two bees", "a hive"])
    ]
    remember(sqlite_store, *said, owner=LOCAL_USER)
    found = sqlite_client.get(f"{MEMORY}/search").get_json()["items"]
    return sorted(found, key=lambda hit: hit["memory"]["place"]["start"])


def test_memory_is_told_among_its_neighbours_and_notes(sqlite_client, hits):
    middle, source = hits[1]["memory"]["id"], hits[1]["source"]["id"]
    note = sqlite_client.post(f"{MEMORY}/notes", json={"source_id": source, "text": "Look!", "memory_id": middle})

    told = sqlite_client.get(f"{MEMORY}/{middle}").get_json()

    assert note.status_code == 201
    assert [one["text"] for one in (*told["before"], told["memory"], *told["after"])] == [
        "one bee",
        "two bees",
        "a hive",
    ]
    assert told["source"] == hits[1]["source"]
    assert told["notes"] == [note.get_json()]
    assert told["notes"][0]["place"] == told["memory"]["place"]


def test_note_is_found_edited_and_removed(sqlite_client, hits):
    source = hits[0]["source"]["id"]
    note = sqlite_client.post(f"{MEMORY}/notes", json={"source_id": source, "text": "a queen"}).get_json()

    edited = sqlite_client.patch(f"{MEMORY}/notes/{note['id']}", json={"text": "a drone"}).get_json()
    found = sqlite_client.get(f"{MEMORY}/search?q=drone&kind=note").get_json()["items"]
    removed = sqlite_client.delete(f"{MEMORY}/{note['id']}")

    assert (edited["id"], edited["text"], edited["kind"]) == (note["id"], "a drone", "note")
    assert [hit["memory"]["id"] for hit in found] == [note["id"]]
    assert (removed.status_code, sqlite_client.get(f"{MEMORY}/{note['id']}").status_code) == (204, 404)


def test_what_a_job_made_goes_with_the_job_alone(sqlite_client, hits):
    memory = hits[0]["memory"]["id"]

    removed = sqlite_client.delete(f"{MEMORY}/{memory}")
    edited = sqlite_client.patch(f"{MEMORY}/notes/{memory}", json={"text": "other"})

    assert [(one.status_code, one.get_json()["code"]) for one in (removed, edited)] == [(409, "memory_made")] * 2


def test_deleted_job_takes_its_memories_along(sqlite_client, hits):
    sqlite_client.delete(f"/api/v1/jobs/{hits[0]['memory']['job_id']}")

    assert sqlite_client.get(f"{MEMORY}/search").get_json()["items"] == []


def test_pinned_memory_stays_pinned_until_the_pin_is_taken_off(sqlite_client, hits):
    memory = hits[0]["memory"]["id"]

    pinned = [sqlite_client.put(f"{MEMORY}/{memory}/pin").status_code for _ in range(2)]
    first = sqlite_client.get(f"{MEMORY}/search?pinned=true").get_json()["items"]
    sqlite_client.delete(f"{MEMORY}/{memory}/pin")

    assert pinned == [204, 204]
    assert [hit["memory"]["id"] for hit in first] == [memory]
    assert first[0]["memory"]["pinned_at"]
    assert sqlite_client.get(f"{MEMORY}/search?pinned=true").get_json()["items"] == []


def test_sources_are_listed_page_by_page_newest_first(sqlite_client, sqlite_store, hits):
    for words in ("wax", "honey"):
        remember(sqlite_store, passage(words), owner=LOCAL_USER)

    pages = [sqlite_client.get(f"{MEMORY}/sources?limit=2").get_json()]
    pages.append(sqlite_client.get(f"{MEMORY}/sources?limit=2&cursor={pages[0]['next']}").get_json())

    assert [[one["memories"] for one in page["items"]] for page in pages] == [[1, 1], [3]]
    assert pages[1]["next"] is None
    assert pages[1]["items"][0]["modalities"] == ["text"]


def test_memories_of_a_source_are_listed_in_its_order(sqlite_client, hits):
    url = f"{MEMORY}/sources/{hits[0]['source']['id']}/memories?limit=2"

    first = sqlite_client.get(url).get_json()
    second = sqlite_client.get(f"{url}&cursor={first['next']}").get_json()

    assert [one["text"] for page in (first, second) for one in page["items"]] == ["one bee", "two bees", "a hive"]
    assert second["next"] is None


def test_tags_of_a_source_are_replaced(sqlite_client, hits):
    source = f"{MEMORY}/sources/{hits[0]['source']['id']}"

    sqlite_client.put(f"{source}/tags", json={"tags": ["Bees", "Sommer  2026"]})
    told = sqlite_client.put(f"{source}/tags", json={"tags": ["bees", "BEES", "wax"]}).get_json()

    assert told["source"]["tags"] == ["bees", "wax"]
    assert sqlite_client.get(source).get_json() == told
    assert sqlite_client.get(f"{MEMORY}/tags").get_json()["items"] == [
        {"tag": "bees", "sources": 1},
        {"tag": "wax", "sources": 1},
    ]


def test_collection_holds_sources_until_it_is_removed(sqlite_client, hits):
    source = hits[0]["source"]["id"]
    made = sqlite_client.post(f"{MEMORY}/collections", json={"name": " Summer  2026 "})
    url = f"{MEMORY}/collections/{made.get_json()['id']}"

    put = sqlite_client.put(f"{url}/sources/{source}").status_code
    renamed = sqlite_client.patch(url, json={"name": "Winter"}).status_code
    listed = sqlite_client.get(f"{MEMORY}/collections").get_json()["items"]
    found = sqlite_client.get(f"{MEMORY}/search?collection={made.get_json()['id']}").get_json()["items"]
    sqlite_client.delete(f"{url}/sources/{source}")
    left = sqlite_client.get(f"{MEMORY}/search?collection={made.get_json()['id']}").get_json()["items"]
    removed = sqlite_client.delete(url).status_code

    assert (made.status_code, made.get_json()["name"], put, renamed, removed) == (201, "Summer 2026", 204, 204, 204)
    assert [(one["name"], one["sources"]) for one in listed] == [("Winter", 1)]
    assert (len(found), left) == (3, [])
    assert sqlite_client.get(f"{MEMORY}/collections").get_json()["items"] == []


def test_name_of_a_collection_is_taken_once(sqlite_client, sqlite_store):
    first, second = (sqlite_client.post(f"{MEMORY}/collections", json={"name": "Sea"}) for _ in range(2))

    assert first.status_code == 201
    assert (second.status_code, second.get_json()["code"]) == (409, "name_taken")


def test_status_tells_how_much_there_is_and_how_it_is_found(sqlite_client, hits):
    told = sqlite_client.get(f"{MEMORY}/status").get_json()

    assert (told["memories"], told["sources"], told["indexing"], told["by_meaning"]) == (3, 1, 0, True)
    assert told["spaces"] == [
        {"kind": "text", "model": "compass", "dimensions": 3, "is_joint": False, "state": "active", "vectors": 3}
    ]
    assert told["why_not"] == ""


def test_empty_memory_answers_everything(sqlite_client, sqlite_store):
    paths = ("search", "sources", "tags", "collections")

    told = [sqlite_client.get(f"{MEMORY}/{path}").get_json()["items"] for path in paths]

    assert told == [[], [], [], []]
    assert sqlite_client.get(f"{MEMORY}/map").get_json() is None
    assert sqlite_client.get(f"{MEMORY}/status").get_json()["memories"] == 0


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", NOBODY, None),
        ("DELETE", NOBODY, None),
        ("GET", f"{NOBODY}/similar", None),
        ("PUT", f"{NOBODY}/pin", None),
        ("DELETE", f"{NOBODY}/pin", None),
        ("POST", "notes", {"source_id": NOBODY, "text": "x"}),
        ("PATCH", f"notes/{NOBODY}", {"text": "x"}),
        ("GET", f"sources/{NOBODY}", None),
        ("GET", f"sources/{NOBODY}/memories", None),
        ("PUT", f"sources/{NOBODY}/tags", {"tags": []}),
        ("PATCH", f"collections/{NOBODY}", {"name": "x"}),
        ("DELETE", f"collections/{NOBODY}", None),
        ("PUT", f"collections/{NOBODY}/sources/{NOBODY}", None),
        ("DELETE", f"collections/{NOBODY}/sources/{NOBODY}", None),
    ],
)
def test_what_is_not_there_is_not_found(sqlite_client, method, path, body):
    answer = sqlite_client.open(f"{MEMORY}/{path}", method=method, json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_what_is_somebody_elses_is_not_found(sqlite_client, sqlite_store):
    remember(sqlite_store, passage("secret"), owner="grace")
    [hit] = search(sqlite_store, "grace", Question()).hits

    asked = [sqlite_client.get(f"{MEMORY}/{hit.memory.id}"), sqlite_client.get(f"{MEMORY}/sources/{hit.source.id}")]

    assert [one.status_code for one in asked] == [404, 404]
    assert sqlite_client.get(f"{MEMORY}/search?q=secret").get_json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "notes", {"source_id": NOBODY, "text": "  "}),
        ("POST", "notes", {"source_id": NOBODY, "text": "x" * 20_001}),
        ("POST", "collections", {"name": " "}),
        ("POST", "collections", {"name": "x" * 129}),
        ("PUT", f"sources/{NOBODY}/tags", {"tags": ["x" * 65]}),
        ("PUT", f"sources/{NOBODY}/tags", {"tags": [str(n) for n in range(101)]}),
        ("POST", "map", {"limit": 20_001}),
        ("POST", "reindex", {"model": "../../etc"}),
        ("POST", "reindex", {"colour": "red"}),
    ],
)
def test_what_cannot_be_kept_is_refused(sqlite_client, method, path, body):
    answer = sqlite_client.open(f"{MEMORY}/{path}", method=method, json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid_request")


def test_map_is_drawn_by_a_job_which_is_told_afterwards(sqlite_client, sqlite_store):
    asked = sqlite_client.post(f"{MEMORY}/map", json={"limit": 10})

    told = sqlite_client.get(f"{MEMORY}/map").get_json()
    assert asked.status_code == 202
    assert (told["id"], told["pipeline"], told["params"]) == (
        asked.get_json()["id"],
        "memory.map",
        {"limit": 10, "modality": None},
    )
    assert asked.headers["Location"] == f"/api/v1/jobs/{told['id']}"


def test_one_model_takes_over_at_a_time(sqlite_client, sqlite_store):
    first, again, other = (sqlite_client.post(f"{MEMORY}/reindex", json={"model": model}) for model in ("a", "a", "b"))

    assert (first.status_code, first.get_json()["pipeline"]) == (202, "memory.reindex")
    assert again.get_json()["id"] == first.get_json()["id"]
    assert (other.status_code, other.get_json()["code"]) == (409, "reindexing")
    assert first.get_json()["id"] in other.get_json()["detail"]


def test_models_of_pictures_and_of_texts_take_over_side_by_side(sqlite_client):
    bodies = ({"model": "a"}, {"model": "a", "kind": "picture"})

    answers = [sqlite_client.post(f"{MEMORY}/reindex", json=body) for body in bodies]

    assert [answer.status_code for answer in answers] == [202, 202]


def test_model_takes_over_once_for_everybody(sqlite_client, sqlite_store):
    params = {"model": "a", "kind": "text"}
    others = submit(sqlite_store, Submission("grace", catalogue()["memory.reindex"], params))

    refused = sqlite_client.post(f"{MEMORY}/reindex", json={"model": "a"})
    cancel(sqlite_store, "grace", others.id)
    accepted = sqlite_client.post(f"{MEMORY}/reindex", json={"model": "a"})

    assert (refused.status_code, refused.get_json()["code"]) == (409, "reindexing")
    assert others.id not in refused.get_json()["detail"]
    assert accepted.status_code == 202
