"""How many uploads of an account may be under way at a time, whichever way they go."""

import hashlib
from dataclasses import replace

import pytest
from support.s3_server import BUCKET
from support.stores import HandClock
from support.tus import VERSION, add, begin

from triptych.pending.expiring import remove_expired
from triptych.store import open_blobs

UPLOADS = "/api/v1/uploads"
WORDS = b"a few words"
TOLD = {"name": "talk.txt", "size_bytes": len(WORDS), "sha256": hashlib.sha256(WORDS).hexdigest()}


def by_tus(client):
    return begin(client, len(WORDS))


def to_s3(client):
    return client.post(f"{UPLOADS}/direct", json=TOLD)


@pytest.fixture
def store_of_two(sqlite_store, settings, s3):
    two = settings.model_copy(update={"quota_uploads": 2, "blobs_url": f"s3://{BUCKET}/house"})
    return replace(sqlite_store, settings=two, blobs=open_blobs(two), clock=HandClock())


@pytest.fixture
def client_of_two(store_of_two, make_client):
    return make_client(store_of_two.settings, store_of_two)


@pytest.mark.parametrize("another", [by_tus, to_s3])
def test_one_more_is_refused_and_says_what_to_do(client_of_two, another):
    begun = [by_tus(client_of_two), to_s3(client_of_two)]

    response = another(client_of_two)

    assert [one.status_code for one in begun] == [201, 201]
    assert (response.status_code, response.get_json()["code"]) == (429, "quota_exceeded")
    assert "2 of your uploads may be under way at a time: finish or give up some" in response.get_json()["detail"]
    assert len(client_of_two.get(UPLOADS).get_json()["items"]) == 2


def test_those_that_became_files_count_no_more(client_of_two):
    for _ in range(5):
        url = by_tus(client_of_two).headers["Location"]
        assert add(client_of_two, url, 0, WORDS).status_code == 204

    assert by_tus(client_of_two).status_code == 201


@pytest.mark.parametrize("another", [by_tus, to_s3])
def test_one_that_is_given_up_makes_room(client_of_two, another):
    given_up = by_tus(client_of_two).headers["Location"]
    another(client_of_two)

    client_of_two.delete(given_up, headers=VERSION)

    assert another(client_of_two).status_code == 201


@pytest.mark.parametrize("another", [by_tus, to_s3])
def test_those_that_expire_make_room_at_once_and_leave_nothing(client_of_two, store_of_two, left_behind, another):
    for _ in range(2):
        another(client_of_two)
    store_of_two.clock.forward(store_of_two.settings.upload_expiry_s)

    statuses = [another(client_of_two).status_code for _ in range(3)]
    removed = remove_expired(store_of_two)

    assert (statuses, removed) == ([201, 201, 429], 2)
    assert len(left_behind()) == (2 if another is by_tus else 0)


def test_uploads_of_others_do_not_count(client_of_two, store_of_two):
    for _ in range(2):
        by_tus(client_of_two)
    with store_of_two.database.write() as connection:
        connection.exec_driver_sql("UPDATE uploads SET owner = 'somebody else'")

    assert by_tus(client_of_two).status_code == 201
