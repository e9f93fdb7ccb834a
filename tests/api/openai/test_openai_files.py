"""Files for OpenAI's SDK: brought, listed, fetched and removed."""

import openai
import pytest

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


@pytest.mark.parametrize(
    ("name", "purpose", "param"),
    [("calls.jsonl", "fine-tune", "purpose"), ("calls.txt", "batch", "file"), ("calls.jsonl", None, "purpose")],
)
def test_bad_value_is_named_and_nothing_is_kept(inside, left_behind, name, purpose, param):
    with pytest.raises(openai.BadRequestError) as refused:
        inside.files.create(file=(name, LINES), purpose=purpose or openai.omit)

    assert refused.value.param == param
    assert left_behind() == []


def test_what_is_not_known_of_a_list_is_refused(inside):
    with pytest.raises(openai.BadRequestError) as refused:
        inside.files.list(purpose="batch")

    assert (refused.value.param, refused.value.code) == ("purpose", "unsupported_parameter")
