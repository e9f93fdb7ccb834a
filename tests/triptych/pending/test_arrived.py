"""Uploads that went straight to S3, on both databases: one file of each, however many complete it at once."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count

import pytest
from support.s3_server import S3
from support.sending import put
from support.stores import HandClock, with_settings
from support.work import OWNER

from triptych.blobs.s3 import S3Blobs, direct_key
from triptych.files import File
from triptych.pending.arrived import Completed, NothingSent, complete_direct
from triptych.pending.direct import Begun, Wanted, begin_direct
from triptych.pending.expiring import remove_expired
from triptych.pending.parts import LEAST_PART_BYTES, OtherContent, PartsMissing, open_window
from triptych.pending.uploads import Pending, UnknownUpload, UploadBusy, hold, read_upload
from triptych.store import Store
from triptych.uploads import list_owned, read_files

from .conftest import LONG, WORDS

pytestmark = pytest.mark.redis

SHA256 = hashlib.sha256(WORDS).hexdigest()


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
    house: Store, elsewhere: Store, s3: S3, sent: str, at: int, quota_bytes: int
) -> None:
    here, there = (with_settings(store, quota_bytes=quota_bytes) for store in (house, elsewhere))
    others: list[Completed] = []

    slow = while_another(at, here, lambda: others.append(complete_direct(there, OWNER, sent)))
    second = complete_direct(slow, OWNER, sent)

    [first] = others
    assert (first.is_new, second.is_new) == (True, False)
    assert files_of(house) == [first.file] == [second.file]
    assert read_upload(house, OWNER, sent).file_id == first.file.id
    assert s3.keys() == [f"house/contents/{SHA256[:2]}/{SHA256}"]


def test_of_all_who_complete_an_upload_at_once_one_makes_the_file(house: Store, elsewhere: Store, sent: str) -> None:
    def end(store: Store) -> Completed | None:
        try:
            return complete_direct(store, OWNER, sent)
        except UploadBusy:
            return None

    with ThreadPoolExecutor(4) as several:
        ends = [one for one in several.map(end, [house, elsewhere] * 2) if one is not None]
    afterwards = complete_direct(house, OWNER, sent)

    assert files_of(house) == [afterwards.file]
    assert {one.file for one in ends} == {afterwards.file}
    assert sum(one.is_new for one in ends) == 1


def test_upload_that_is_being_completed_is_told_as_busy_and_does_not_expire(
    house: Store, clock: HandClock, sent: str
) -> None:
    house.blobs.growing(sent).parent.mkdir(parents=True, exist_ok=True)
    house.blobs.growing(sent).touch()
    another = hold(house, read_upload(house, OWNER, sent))

    with pytest.raises(UploadBusy):
        complete_direct(house, OWNER, sent)
    clock.forward(house.settings.upload_expiry_s)
    removed_meanwhile = remove_expired(house)
    another.close()

    assert (removed_meanwhile, remove_expired(house)) == (0, 1)


def test_parts_become_one_file(house: Store, s3: S3, in_parts: Pending, send_parts: Callable[[set[int]], None]) -> None:
    send_parts({1, 2, 3})

    file = complete_direct(house, OWNER, in_parts.id).file

    assert (file.sha256, file.size_bytes) == (hashlib.sha256(LONG).hexdigest(), len(LONG))
    assert s3.keys() == [f"house/contents/{file.sha256[:2]}/{file.sha256}"]
    assert s3.unjoined() == []


@pytest.mark.parametrize(("sent_parts", "missing"), [({1, 3}, "1 of 3 parts were not sent yet: 2"), ({2}, "1, 3")])
def test_upload_whose_parts_are_missing_waits_for_them(
    house: Store, in_parts: Pending, send_parts: Callable[[set[int]], None], sent_parts: set[int], missing: str
) -> None:
    send_parts(sent_parts)

    with pytest.raises(PartsMissing, match=missing):
        complete_direct(house, OWNER, in_parts.id)

    assert files_of(house) == []
    send_parts({1, 2, 3})
    assert complete_direct(house, OWNER, in_parts.id).is_new


def test_upload_of_which_no_part_came_is_told_as_such(house: Store, in_parts: Pending) -> None:
    with pytest.raises(NothingSent):
        complete_direct(house, OWNER, in_parts.id)


def test_part_of_another_size_is_named_and_can_be_sent_again(
    house: Store, in_parts: Pending, send_parts: Callable[[set[int]], None]
) -> None:
    send_parts({1, 2})
    [(part, address)] = open_window(house, OWNER, in_parts.id, 0, 10).parts
    put(address.url, address.headers, LONG[part.offset_bytes : -1])

    with pytest.raises(OtherContent, match=rf"part 3 has {part.size_bytes - 1} bytes in place of {part.size_bytes}"):
        complete_direct(house, OWNER, in_parts.id)

    send_parts({3})
    assert complete_direct(house, OWNER, in_parts.id).is_new


def test_parts_that_are_not_what_was_told_leave_nothing(house: Store, s3: S3) -> None:
    begun = begin_direct(house, OWNER, Wanted("a.txt", len(WORDS), SHA256, LEAST_PART_BYTES))
    assert isinstance(begun, Begun)
    [(_, address)] = open_window(house, OWNER, begun.upload.id, 0, 10).parts
    put(address.url, address.headers, WORDS[::-1])

    with pytest.raises(OtherContent, match="begin another upload"):
        complete_direct(house, OWNER, begun.upload.id)

    assert (s3.keys(), s3.unjoined(), files_of(house)) == ([], [], [])
    with pytest.raises(UnknownUpload):
        read_upload(house, OWNER, begun.upload.id)


def test_completion_goes_on_where_one_that_died_had_joined_the_parts(
    house: Store, in_parts: Pending, send_parts: Callable[[set[int]], None]
) -> None:
    send_parts({1, 2, 3})
    assert isinstance(house.blobs, S3Blobs)
    key, multipart = direct_key(in_parts.id), str(in_parts.multipart)
    house.blobs.direct.join(key, multipart, house.blobs.direct.parts(key, multipart))

    window = open_window(house, OWNER, in_parts.id, 0, 10)
    file = complete_direct(house, OWNER, in_parts.id).file

    assert (window.parts, window.sent_bytes) == ((), len(LONG))
    assert read_files(house, OWNER, [file.id])[0].sha256 == hashlib.sha256(LONG).hexdigest()
