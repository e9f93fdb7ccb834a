"""Uploads in parts: which are missing, where they are sent, and that 50 GB have room."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from support.stores import HandClock
from support.work import OWNER

from triptych.pending.parts import LEAST_PART_BYTES, MOST_PARTS, open_window, part_count, part_of, part_size
from triptych.pending.uploads import Pending, UnknownUpload, UploadExpired, read_upload
from triptych.store import Store

from .conftest import LONG

pytestmark = pytest.mark.redis

GB = 1_000_000_000


@pytest.mark.parametrize("size_bytes", [1, LEAST_PART_BYTES, LEAST_PART_BYTES + 1, 50 * GB, 5000 * GB])
def test_parts_are_the_content_without_gap_and_no_more_than_s3_takes(size_bytes: int) -> None:
    upload = Pending("u", OWNER, "a", "", size_bytes, 0, 0, 0, part_bytes=part_size(size_bytes, LEAST_PART_BYTES))

    parts = [part_of(upload, number) for number in range(1, part_count(upload) + 1)]

    assert len(parts) <= MOST_PARTS
    assert all(part.size_bytes >= LEAST_PART_BYTES for part in parts[:-1])
    assert [part.offset_bytes for part in parts[1:]] == [part.offset_bytes + part.size_bytes for part in parts[:-1]]
    assert (parts[0].offset_bytes, parts[-1].offset_bytes + parts[-1].size_bytes) == (0, size_bytes)


def test_addresses_are_told_window_by_window(house: Store, in_parts: Pending) -> None:
    first = open_window(house, OWNER, in_parts.id, 0, 2)
    second = open_window(house, OWNER, in_parts.id, first.after or 0, 2)

    assert [part.number for part, _ in first.parts + second.parts] == [1, 2, 3]
    assert (first.after, second.after) == (2, None)
    for part, address in first.parts + second.parts:
        told = parse_qs(urlsplit(address.url).query)
        assert (told["partNumber"], told["uploadId"]) == ([str(part.number)], [in_parts.multipart])
        assert told["X-Amz-SignedHeaders"] == ["content-length;host"]  # so that no more comes than was told


def test_what_has_come_is_asked_for_no_more_and_is_told(
    house: Store, in_parts: Pending, send_parts: Callable[[set[int]], None]
) -> None:
    send_parts({1, 3})

    window = open_window(house, OWNER, in_parts.id, 0, 10)

    [(part, _)] = window.parts
    assert (part.number, window.sent_bytes) == (2, len(LONG) - LEAST_PART_BYTES)
    assert read_upload(house, OWNER, in_parts.id).offset_bytes == window.sent_bytes


def test_upload_waits_anew_whenever_addresses_are_asked_for(house: Store, clock: HandClock, in_parts: Pending) -> None:
    for _ in range(3):
        clock.forward(house.settings.upload_expiry_s - 1)
        open_window(house, OWNER, in_parts.id, 0, 1)

    clock.forward(house.settings.upload_expiry_s)

    with pytest.raises(UploadExpired):
        open_window(house, OWNER, in_parts.id, 0, 1)


def test_addresses_of_somebody_elses_upload_are_told_to_nobody(house: Store, in_parts: Pending) -> None:
    with pytest.raises(UnknownUpload):
        open_window(house, "somebody else", in_parts.id, 0, 1)


def test_upload_by_one_request_has_no_parts(house: Store, sent: str) -> None:
    with pytest.raises(UnknownUpload):
        open_window(house, OWNER, sent, 0, 1)
