"""Unpacking a batch's archive page by page: its members become files, or tell why not; its names lead nowhere.

Nothing of an archive is believed. Its list of entries is bounded before it is read, what they say that they become is
bounded as an upload is, and no more than that is taken out. Names are what lines call members by, never paths here.
"""

import errno
import os
import re
import stat
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 -- it is an exception's class

from sqlalchemy import Connection, Row, update

from pipelines.errors import BadInput
from triptych.batches.creating import add_members, manifest_of
from triptych.batches.line import BadLine
from triptych.batches.manifest import ManifestForm
from triptych.batches.own_lines import PATH_CHARACTERS
from triptych.batches.tables import batches
from triptych.blobs import CHUNK_BYTES, Blob
from triptych.files import File
from triptych.jobs.quotas import check_quota
from triptych.names import shown_name
from triptych.store import Store
from triptych.strict_json import BadJson, check_storable
from triptych.uploads import Upload, examine

PAGE_MEMBERS = 100
PAGE_BYTES = 64 * 1024 * 1024
LIST_BYTES = 32 * 1024 * 1024  # of a zip's list of entries, which is held in memory
TAIL_BYTES = 76 + 22 + 64 * 1024  # in which a zip's end stands: ZIP64's before it, and a comment behind
MANIFESTS = {f"manifest.{form}": form for form in ManifestForm}
_NOBODYS = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$)")  # what systems put into archives by themselves

UNREADABLE = (BadZipFile, EOFError, ZlibError, NotImplementedError, ValueError, OverflowError, struct.error)


class BadZip(Exception):
    """An archive that cannot be taken at all; the message says why."""


class Unreadable(Exception):
    """What an archive says of itself does not hold; the message says what was found."""


@dataclass(frozen=True, slots=True)
class Page:
    """Members by their paths, and how many of the entries are done with them; None: all of them are.

    ``manifest`` is what the last page found in the archive, or made of it.
    """

    members: Mapping[str, File | BadLine]
    upto: int | None
    manifest: tuple[Blob, ManifestForm] | None = None


def unpack_page(store: Store, row: Row[Any]) -> Page:
    """Take out the next members of the archive of the batch in ``row``; their bytes are kept. Raises BadZip."""
    with _opened(store, row.archive_sha256) as archive:
        entries = _entries(archive, store.settings.upload_bytes)
        if len(entries) > store.settings.batch_lines:
            raise BadZip(f"the archive has more than {store.settings.batch_lines:,} files")
        members: dict[str, File | BadLine] = {}
        upto, size_bytes = row.unpacked, 0
        for info in entries[row.unpacked :]:
            if info.filename not in MANIFESTS:
                members[_path_of(info)] = _member(store, row.owner, archive, info)
            upto, size_bytes = upto + 1, size_bytes + info.file_size
            if len(members) >= PAGE_MEMBERS or size_bytes >= PAGE_BYTES:
                break
        if upto < len(entries):
            return Page(members, upto)
        return Page(members, None, _manifest(store, archive, entries) if row.manifest_sha256 is None else None)


def keep_page(connection: Connection, store: Store, row: Row[Any], page: Page) -> None:
    """Write the rows of a page's members. Raises quotas.QuotaExceeded."""
    files = [one for one in page.members.values() if isinstance(one, File)]
    check_quota(connection, store.settings, row.owner, 0, sum(file.size_bytes for file in files))
    add_members(connection, row.id, page.members)
    values: dict[str, Any] = {"unpacked": page.upto, "lease_until": None}  # Any: columns
    if page.manifest is not None:
        blob, form = page.manifest
        values |= {"manifest_sha256": blob.sha256, "manifest_form": form}
    connection.execute(update(batches).where(batches.c.id == row.id).values(**values))


def _manifest(store: Store, archive: ZipFile, entries: Sequence[ZipInfo]) -> tuple[Blob, ManifestForm]:
    """The archive's own, or one with a line for each of its members."""
    for info in entries:
        if (form := MANIFESTS.get(info.filename)) is not None:
            return _taken_out(store, archive, info), form
    lines = manifest_of(map(_path_of, entries), "path")
    return store.blobs.keep_chunks(lines, store.settings.upload_bytes), ManifestForm.JSONL


def _taken_out(store: Store, archive: ZipFile, info: ZipInfo) -> Blob:
    if (why := _why_not(info)) is not None:
        raise BadZip(f"{info.filename}: {why}")
    try:
        with _read(), archive.open(info) as entry:
            return store.blobs.keep_chunks(iter(lambda: entry.read(CHUNK_BYTES), b""), info.file_size)
    except Unreadable as error:
        raise BadZip(f"{info.filename} cannot be taken out of the archive: {error}") from None


def _member(store: Store, owner: str, archive: ZipFile, info: ZipInfo) -> File | BadLine:
    """The file that a member becomes, or why it becomes none."""
    if (why := _why_not(info)) is not None:
        return why
    try:
        with _read(), archive.open(info) as entry:
            draft = store.blobs.receive(iter(lambda: entry.read(CHUNK_BYTES), b""), info.file_size)
    except Unreadable as error:
        return BadLine("bad_archive", f"it cannot be taken out of the archive: {error}")
    try:
        file = examine(store, owner, Upload(shown_name(info.filename), draft))
        store.blobs.keep(draft)
    except BadInput as error:
        return BadLine(error.code, str(error))
    finally:
        draft.discard()
    return file


def _why_not(info: ZipInfo) -> BadLine | None:
    steps = re.split(r"[/\\]", info.filename)  # some programs write them as Windows does
    if steps[0] == "" or ".." in steps or ":" in steps[0]:
        return BadLine("bad_path", "its path leads out of the archive")
    if info.flag_bits & 1:
        return BadLine("encrypted", "it is encrypted: pack it without a password")
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
        return BadLine("bad_path", "it is a link or a device, and no file")
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return BadLine("bad_archive", "it is packed in a rare way: pack it by deflate")
    return None


@contextmanager
def _opened(store: Store, sha256: str) -> Iterator[ZipFile]:
    """The archive. Raises BadZip."""
    try:
        file = store.blobs.opened(sha256)
    except FileNotFoundError:
        raise BadZip("the archive is gone") from None
    with file:
        _check_list(file)
        try:
            with _read():
                archive = ZipFile(file)
        except Unreadable as error:
            raise BadZip(f"the archive cannot be read: {error}") from None
        with archive:
            yield archive


@contextmanager
def _read() -> Iterator[None]:
    """Reading of an archive. Raises Unreadable for what it says wrongly, and OSError for what is the disk's fault."""
    try:
        yield
    except UNREADABLE as error:
        raise Unreadable(str(error)) from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the file's beginning, or beyond what any file has
            raise
        raise Unreadable("it says that something lies outside of it") from None


def _check_list(file: BinaryIO) -> None:
    """Refuse a list of entries that would fill the memory (APPNOTE 4.3.14 to 4.3.16)."""
    begin = file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        raise BadZip("this is no zip, or one that was cut off: its end is missing")
    (list_bytes,) = struct.unpack("<L", tail[at + 12 : at + 16])
    if tail[:at][-20:-16] == b"PK\6\7":  # which names the place of a record that counts instead
        (place,) = struct.unpack("<Q", tail[at - 12 : at - 4])
        if place != begin + at - 76 or tail[:at][-76:-72] != b"PK\6\6":
            raise BadZip("the archive's end stands elsewhere than right before its list's: pack it anew")
        (list_bytes,) = struct.unpack("<Q", tail[at - 36 : at - 28])
    if list_bytes > LIST_BYTES:
        raise BadZip("the archive lists too many entries, or lists them at too great a length")


def _entries(archive: ZipFile, most_bytes: int) -> Sequence[ZipInfo]:
    """The archive's files. Raises BadZip where two have one name, or they would become too large together."""
    files = _files(archive)
    seen = set[str]()
    for info in files:
        path = _path_of(info)
        if path in seen:
            raise BadZip(f"the archive has two entries called {path[:200]!r}")
        if len(path) > PATH_CHARACTERS:
            raise BadZip(f"the archive has a path of {len(path)} characters; at most {PATH_CHARACTERS} are taken")
        seen.add(path)
    if sum(info.file_size for info in files) > most_bytes:
        raise BadZip(f"the archive would become more than {most_bytes:,} bytes")
    return files


def _files(archive: ZipFile) -> list[ZipInfo]:
    return [info for info in archive.infolist() if not info.is_dir() and not _NOBODYS.search(info.filename)]


def _path_of(info: ZipInfo) -> str:
    """The path as lines name it. Raises BadZip for one that cannot be stored."""
    try:
        check_storable(info.filename)
    except BadJson as error:
        raise BadZip(f"the archive has a path that cannot be used: {error}") from None
    return info.filename
