"""Large files go straight to S3 where the API offers that and S3 is reached, and by tus elsewhere."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from support.api_process import free_port
from support.in_s3 import api_in_s3
from support.own_authority import certified
from support.s3_server import S3
from support.scripted_server import Answer, Scripted, scripted

from bench.mean_proxy import MeanProxy, mean_proxy
from triptych.client import Client, Incomplete, NotFound, Patience, Refused, Source
from triptych.client.direct import PART_BYTES
from triptych.client.records.upload import PendingUpload

pytestmark = pytest.mark.stack
Against = Callable[..., AbstractContextManager[tuple[Scripted, Client]]]
PROBLEM = {"Content-Type": "application/problem+json"}
TEXT = b"".join(b"line %07d of a very long text\n" % number for number in range(1_200_000))  # three parts


@dataclass(frozen=True, slots=True)
class InS3:
    """Where the API answers, and the proxy that everybody reaches S3 through."""

    url: str
    proxy: MeanProxy


@pytest.fixture(scope="module")
def in_s3(
    tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path, redis_url: str, s3_server: S3
) -> Iterator[InS3]:
    port, home = int(s3_server.endpoint.rpartition(":")[2]), tmp_path_factory.mktemp("home")
    with mean_proxy(port, limit_bytes=1 << 40) as proxy, api_in_s3(home, migrated_sqlite, redis_url, proxy.url) as url:
        yield InS3(url, proxy)


@pytest.fixture
def straight(in_s3: InS3, quick: Patience, s3: S3) -> Iterator[Client]:
    """A client of an API that takes uploads straight to S3."""
    with Client(in_s3.url, "tri_key", patience=quick) as client:
        yield client


@pytest.fixture
def source() -> Source:
    return Source.of_bytes("Übersicht.txt", TEXT)


def test_parts_become_a_file_and_are_told_while_they_are_sent(straight: Client, s3: S3, source: Source) -> None:
    sent: list[int] = []

    upload = straight.uploads.begin(source)
    file = straight.uploads.send(upload, source, sent.append)

    assert upload.part_bytes == PART_BYTES
    assert (file.name, file.sha256) == ("Übersicht.txt", sha256(TEXT).hexdigest())
    assert (sent[-1], sent) == (len(TEXT), sorted(sent))
    assert s3.keys() == [f"served/contents/{file.sha256[:2]}/{file.sha256}"]


def test_parts_that_break_off_are_sent_again_and_no_others(straight: Client, in_s3: InS3, source: Source) -> None:
    upload = straight.uploads.begin(source)
    before = in_s3.proxy.passed_bytes
    in_s3.proxy.hang_up(before + PART_BYTES // 2, before + 2 * PART_BYTES)

    file = straight.uploads.send(upload, source)

    assert file.sha256 == sha256(TEXT).hexdigest()
    assert in_s3.proxy.passed_bytes - before < 2 * len(TEXT) + 2 * PART_BYTES  # the API keeps the whole there once more


def test_upload_goes_on_with_the_parts_that_are_missing(straight: Client, source: Source) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(sent_bytes: int) -> None:
        if sent_bytes > PART_BYTES + 1000:
            raise Interrupted

    upload = straight.uploads.begin(source)
    with pytest.raises(Interrupted):
        straight.uploads.send(upload, source, interrupt)
    sent: list[int] = []

    file = straight.uploads.send(straight.uploads.get(upload.id), source, sent.append)

    assert file.sha256 == sha256(TEXT).hexdigest()
    assert (sent[0], sent) == (PART_BYTES, sorted(sent))


def test_upload_that_is_through_is_not_sent_again(straight: Client, source: Source) -> None:
    sent: list[int] = []
    upload = straight.uploads.begin(source)
    file = straight.uploads.send(upload, source)

    again = straight.uploads.send(straight.uploads.get(upload.id), source, sent.append)

    assert (again.id, sent) == (file.id, [])


def test_file_that_changes_meanwhile_is_told_and_does_not_stay(straight: Client) -> None:
    contents = iter([BytesIO(b"before"), BytesIO(b"behind")])
    source = Source("note.txt", 6, lambda: next(contents))
    upload = straight.uploads.begin(source)

    with pytest.raises(Incomplete, match=r"note\.txt was changed"):
        straight.uploads.send(upload, source)

    with pytest.raises(NotFound):
        straight.files.get(str(straight.uploads.get(upload.id).file_id))


def test_what_is_refused_in_the_end_is_told_by_its_code(straight: Client) -> None:
    source = Source.of_bytes("sound.wav", b"no sound at all, but words\n")

    with pytest.raises(Refused) as refused:
        straight.uploads.send(straight.uploads.begin(source), source)

    assert refused.value.code == "media_type_mismatch"


def test_upload_that_is_given_up_leaves_nothing(straight: Client, s3: S3, source: Source) -> None:
    upload = straight.uploads.begin(source)

    straight.uploads.give_up(upload.id)

    assert upload.id not in [one.id for one in straight.uploads.list()]
    assert s3.unjoined() == []


def told(**answer: object) -> Answer:
    return Answer(200, json.dumps(answer).encode())


PENDING = told(id="u", name="a.txt", size_bytes=5, offset=0, expires_at="", file_id=None, part_bytes=PART_BYTES)
BEGUN = told(id="u", method="PUT", url=None, headers={}, expires_at="", part_bytes=PART_BYTES, part_count=1)
FILE = {"id": "f", "name": "a.txt", "media_type": "text/plain", "size_bytes": 5, "created_at": "", "url": ""}
WORDS = Source.of_bytes("a.txt", b"words")


def missing(url: str) -> Answer:
    part = {"number": 1, "offset": 0, "size_bytes": 5, "method": "PUT", "url": url, "headers": {"X-Signed": "yes"}}
    return told(items=[part], next=None, sent_bytes=0, expires_at="")


NONE_MISSING = told(items=[], next=None, sent_bytes=5, expires_at="")


def test_s3_is_told_what_was_signed_and_not_the_key_of_the_api(against: Against) -> None:
    whole = told(**FILE, sha256=sha256(b"words").hexdigest())
    with scripted(Answer()) as there:
        part = missing(f"{there.url}/k?X-Amz-Signature=1")
        with against(BEGUN, part, PENDING, part, NONE_MISSING, whole) as (_, client):
            file = client.uploads.send(client.uploads.begin(WORDS), WORDS)

    assert file.id == "f"
    reached, put = there.asked
    assert (reached.method, reached.path) == ("GET", "/")
    assert (put.method, put.path, put.body, put.headers["X-Signed"]) == ("PUT", "/k?X-Amz-Signature=1", b"words", "yes")
    assert not [one for one in there.asked if "Authorization" in one.headers]


def test_s3_of_ones_own_authority_is_reached_where_the_environment_names_that(
    against: Against, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    with (
        scripted(Answer(), tls=certified(tmp_path / "own.pem")) as there,
        against(BEGUN, missing(f"{there.url}/k"), PENDING) as (_, client),
    ):
        upload = client.uploads.begin(WORDS)

    assert (upload.part_bytes, len(there.asked)) == (PART_BYTES, 1)


def test_upload_goes_by_tus_where_the_api_reaches_s3_and_its_client_does_not(against: Against) -> None:
    nobody = missing(f"http://127.0.0.1:{free_port()}/k")
    location = Answer(201, headers={"Location": "/api/v1/uploads/t"})
    with against(BEGUN, nobody, Answer(204, b""), location, PENDING) as (server, client):
        client.uploads.begin(WORDS)

    asked = [(one.method, one.path) for one in server.asked]
    assert asked == [
        ("POST", "/api/v1/uploads/direct"),
        ("POST", "/api/v1/uploads/u/parts"),
        ("DELETE", "/api/v1/uploads/u"),
        ("POST", "/api/v1/uploads"),
        ("GET", "/api/v1/uploads/t"),
    ]


def test_file_is_waited_for_that_the_api_is_still_reading(against: Against) -> None:
    busy = [
        Answer(status, f'{{"title": "", "status": {status}, "code": "{code}", "detail": ""}}'.encode(), PROBLEM)
        for status, code in ((423, "upload_busy"), (503, "too_many_clients"))
    ]
    whole = told(**FILE, sha256=sha256(b"words").hexdigest())
    no_patience = Patience(first_pause_s=0.001, longest_pause_s=0.01, away_s=0.0)
    with against(NONE_MISSING, *busy * 10, whole, patience=no_patience) as (server, client):
        file = client.uploads.send(PendingUpload.model_validate_json(PENDING.body), WORDS)

    assert (file.id, len(server.asked)) == ("f", 23)
