"""Uploads straight to S3, on both databases: one file of each, however many complete it at the same moment."""

import hashlib
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest
from support.s3_server import BUCKET, S3
from support.stores import with_settings
from support.work import OWNER

from triptych.blobs import Blob
from triptych.files import File
from triptych.pending.direct import HEADERS, Completed, Signed, begin_direct, complete_direct
from triptych.pending.uploads import read_upload
from triptych.store import Store, open_blobs
from triptych.uploads import list_owned

pytestmark = pytest.mark.redis

WORDS = b"a few words"
TOLD = Blob(hashlib.sha256(WORDS).hexdigest(), len(WORDS))


@pytest.fixture
def house(timed: Store, s3: S3) -> Store:
    """The store where files lie in S3."""
    there = with_settings(timed, blobs_url=f"s3://{BUCKET}/house")
    return replace(there, blobs=open_blobs(there.settings))


@pytest.fixture
def sent(house: Store) -> str:
    """An upload whose bytes were sent."""
    signed = begin_direct(house, OWNER, "talk.txt", TOLD)
    assert isinstance(signed, Signed)
    put = urllib.request.Request(signed.url, WORDS, dict(HEADERS), method="PUT")
    with urllib.request.urlopen(put) as answer:
        assert answer.status == 200
    return signed.upload.id


def while_another(at: int, store: Store, done: Callable[[], object]) -> Store:
    """The store of somebody who looks at the clock, and at their look number ``at`` another did something before."""
    looks = count()

    def clock() -> float:
        if next(looks) == at:
            done()
        return store.clock()

    return replace(store, clock=clock)


def files_of(store: Store) -> list[File]:
    return list_owned(store, OWNER, None, 10)


BEFORE_ITS_BYTES_ARE_FETCHED, BEFORE_IT_IS_A_FILE = 0, 1


@pytest.mark.parametrize("at", [BEFORE_ITS_BYTES_ARE_FETCHED, BEFORE_IT_IS_A_FILE])
@pytest.mark.parametrize("quota_bytes", [0, len(WORDS)])
def test_upload_that_another_completes_meanwhile_is_that_file(
    house: Store, s3: S3, sent: str, at: int, quota_bytes: int
) -> None:
    store = with_settings(house, quota_bytes=quota_bytes)
    others: list[Completed] = []

    second = complete_direct(
        while_another(at, store, lambda: others.append(complete_direct(store, OWNER, sent))), OWNER, sent
    )

    [first] = others
    assert (first.is_new, second.is_new) == (True, False)
    assert files_of(house) == [first.file] == [second.file]
    assert read_upload(house, OWNER, sent).file_id == first.file.id
    assert s3.keys() == [f"house/contents/{TOLD.sha256[:2]}/{TOLD.sha256}"]


def test_all_who_complete_an_upload_at_once_are_told_the_same_file(house: Store, sent: str) -> None:
    with ThreadPoolExecutor(4) as several:
        ends = list(several.map(lambda _: complete_direct(house, OWNER, sent), range(4)))

    assert [end.file for end in ends] == files_of(house) * 4
    assert sum(end.is_new for end in ends) == 1
