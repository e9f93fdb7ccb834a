"""Houses whose files lie in S3, and what was sent straight there."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from support.s3_server import BUCKET, S3
from support.sending import put
from support.stores import with_settings
from support.work import OWNER

from triptych.pending.direct import Begun, Wanted, begin_direct
from triptych.pending.parts import LEAST_PART_BYTES, open_window
from triptych.pending.uploads import Pending
from triptych.store import Store, open_blobs

WORDS = b"a few words"
LONG = b"".join(b"line %07d of a long text\n" % number for number in range(450_000))  # three parts


@pytest.fixture
def house(timed: Store, s3: S3) -> Store:
    """The store where files lie in S3."""
    there = with_settings(timed, blobs_url=f"s3://{BUCKET}/house")
    return replace(there, blobs=open_blobs(there.settings))


@pytest.fixture
def elsewhere(house: Store, tmp_path: Path) -> Store:
    """The same house on another machine, which shares no directory with the first."""
    there = with_settings(house, home=tmp_path / "elsewhere")
    return replace(there, blobs=open_blobs(there.settings))


@pytest.fixture
def wanted() -> Wanted:
    """What somebody wants to send."""
    return Wanted("talk.txt", len(WORDS), hashlib.sha256(WORDS).hexdigest())


@pytest.fixture
def sent(house: Store, wanted: Wanted) -> str:
    """An upload whose bytes were sent."""
    begun = begin_direct(house, OWNER, wanted)
    assert isinstance(begun, Begun)
    assert begun.address is not None
    put(begun.address.url, begun.address.headers, WORDS)
    return begun.upload.id


@pytest.fixture
def in_parts(house: Store) -> Pending:
    """An upload in three parts, of which nothing was sent."""
    begun = begin_direct(house, OWNER, Wanted("long.txt", len(LONG), None, LEAST_PART_BYTES))
    assert isinstance(begun, Begun)
    return begun.upload


@pytest.fixture
def send_parts(house: Store, in_parts: Pending) -> Callable[[set[int]], None]:
    """Send these of its parts."""

    def send(numbers: set[int]) -> None:
        for part, address in open_window(house, OWNER, in_parts.id, 0, 10).parts:
            if part.number in numbers:
                put(address.url, address.headers, LONG[part.offset_bytes :][: part.size_bytes])

    return send
