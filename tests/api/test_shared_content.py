"""Contents that several accounts bring: they lie there once, and no account can tell that another has them."""

import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from support.accounts import an_account, house_settings, key_headers, without_jar
from support.s3_server import BUCKET
from support.sending import put
from support.tus import STRETCH, VERSION, named

from triptych.blobs import DirectoryBlobs
from triptych.garbage import GRACE_S, collect_garbage
from triptych.store import Store, open_blobs

FILES, UPLOADS = "/api/v1/files", "/api/v1/uploads"
WORDS, OTHER_WORDS = b"what somebody else has as well", b"what nobody but the sender has"
OF_EACH = ("id", "url", "sha256", "created_at", "expires_at", "name")  # what differs with every file

Headers = dict[str, str]
Told = tuple[int, object]


def plain(answer: object) -> object:
    """An answer without what differs with every file."""
    if not isinstance(answer, dict):
        return answer
    return {key: None if key in OF_EACH else plain(value) for key, value in answer.items()}


def by_body(client: FlaskClient, who: Headers, content: bytes) -> Iterator[Told]:
    response = client.post(f"{FILES}?name=a.txt", data=content, headers=who)
    yield response.status_code, plain(response.get_json())


def by_form(client: FlaskClient, who: Headers, content: bytes) -> Iterator[Told]:
    form = {"file": (io.BytesIO(content), "a.txt")}
    response = client.post(FILES, data=form, content_type="multipart/form-data", headers=who)
    yield response.status_code, plain(response.get_json())


def by_tus(client: FlaskClient, who: Headers, content: bytes) -> Iterator[Told]:
    length = {"Upload-Length": str(len(content))}
    begun = client.post(UPLOADS, headers={**who, **VERSION, **length, **named("a.txt")})
    yield begun.status_code, begun.headers["Upload-Offset"]
    for offset in range(0, len(content), 10):
        at = {"Upload-Offset": str(offset)}
        headers = {**who, **VERSION, **STRETCH, **at}
        added = client.patch(begun.headers["Location"], headers=headers, data=content[offset : offset + 10])
        yield added.status_code, (added.headers["Upload-Offset"], "Triptych-File-Id" in added.headers)


def straight_to_s3(client: FlaskClient, who: Headers, content: bytes) -> Iterator[Told]:
    asked = {"name": "a.txt", "size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    begun = client.post(f"{UPLOADS}/direct", json=asked, headers=who)
    where = begun.get_json()
    yield begun.status_code, sorted(where)
    put(where["url"], where["headers"], content)
    done = client.post(f"{UPLOADS}/{where['id']}/complete", headers=who)
    yield done.status_code, plain(done.get_json())


def in_parts(client: FlaskClient, who: Headers, content: bytes) -> Iterator[Told]:
    asked = {"name": "a.txt", "size_bytes": len(content), "part_bytes": 5 * 1024**2}
    begun = client.post(f"{UPLOADS}/direct", json=asked, headers=who).get_json()
    window = client.post(f"{UPLOADS}/{begun['id']}/parts", json={}, headers=who).get_json()
    yield len(window["items"]), window["sent_bytes"]
    put(window["items"][0]["url"], window["items"][0]["headers"], content)
    done = client.post(f"{UPLOADS}/{begun['id']}/complete", headers=who)
    yield done.status_code, plain(done.get_json())


Way = Callable[[FlaskClient, Headers, bytes], Iterator[Told]]
WAYS = (by_body, by_form, by_tus, straight_to_s3, in_parts)


@pytest.fixture
def house(sqlite_store: Store, request: pytest.FixtureRequest) -> Store:
    """A house of several people, whose files lie in S3, or in a directory where the test says so."""
    settings = house_settings(sqlite_store.settings, requests_a_minute=0)
    if getattr(request, "param", "s3") == "directory":
        return replace(sqlite_store, settings=settings)
    request.getfixturevalue("s3")
    settings = settings.model_copy(update={"blobs_url": f"s3://{BUCKET}/house"})
    return replace(sqlite_store, settings=settings, blobs=open_blobs(settings))


@pytest.fixture
def enter(house: Store, make_client):
    """A client of the house, under other settings, and what Ada and Bob send along."""

    def make(**changes: object) -> tuple[FlaskClient, Headers, Headers]:
        store = replace(house, settings=house.settings.model_copy(update=changes))
        ada, bob = (key_headers(store, an_account(store, name)) for name in ("ada", "bob"))
        return without_jar(make_client(store.settings, store)), ada, bob

    return make


def files_of(client: FlaskClient, who: Headers) -> list[dict[str, str]]:
    return client.get(FILES, headers=who).get_json()["items"]


def content_of(client: FlaskClient, who: Headers, file: dict[str, str]) -> tuple[int, bytes]:
    with client.get(file["url"], headers=who, buffered=True) as response:
        return response.status_code, response.data


@pytest.mark.parametrize("way", WAYS)
def test_who_brings_what_another_has_is_told_the_same_as_who_brings_what_nobody_has(enter, way: Way) -> None:
    client, ada, bob = enter()
    for other in (straight_to_s3, by_tus):
        list(other(client, ada, WORDS))

    theirs, own = list(way(client, bob, WORDS)), list(way(client, bob, OTHER_WORDS))

    assert theirs == own
    assert len(files_of(client, bob)) == 2


@pytest.mark.parametrize("house", ["directory"], indirect=True)
@pytest.mark.parametrize("way", [by_body, by_form, by_tus])
def test_what_is_there_already_is_written_all_the_same_so_that_it_takes_no_less_time(
    house: Store, enter, way: Way
) -> None:
    client, ada, bob = enter()
    assert isinstance(house.blobs, DirectoryBlobs)
    place = house.blobs.path(hashlib.sha256(WORDS).hexdigest())
    list(way(client, ada, WORDS))
    first = place.stat().st_ino

    list(way(client, bob, WORDS))

    assert place.stat().st_ino != first


@pytest.mark.parametrize("way", WAYS)
def test_content_that_others_have_counts_towards_the_quota_of_each_and_of_each_file(enter, way: Way) -> None:
    client, ada, bob = enter(quota_bytes=2 * len(WORDS))

    for who in (ada, bob):
        brought = [list(by_body(client, who, WORDS))[-1][0], list(way(client, who, WORDS[::-1]))[-1][0]]
        assert brought[0] == 201
        assert len(files_of(client, who)) == 2
    refused = list(by_body(client, bob, WORDS))

    assert refused[0][0] == 429


@pytest.mark.parametrize("house", ["directory", "s3"], indirect=True)
def test_content_stays_until_the_last_who_has_it_has_deleted_it(house: Store, enter) -> None:
    client, ada, bob = enter()
    for who in (ada, bob):
        list(by_body(client, who, WORDS))
    [of_ada], [of_bob] = files_of(client, ada), files_of(client, bob)
    hashes = list(house.blobs.contents_before(1e11))
    later = replace(house, clock=lambda: house.clock() + 2 * GRACE_S)

    not_hers = client.delete(f"{FILES}/{of_bob['id']}", headers=ada).status_code
    client.delete(f"{FILES}/{of_ada['id']}", headers=ada)
    collect_garbage(later)
    still = content_of(client, bob, of_bob)
    client.delete(f"{FILES}/{of_bob['id']}", headers=bob)
    collect_garbage(later)

    assert (not_hers, len(hashes), still) == (404, 1, (200, WORDS))
    assert list(house.blobs.contents_before(1e11)) == []


def test_hash_of_anothers_content_opens_nothing(enter) -> None:
    client, ada, bob = enter()
    list(by_body(client, ada, WORDS))
    [file] = files_of(client, ada)
    asked = {"name": "a.txt", "size_bytes": len(WORDS), "sha256": file["sha256"]}

    begun = client.post(f"{UPLOADS}/direct", json=asked, headers=bob)
    completed = client.post(f"{UPLOADS}/{begun.get_json()['id']}/complete", headers=bob)

    assert begun.status_code == 201
    assert (completed.status_code, completed.get_json()["code"]) == (409, "nothing_sent")
    assert files_of(client, bob) == []
    assert content_of(client, bob, file)[0] == 404
