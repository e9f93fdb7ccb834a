"""Nothing of uploads that are over stays in S3, whoever died when."""

import urllib.error
from collections.abc import Callable
from dataclasses import replace

import pytest
from support.s3_server import S3
from support.sending import put
from support.stores import HandClock
from support.work import OWNER

from triptych.blobs import BlobsAway
from triptych.blobs.s3 import S3Blobs, direct_key
from triptych.pending.arrived import complete_direct
from triptych.pending.direct import Begun, Wanted, begin_direct
from triptych.pending.expiring import remove_expired
from triptych.pending.parts import open_window
from triptych.pending.strays import DIED_S, remove_strays
from triptych.pending.uploads import Pending, end_upload, list_uploads
from triptych.store import Store

from .conftest import LONG, WORDS

pytestmark = pytest.mark.redis


def given_up(house: Store, upload: Pending) -> None:
    end_upload(house, OWNER, upload.id)


def expired(house: Store, upload: Pending) -> None:
    later = house.clock() + house.settings.upload_expiry_s
    assert remove_expired(replace(house, clock=lambda: later)) == 1


@pytest.mark.parametrize("end", [given_up, expired])
def test_parts_of_an_upload_that_is_over_are_gone_and_no_more_are_taken(
    house: Store, s3: S3, in_parts: Pending, send_parts: Callable[[set[int]], None], end: Callable[..., None]
) -> None:
    [*_, (part, address)] = open_window(house, OWNER, in_parts.id, 0, 10).parts
    send_parts({1, 2})

    end(house, in_parts)

    assert s3.unjoined() == []
    with pytest.raises(urllib.error.HTTPError):
        put(address.url, address.headers, LONG[part.offset_bytes :])
    assert s3.keys() == []


def test_upload_that_is_under_way_is_no_stray(
    house: Store, s3: S3, sent: str, in_parts: Pending, send_parts: Callable[[set[int]], None]
) -> None:
    send_parts({1})

    removed = remove_strays(house)

    assert (removed, s3.keys(), len(s3.unjoined())) == (0, [f"house/{direct_key(sent)}"], 1)
    send_parts({2, 3})
    assert complete_direct(house, OWNER, in_parts.id).is_new


def test_what_is_sent_behind_the_end_is_removed(house: Store, s3: S3, wanted: Wanted) -> None:
    begun = begin_direct(house, OWNER, wanted)
    assert isinstance(begun, Begun)
    assert begun.address is not None
    put(begun.address.url, begun.address.headers, WORDS)
    file = complete_direct(house, OWNER, begun.upload.id).file
    put(begun.address.url, begun.address.headers, WORDS)

    removed = remove_strays(house)

    assert removed == 1
    assert s3.keys() == [f"house/contents/{file.sha256[:2]}/{file.sha256}"]


def test_parts_whose_upload_was_never_noted_are_removed(house: Store, s3: S3) -> None:
    assert isinstance(house.blobs, S3Blobs)
    house.blobs.direct.begin_parts(direct_key("of-a-request-that-died"))

    removed = remove_strays(house)

    assert (removed, s3.unjoined()) == (1, [])


def test_content_that_a_process_died_over_is_removed_after_a_day(house: Store, s3: S3, clock: HandClock) -> None:
    assert isinstance(house.blobs, S3Blobs)
    house.blobs.direct.begin_parts("contents/ab/abcd")
    [begun] = house.blobs.direct.unjoined("contents")
    clock.now = begun.begun_at + DIED_S

    at_first, left = remove_strays(house), len(s3.unjoined())
    clock.forward(1)
    later = remove_strays(house)

    assert (at_first, left, later, s3.unjoined()) == (0, 1, 1, [])


def test_upload_that_s3_does_not_take_leaves_no_promise(house: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(BlobsAway):
        begin_direct(house, OWNER, Wanted("a.txt", len(LONG), None, len(LONG)))

    assert list_uploads(house, OWNER, None, 10) == []
