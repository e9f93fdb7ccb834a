"""Files: what users brought, by id; the bytes lie in the blob store, shared by content, or here when they are few."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from triptych.blobs import Blob
from triptych.database import metadata

files = Table(
    "files",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("created_at", Double, nullable=False),
    Column("grows_until", Double),  # a recording that is being made, which is over if it is not prolonged by then
    Column("purpose", String(16)),  # as OpenAI's clients say it of what they bring
)

GROWS = text("grows_until IS NOT NULL")
Index("ix_files_growing", files.c.grows_until, sqlite_where=GROWS, postgresql_where=GROWS)

Index("ix_files_owner", files.c.owner, files.c.id)

HAS_PURPOSE = text("purpose IS NOT NULL")
Index("ix_files_purpose", files.c.owner, files.c.id, sqlite_where=HAS_PURPOSE, postgresql_where=HAS_PURPOSE)

# The bytes of files that are in no blob: a text that comes with its job is durable with the job's row, by one sync of
# the disk instead of three (docs/adr/0007).
contents = Table(
    "contents",
    metadata,
    Column("file_id", String(36), ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

_INSERT = insert(files)
_INSERT_CONTENTS = insert(contents)
_CONTENT = select(contents.c.content).where(contents.c.file_id == bindparam("file"))
_OWNED = select(files).where(files.c.id.in_(bindparam("ids", expanding=True)), files.c.owner == bindparam("the_owner"))
_HELD = _OWNED.order_by(files.c.id).with_for_update(read=True, key_share=True)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a user's. ``name`` is data to show, never a path; ``created_at`` is in seconds since the epoch.

    ``grows_until`` is set while it is a recording that is being made (triptych/recordings.py): until then, in seconds
    since the epoch, more may come. Its bytes are in no blob and have no hash yet. ``purpose`` is what OpenAI's clients
    said that it is for, and changes nothing.
    """

    id: str
    owner: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: float
    grows_until: float | None = None
    purpose: str | None = None

    @property
    def blob(self) -> Blob:
        """The content."""
        return Blob(self.sha256, self.size_bytes)


class UnknownFile(LookupError):
    """No such file, or it is somebody else's; the message is its id."""


class FileInUse(Exception):
    """A job still uses the file; the message is its id."""


def add_files(connection: Connection, new: Sequence[File], content: Mapping[str, bytes] | None = None) -> None:
    """Insert the rows of files whose bytes are in the blob store or, by their id, in ``content``."""
    if new:
        connection.execute(_INSERT, [asdict(file) for file in new])
    if content:
        connection.execute(_INSERT_CONTENTS, [{"file_id": key, "content": value} for key, value in content.items()])


def get_content(connection: Connection, file_id: str) -> bytes | None:
    """The bytes of a file that is in no blob, else None."""
    return connection.execute(_CONTENT, {"file": file_id}).scalar()


def get_files(connection: Connection, owner: str, file_ids: Sequence[str], *, held: bool = False) -> list[File]:
    """The files with these ids, in this order. Raises UnknownFile for the first that is not the owner's.

    ``held``: nobody deletes them before the transaction ends.
    """
    rows = connection.execute(_HELD if held else _OWNED, {"ids": list(file_ids), "the_owner": owner})
    found = {row.id: File(*row) for row in rows}
    for file_id in file_ids:
        if file_id not in found:
            raise UnknownFile(file_id)
    return [found[file_id] for file_id in file_ids]


def files_by_id(connection: Connection, file_ids: Sequence[str]) -> list[File]:
    """Those of the files with these ids that are there, whosesoever they are."""
    return [File(*row) for row in connection.execute(select(files).where(files.c.id.in_(file_ids)))]


def delete_file(connection: Connection, owner: str, file_id: str) -> File:
    """Delete the row. Raises UnknownFile, or FileInUse while a job still uses the file."""
    [file] = get_files(connection, owner, [file_id])
    try:
        connection.execute(delete(files).where(files.c.id == file_id))
    except IntegrityError:
        raise FileInUse(file_id) from None
    return file


def list_files(
    connection: Connection, owner: str, before: str | None, limit: int, since: str | None = None
) -> list[File]:
    """Up to ``limit`` of the owner's files, newest first, with ids below ``before`` and from ``since`` on."""
    statement = select(files).where(files.c.owner == owner).order_by(files.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(files.c.id < before)
    if since is not None:
        statement = statement.where(files.c.id >= since)
    return [File(*row) for row in connection.execute(statement)]


def list_by_purpose(
    connection: Connection, owner: str, after: str | None, limit: int, purpose: str | None, *, oldest_first: bool
) -> list[File]:
    """Up to ``limit`` of the owner's files behind ``after`` that have a purpose, or this one."""
    statement = select(files).where(files.c.owner == owner, files.c.purpose.is_not(None)).limit(limit)
    if purpose is not None:
        statement = statement.where(files.c.purpose == purpose)
    if after is not None:
        statement = statement.where(files.c.id > after if oldest_first else files.c.id < after)
    order = files.c.id.asc() if oldest_first else files.c.id.desc()
    return [File(*row) for row in connection.execute(statement.order_by(order))]
