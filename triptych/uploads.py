"""Taking files in: what was received is sniffed, kept and given a row, or refused with nothing left behind."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from pipelines.media.sniff import sniff
from triptych.blobs import Draft
from triptych.chat.letting_go import let_go
from triptych.files import File, add_files, delete_file, get_content, get_files, list_by_purpose, list_files
from triptych.ids import new_id
from triptych.jobs.quotas import check_quota
from triptych.store import Store

INLINE_BYTES = 32 * 1024  # texts up to here lie in the database


@dataclass(frozen=True, slots=True)
class Upload:
    """A received file that has not been looked at: ``name`` is its sender's, already cleaned.

    ``media_type`` is set where the house itself made the file and so knows it.
    """

    name: str
    draft: Draft
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text that came with its job; ``name`` is cleaned."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of the content."""
        return hashlib.sha256(self.content).hexdigest()


def examine(store: Store, owner: str, upload: Upload) -> File:
    """The file that ``upload`` would become; nothing is kept yet. Raises pipelines.media.sniff.MediaRefused."""
    media_type = upload.media_type or sniff(upload.draft.path, upload.name, store.settings.image_pixels)
    blob = upload.draft.blob
    return File(new_id(), owner, upload.name, media_type, blob.size_bytes, blob.sha256, store.clock())


def text_file(store: Store, owner: str, text: Text) -> File:
    """The file of a text that is to lie in the database."""
    return File(new_id(), owner, text.name, "text/plain", len(text.content), text.sha256, store.clock())


def keep_upload(store: Store, owner: str, upload: Upload, purpose: str | None = None) -> File:
    """Keep the file with its row, for this ``purpose`` of OpenAI's.

    Raises pipelines.media.sniff.MediaRefused, and jobs.quotas.QuotaExceeded.
    """
    file = replace(keep_bytes(store, owner, upload), purpose=purpose)
    with store.database.write() as connection:
        check_quota(connection, store.settings, owner, 0, file.size_bytes)
        add_files(connection, [file])
    return file


def keep_bytes(store: Store, owner: str, upload: Upload) -> File:
    """Keep the bytes of the file that ``upload`` becomes with its row, which is the caller's to write. Raises alike."""
    file = examine(store, owner, upload)
    check_room(store, owner, [file])
    store.blobs.keep(upload.draft)
    return file


def check_room(store: Store, owner: str, files: Sequence[File], jobs: int = 0) -> None:
    """Raise jobs.quotas.QuotaExceeded when these files and so many jobs are more than the owner may have.

    Asked before the files' bytes are kept, and once more as their rows are written.
    """
    with store.database.read() as connection:
        check_quota(connection, store.settings, owner, jobs, sum(file.size_bytes for file in files))


def read_files(store: Store, owner: str, file_ids: Sequence[str]) -> list[File]:
    """The owner's files with these ids, in this order. Raises UnknownFile for the first that is not the owner's."""
    with store.database.read() as connection:
        return get_files(connection, owner, file_ids)


def read_content(store: Store, file: File) -> bytes | None:
    """The bytes of ``file`` if it is in no blob, else None."""
    with store.database.read() as connection:
        return get_content(connection, file.id)


def list_owned(store: Store, owner: str, before: str | None, limit: int, since: str | None = None) -> list[File]:
    """Up to ``limit`` of the owner's files, newest first, with ids below ``before`` and from ``since`` on."""
    with store.database.read() as connection:
        return list_files(connection, owner, before, limit, since)


def list_owned_by_purpose(
    store: Store, owner: str, after: str | None, limit: int, purpose: str | None, *, oldest_first: bool
) -> list[File]:
    """Up to ``limit`` of the owner's files behind ``after`` that have a purpose, or this one."""
    with store.database.read() as connection:
        return list_by_purpose(connection, owner, after, limit, purpose, oldest_first=oldest_first)


def remove_file(store: Store, owner: str, file_id: str, *, check: Callable[[Connection], None] | None = None) -> None:
    """Remove a file; its bytes go with the next sweep. Raises UnknownFile, or FileInUse while a job uses it.

    Conversations let go of it, but for a reply that is being written: its name stays there. Raises what ``check``
    raises, which is asked first; then nothing has happened.
    """
    with store.database.write() as connection:
        if check is not None:
            check(connection)
        rings, told = let_go(connection, store, owner, file_id)
        delete_file(connection, owner, file_id)
    store.wire.send(rings, told)
