"""Uploads in several requests, on both databases: their owner's alone, and never told further than they are."""

import hashlib
from dataclasses import replace
from itertools import chain, repeat

import pytest
from support.stores import HandClock
from support.work import OWNER

from triptych.pending.completing import settled
from triptych.pending.digests import Digests
from triptych.pending.expiring import remove_expired
from triptych.pending.stretch import Stretch, open_stretch
from triptych.pending.uploads import (
    Pending,
    UnknownUpload,
    UploadBusy,
    advance,
    begin_upload,
    end_upload,
    list_uploads,
    read_upload,
)
from triptych.store import Store
from triptych.uploads import read_files

pytestmark = pytest.mark.redis

WORDS = b"a few words"


@pytest.fixture
def upload(timed: Store) -> Pending:
    return begin_upload(timed, OWNER, "talk.txt", "", len(WORDS))


def a_stretch(store: Store, upload: Pending, content: bytes) -> Stretch:
    """What was written and is not noted; its tape is held."""
    stretch = open_stretch(store, upload.owner, upload.id, upload.offset_bytes, None)
    stretch.write(content)
    return stretch


def test_upload_of_somebody_else_is_unknown(timed: Store, upload: Pending) -> None:
    for ask in (read_upload, end_upload, settled):
        with pytest.raises(UnknownUpload):
            ask(timed, "somebody else", upload.id)

    assert list_uploads(timed, "somebody else", None, 10) == []
    assert read_upload(timed, OWNER, upload.id) == upload


def test_upload_that_became_a_file_is_listed_until_it_expires(timed: Store, clock: HandClock, upload: Pending) -> None:
    stretch = a_stretch(timed, upload, WORDS)
    advance(timed, upload, stretch.finish())
    stretch.discard()
    became = settled(timed, OWNER, upload.id)

    listed = list_uploads(timed, OWNER, None, 10)
    clock.forward(timed.settings.upload_expiry_s)

    assert [(one.id, one.file_id) for one in listed] == [(upload.id, became.file_id)]
    assert became.file_id is not None
    assert list_uploads(timed, OWNER, None, 10) == []


def test_upload_is_as_far_as_was_noted(timed: Store, upload: Pending) -> None:
    stretch = a_stretch(timed, upload, WORDS[:4])

    before = read_upload(timed, OWNER, upload.id)
    noted = advance(timed, upload, stretch.finish())
    stretch.discard()

    assert (before.offset_bytes, noted.offset_bytes) == (0, 4)
    assert read_upload(timed, OWNER, upload.id) == noted


def test_upload_that_somebody_adds_to_does_not_expire_under_them(
    timed: Store, clock: HandClock, upload: Pending
) -> None:
    stretch = a_stretch(timed, upload, WORDS)
    clock.forward(timed.settings.upload_expiry_s + 1)

    removed = remove_expired(timed)
    noted = advance(timed, upload, stretch.finish())
    stretch.discard()

    assert removed == 0
    assert settled(timed, OWNER, noted.id).file_id is not None


def test_upload_that_is_being_ended_is_told_as_busy(timed: Store, upload: Pending) -> None:
    stretch = a_stretch(timed, upload, WORDS)
    advance(timed, upload, stretch.finish())

    with pytest.raises(UploadBusy):
        settled(timed, OWNER, upload.id)

    stretch.discard()
    assert settled(timed, OWNER, upload.id).is_whole


def test_upload_that_is_prolonged_before_its_turn_comes_is_left(
    timed: Store, clock: HandClock, upload: Pending
) -> None:
    found_at = clock() + timed.settings.upload_expiry_s + 1
    clocks = chain([found_at], repeat(clock()))

    removed = remove_expired(replace(timed, clock=lambda: next(clocks)))

    assert removed == 0
    assert read_upload(timed, OWNER, upload.id) == upload


def test_bytes_that_never_counted_leave_no_hash_behind(timed: Store, upload: Pending) -> None:
    never_noted = a_stretch(timed, upload, WORDS[::-1])
    never_noted.finish()
    never_noted.discard()
    another_process = replace(timed, digests=Digests())
    stretch = a_stretch(another_process, upload, WORDS)
    advance(another_process, upload, stretch.finish())
    stretch.discard()

    file_id = settled(timed, OWNER, upload.id).file_id

    [file] = read_files(timed, OWNER, [str(file_id)])
    assert file.sha256 == hashlib.sha256(WORDS).hexdigest()
