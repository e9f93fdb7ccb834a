"""What lies in S3 of uploads that are over: sent to an address behind its end, or left when a request died."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import select

from triptych.blobs.s3 import CONTENTS, INCOMING, S3Blobs
from triptych.pending.tables import IS_UNDER_WAY, uploads
from triptych.store import Store

T = TypeVar("T")

AT_A_TIME = 500
DIED_S = 86_400.0  # as long no content is on its way that this house itself puts there in parts


def remove_strays(store: Store) -> int:
    """Remove them; return how many. Uploads' rows are written first, so that whatever has none is a stray at once."""
    if not isinstance(store.blobs, S3Blobs):
        return 0
    direct, removed = store.blobs.direct, 0
    for keys in _pages(store.blobs.sent()):
        for key in _over(store, keys):
            store.blobs.drop(key)
            removed += 1
    for found in _pages(direct.unjoined(INCOMING)):
        over = _over(store, (one.key for one in found))
        for one in (one for one in found if one.key in over):
            direct.abort(one.key, one.upload)
            removed += 1
    for one in direct.unjoined(CONTENTS):
        if one.begun_at < store.clock() - DIED_S:
            direct.abort(one.key, one.upload)
            removed += 1
    return removed


def _over(store: Store, keys: Iterable[str]) -> set[str]:
    """Those of the keys whose uploads are not under way."""
    ids = {key.rpartition("/")[2]: key for key in keys}
    with store.database.read() as connection:
        under_way = connection.execute(select(uploads.c.id).where(IS_UNDER_WAY, uploads.c.id.in_(ids))).scalars()
        return set(ids.values()) - {ids[one] for one in under_way}


def _pages(found: Iterator[T]) -> Iterator[list[T]]:
    while page := list(islice(found, AT_A_TIME)):
        yield page
