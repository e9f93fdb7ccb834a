"""Deep links: each hit and citation opens where it stands."""

import pytest
from support.remembering import passage, remember

from api.links import link_to_cited, link_to_memory
from api.room import LOCAL_USER
from pipelines.house import MemoryKind, Modality
from triptych.memory.values import Source, StoredMemory

BOX = {"x": 10, "y": 20.5, "width": 200.0, "height": 30}
PASSAGE = {"start": 5, "end": 90, "page": 2}


def remembered(kind: str, place: dict, job_id: str | None = "job-1") -> StoredMemory:
    return StoredMemory("m-1", MemoryKind(kind), Modality.TEXT, "en", "words", place, job_id, 0.0, None)


def of_source(file_id: str | None = "file-1") -> Source:
    return Source("s-1", "mill.pdf", "application/pdf", file_id, None, 0.0)


def cited(kind: str, place: dict, *, gone: bool = False, **ids: str) -> dict:
    nothing = {"memory_id": None, "job_id": None, "file_id": None}
    return {**nothing, **ids, "kind": kind, "place": place, "gone": gone}


@pytest.mark.parametrize(
    ("kind", "place", "link"),
    [
        ("segment", {"start_s": 12.3, "end_s": 15.0}, "/jobs/job-1?t=12.3"),
        ("segment", {"start_s": 0.1 + 0.2, "end_s": 15.0}, "/jobs/job-1?t=0.3"),
        ("line", {"box": BOX}, "/jobs/job-1?box=10,20.5,200,30"),
        ("line", {"box": BOX, "page": 3}, "/jobs/job-1?page=3&box=10,20.5,200,30"),
        ("labels", {}, "/jobs/job-1"),
        ("passage", PASSAGE, "/files/file-1?page=2&from=5&to=90"),
        ("passage", {"start": 5, "end": 90}, "/files/file-1?from=5&to=90"),
        ("picture", {}, "/files/file-1"),
        ("title", {}, "/files/file-1"),
        ("note", PASSAGE, "/memory/m-1"),
    ],
)
def test_memory_opens_where_it_stands(kind, place, link):
    opened = link_to_memory(remembered(kind, place), of_source())

    assert opened == link


@pytest.mark.parametrize("kind", ["segment", "passage", "note"])
def test_memory_of_no_file_and_no_job_opens_among_its_neighbours(kind):
    opened = link_to_memory(remembered(kind, {}, job_id=None), of_source(file_id=None))

    assert opened == "/memory/m-1"


@pytest.mark.parametrize(
    ("citation", "link"),
    [
        (cited("passage", PASSAGE, file_id="file-1"), "/files/file-1?page=2&from=5&to=90"),
        (cited("segment", {"start_s": 61, "end_s": 65}, file_id="file-1", job_id="job-1"), "/jobs/job-1?t=61"),
        (cited("segment", {"start_s": 61, "end_s": 65}, file_id="file-1"), "/files/file-1?t=61"),
        (cited("passage", {"start": 0, "end": 9}, job_id="job-1", memory_id="m-1"), "/memory/m-1"),
        (cited("passage", {"start": 0, "end": 9}, job_id="job-1"), "/jobs/job-1?from=0&to=9"),
        (cited("passage", PASSAGE, file_id="file-1", gone=True), None),
        (cited("labels", {}), None),
    ],
)
def test_citation_opens_what_is_left_of_its_source(citation, link):
    opened = link_to_cited(citation)

    assert opened == link


def test_hit_and_what_it_opens_tell_the_same_link(client, store):
    remember(store, passage("the mill was built in 1812", 40), owner=LOCAL_USER)

    [hit] = client.get("/api/v1/memory/search?q=mill").get_json()["items"]
    told = client.get(f"/api/v1/memory/{hit['memory']['id']}").get_json()

    assert hit["link"] == told["link"] == f"/files/{hit['source']['file_id']}?from=40&to=66"
