"""An archive that somebody brought, opened with care: everything about it may be a lie."""

import hashlib
import re
import struct
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from errno import EINVAL
from pathlib import Path
from typing import IO, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812  it is an exception's name

from pydantic import ConfigDict

from triptych.blobs import CHUNK_BYTES
from triptych.memory.archive.format import (
    CONTENTS,
    LINE_BYTES,
    MANIFEST,
    MOST_CONTENTS,
    VERSION,
    BadArchive,
    Manifest,
    record_of,
)
from triptych.memory.archive.records import LINES, Record

MOST_ENTRIES = MOST_CONTENTS + len(LINES) + 1
LIST_BYTES = 160 * MOST_ENTRIES  # of the zip's list of them; ours take 147 at most
MOST_RATIO = 200  # how many times as large deflated lines may become: JSON that repeats itself reaches some fifty
FREE_BYTES = 1024 * 1024  # which an entry may have however small it is packed
MOST_LINES = 10_000_000  # in all; each costs some ten microseconds before anything of it is kept
_CONTENT = re.compile(re.escape(CONTENTS) + r"([0-9a-f]{64})")

# How a zip without a comment ends: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.14 to 4.3.16
_END, _END_64 = struct.Struct("<4s8xLL2x"), struct.Struct("<4s36xQQ")
_LOCATOR_BYTES = 20
_MARKS = b"PK\x05\x06", b"PK\x06\x07", b"PK\x06\x06"


class Line(NamedTuple):
    """A line of an entry: the words that say where it stands, what it tells, and how long it is."""

    where: str
    record: Record
    size_bytes: int


class Archive:
    """An archive whose manifest, and the lines that it hashes, were found to be whole."""

    def __init__(self, file: ZipFile, manifest: Manifest) -> None:
        self._zip = file
        self.manifest = manifest

    def lines(self, name: str) -> Iterator[Line]:
        """The lines of an entry. Raises BadArchive."""
        with self._zip.open(name) as entry:
            for number, line in enumerate(_lines(entry, name), 1):
                where = f"{name}, line {number}"
                yield Line(where, record_of(LINES[name], line, where), len(line))

    def content(self, sha256: str) -> Generator[bytes, None, None] | None:
        """The bytes that should have this hash, in pieces; None where they are not among the contents."""
        try:
            info = self._zip.getinfo(CONTENTS + sha256)
        except KeyError:
            return None
        return self._chunks(info)

    def _chunks(self, info: ZipInfo) -> Generator[bytes, None, None]:
        with _readable(info.filename), self._zip.open(info) as entry:
            while chunk := entry.read(CHUNK_BYTES):
                yield chunk


@contextmanager
def opened(path: Path, most_bytes: int) -> Iterator[Archive]:
    """The archive at ``path``, whose lines may have ``most_bytes`` together when they are unpacked.

    Raises BadArchive where it is none, is cut off, or holds what it should not.
    """
    _check_end(path)
    with _readable("the list of its entries"):
        file = ZipFile(path)
    with file:
        _check_entries(file.infolist(), most_bytes)
        manifest = _manifest(file)
        for name, told in manifest.entries.items():
            _check_lines(file, name, told.lines, told.sha256)
        yield Archive(file, manifest)


def _check_end(path: Path) -> None:
    """Refuse a list of entries that would fill the memory, before anything reads it."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END.size - _LOCATOR_BYTES - _END_64.size))
        tail = file.read()
    end, end_mark, locator_mark, end_64_mark = tail[-_END.size :], *_MARKS
    if len(end) < _END.size or not end.startswith(end_mark) or not end.endswith(b"\0\0"):
        raise BadArchive("this is no zip, or one that was cut off: its end is missing")
    _, list_bytes, _ = _END.unpack(end)
    before = tail[: -_END.size]
    if before[-_LOCATOR_BYTES:].startswith(locator_mark):
        if not before.startswith(end_64_mark):
            raise BadArchive("the zip says how long its list is where no export does")
        _, list_bytes, _ = _END_64.unpack(before[: _END_64.size])
    if list_bytes > LIST_BYTES:
        raise BadArchive(f"the zip lists more than {MOST_ENTRIES:,} entries, or lists them at too great a length")


def _check_entries(entries: list[ZipInfo], most_bytes: int) -> None:
    seen = set[str]()
    for info in entries:
        name = info.filename
        is_content = _CONTENT.fullmatch(name) is not None
        if not is_content and name not in LINES and name != MANIFEST:
            raise BadArchive(f"there is an entry {name[:100]!r}, which no archive has")
        if name in seen:
            raise BadArchive(f"the entry {name} stands there twice")
        if info.compress_type != (ZIP_STORED if is_content else ZIP_DEFLATED) or info.flag_bits & 1:
            raise BadArchive(f"the entry {name} is packed in a way that no archive has")
        if not is_content and info.file_size > FREE_BYTES + MOST_RATIO * info.compress_size:
            raise BadArchive(f"the entry {name} would become more than {MOST_RATIO} times as large")
        seen.add(name)
    if entries and entries[-1].filename != MANIFEST:
        raise BadArchive(f"{MANIFEST} is not the last entry: the archive was cut off, or is none")
    if sum(info.file_size for info in entries if info.compress_type == ZIP_DEFLATED) > most_bytes:
        raise BadArchive(
            f"its lines would become more than {most_bytes:,} bytes: TRIPTYCH_UPLOAD_BYTES bounds these too"
        )
    if missing := [name for name in LINES if name not in seen]:
        raise BadArchive(f"the entry {missing[0]} is missing")


def _manifest(file: ZipFile) -> Manifest:
    with _readable(MANIFEST), file.open(MANIFEST) as entry:
        line = entry.read(LINE_BYTES + 1)
    if len(line) > LINE_BYTES:
        raise BadArchive(f"{MANIFEST} is longer than {LINE_BYTES} bytes")
    version = record_of(_Version, line, MANIFEST).version
    if version != VERSION:
        raise BadArchive(f"the archive has the form {version}; this is Triptych's form {VERSION}")
    manifest = record_of(Manifest, line, MANIFEST)
    if set(manifest.entries) != set(LINES):
        raise BadArchive(f"{MANIFEST} does not tell of the entries {', '.join(LINES)} and no others")
    if sum(told.lines for told in manifest.entries.values()) > MOST_LINES:
        raise BadArchive(f"{MANIFEST} tells of more than {MOST_LINES:,} lines")
    contents = sum(_CONTENT.fullmatch(name) is not None for name in file.namelist())
    if contents != manifest.contents:
        raise BadArchive(f"there are {contents} contents, and {MANIFEST} tells of {manifest.contents}")
    return manifest


class _Version(Record):
    """What is asked of a manifest before anything else is."""

    model_config = ConfigDict(extra="ignore")

    version: int


def _check_lines(file: ZipFile, name: str, lines: int, sha256: str) -> None:
    digest, count = hashlib.sha256(), 0
    with _readable(name), file.open(name) as entry:
        for line in _lines(entry, name):
            digest.update(line)
            count += 1
            if count > lines:
                break
    if (count, digest.hexdigest()) != (lines, sha256):
        raise BadArchive(f"{name} is not what {MANIFEST} tells of it")


def _lines(entry: IO[bytes], name: str) -> Iterator[bytes]:
    while line := entry.readline(LINE_BYTES + 1):
        if len(line) > LINE_BYTES:
            raise BadArchive(f"{name} has a line of more than {LINE_BYTES} bytes")
        yield line


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except (BadZipFile, EOFError, ZlibError, NotImplementedError, ValueError, struct.error) as error:
        raise BadArchive(f"{name} cannot be read: {error}") from None
    except OSError as error:
        if error.errno != EINVAL:  # a place before the file's beginning
            raise
        raise BadArchive(f"{name} cannot be read: it is said to lie outside of the zip") from None
