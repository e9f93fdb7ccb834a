"""Writing everything that somebody has into one archive, as it stands at one moment, in bounded memory."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import BinaryIO

from sqlalchemy import Connection

from triptych.blobs import CHUNK_BYTES
from triptych.memory.archive import rows
from triptych.memory.archive.format import CONTENTS, MANIFEST, MOST_CONTENTS, VERSION, Manifest, line_of
from triptych.memory.archive.zip_stream import ZipStream
from triptych.memory.space_tables import hold_tables
from triptych.memory.spaces import spaces_of
from triptych.memory.values import SpaceState
from triptych.store import Store


class TooManyContents(Exception):
    """An archive would hold more contents than it may; the message says how many it may."""


def export_archive(store: Store, owner: str) -> Generator[bytes, None, None]:
    """Yield the bytes of the owner's archive. Its end, and with it the manifest, comes only if all went well.

    Raises TooManyContents, blobs.NoDisk and DatabaseAway before the first byte, the last two also later. Before that
    all that the database tells is written to a file, so that nothing of it is held for as long as who reads takes. What
    began later is not in it, and neither are jobs that are not finished, nor recordings that are still being made.
    """
    stream, missing, contents = ZipStream(), list[str](), 0
    with store.blobs.scratch() as told:
        with store.database.snapshot() as connection:
            _check(connection, owner)
            hold_tables(connection, spaces_of(connection, SpaceState.ACTIVE))
            for name, lines in rows.LINES.items():
                told.write(stream.deflated(name, (line_of(record) for record in lines(connection, owner))))
            hashes = list(rows.hashes(connection, owner))
        yield from told.read()
    for sha256 in hashes:
        found = _content(store, sha256)
        if found is None:
            missing.append(sha256)
            continue
        contents += 1
        with closing(stream.stored(CONTENTS + sha256, found)) as chunks:
            yield from chunks
    manifest = Manifest(
        version=VERSION, created_at=store.clock(), contents=contents, missing=missing, entries=dict(stream.entries)
    )
    yield from stream.deflated(MANIFEST, [line_of(manifest)])
    yield from stream.end()


def _check(connection: Connection, owner: str) -> None:
    if rows.count_of_hashes(connection, owner) > MOST_CONTENTS:
        raise TooManyContents(f"an archive holds at most {MOST_CONTENTS:,} contents, and yours are more")


def _content(store: Store, sha256: str) -> Iterable[bytes] | None:
    """The bytes in pieces; None where they are gone, by now perhaps."""
    try:
        file = store.blobs.opened(sha256)
    except FileNotFoundError:
        with store.database.read() as connection:
            content = rows.short_text(connection, sha256)
        return None if content is None else [content]
    return _chunks_of(file)


def _chunks_of(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
