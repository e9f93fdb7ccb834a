"""Files for OpenAI's SDK: brought, listed, fetched and removed."""

import openai
import pytest
from support.measuring import measuring

LINES = b'{"custom_id": "a"}\n'


@pytest.fixture
def file(inside):
    return inside.files.create(file=("calls.jsonl", LINES), purpose="batch")


def test_file_is_kept_as_it_was_brought(inside, file, sqlite_client):
    told = inside.files.retrieve(file.id)

    assert (told.id, told.filename, told.bytes, told.purpose) == (file.id, "calls.jsonl", len(LINES), "batch")
    assert inside.files.content(file.id).content == LINES
    [ours] = sqlite_client.get("/api/v1/files").get_json()["items"]
    assert f"file-{ours['id']}" == file.id


def test_files_are_listed_page_by_page_newest_first(inside):
    ids = [inside.files.create(file=(f"{n}.txt", b"words"), purpose="user_data").id for n in range(3)]

    page = inside.files.list(limit=2)

    assert [one.id for one in page.data] == ids[:0:-1]
    assert page.has_more
    assert [one.id for one in page] == ids[::-1]


def test_removed_file_is_gone(inside, file):
    gone = inside.files.delete(file.id)

    assert gone.deleted
    with pytest.raises(openai.NotFoundError):
        inside.files.retrieve(file.id)


@pytest.mark.parametrize("name", ["file-x", "file-0190a6a0-0000-7000-8000-000000000000"])
def test_what_is_no_file_is_told_so(inside, name):
    with pytest.raises(openai.NotFoundError) as told:
        inside.files.content(name)

    assert (told.value.param, told.value.code) == ("id", "not_found")
    assert name in told.value.message


@pytest.mark.parametrize("name", ["x-output", "../../etc"])
def test_what_no_batch_made_and_what_is_no_id_is_told_so(inside, name):
    with pytest.raises(openai.NotFoundError):
        inside.files.content(name)


@pytest.mark.parametrize("purpose", ["fine-tune", None])
def test_bad_value_is_named_and_nothing_is_kept(inside, left_behind, purpose):
    with pytest.raises(openai.BadRequestError) as refused:
        inside.files.create(file=("calls.jsonl", LINES), purpose=purpose or openai.omit)

    assert refused.value.param == "purpose"
    assert left_behind() == []


@pytest.mark.parametrize("purpose", ["assistants", "batch", "vision", "user_data", "evals"])
def test_purpose_is_told_as_it_was_said_whatever_the_name(inside, purpose):
    made = inside.files.create(file=LINES, purpose=purpose)

    assert (made.purpose, inside.files.retrieve(made.id).purpose) == (purpose, purpose)


def test_files_are_listed_by_their_purpose_and_from_the_oldest_on(inside, sqlite_client):
    sqlite_client.post("/api/v1/files?name=a.txt", data=b"words")
    asked = ("vision", "user_data", "vision")
    first, theirs, second = (inside.files.create(file=LINES, purpose=purpose).id for purpose in asked)

    listed = {name: [one.id for one in inside.files.list(purpose=name)] for name in ("vision", "user_data", "batch")}

    assert listed == {"vision": [second, first], "user_data": [theirs], "batch": []}
    assert [one.id for one in inside.files.list(order="asc", limit=1)] == [first, theirs, second]


def test_what_came_in_another_way_is_there_by_its_id_and_in_no_list(inside, work_inside, sqlite_client):
    with work_inside(measuring()):
        inside.embeddings.create(model="text-embedding-3-small", input="four")
    files = sqlite_client.get("/api/v1/files").get_json()["items"]

    told = inside.files.retrieve(f"file-{files[0]['id']}")

    assert (len(files), told.purpose) == (1, "user_data")
    assert inside.files.list().data == []


@pytest.mark.parametrize(
    ("asked", "param"),
    [({"after": "file-x"}, "after"), ({"limit": 0}, "limit"), ({"extra_query": {"before": "x"}}, "before")],
)
def test_what_is_not_known_of_a_list_is_refused(inside, asked, param):
    with pytest.raises(openai.APIStatusError) as refused:
        inside.files.list(**asked)

    assert refused.value.param == param
