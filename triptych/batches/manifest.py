"""Manifests read record by record, from any place on: JSON Lines, or CSV with a header. Memory holds one record."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import BinaryIO

from triptych.batches.line import BadLine, JsonObject
from triptych.strict_json import BadJson, check_storable, parse_json

SKIP_BYTES = 64 * 1024
MARK = b"\xef\xbb\xbf"  # of UTF-8, which some programs write first
PARAM = "params."  # before the name of a parameter, in a column of a CSV
COLUMNS = ("custom_id", "pipeline", "text", "file", "path")

# A CSV's cells (RFC 4180): a quote opens one only as its first character, and two within it are one of its own.
_TO_CLOSING_QUOTE = rb'(?:[^"]++|"")*+"'
_CELL = rb'(?:"' + _TO_CLOSING_QUOTE + rb'[^,]*+|[^",][^,]*+|)'
_CELLS = re.compile(rb"(?:" + _CELL + rb",)*+")
_QUOTED = re.compile(rb'"' + _TO_CLOSING_QUOTE)
_REST_OF_QUOTED = re.compile(_TO_CLOSING_QUOTE + rb"[^,]*+(?P<comma>,?)")


class ManifestForm(StrEnum):
    """How a manifest is written."""

    JSONL = "jsonl"
    CSV = "csv"


UNREADABLE = {ManifestForm.JSONL: "bad_json", ManifestForm.CSV: "bad_csv"}  # what a record is told as


class BadManifest(Exception):
    """A manifest that cannot be read at all; the message says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its line of the manifest, from 1, and where its bytes lie; ``raw`` None: they are too many."""

    number: int
    offset: int
    size_bytes: int
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class Place:
    """So many bytes and lines of the manifest are read."""

    offset: int = 0
    lines: int = 0


class Manifest:
    """An open manifest, whose records are at most ``most_bytes`` long. Raises BadManifest when a CSV has no header."""

    def __init__(self, file: BinaryIO, form: ManifestForm, most_bytes: int) -> None:
        self._file, self._form, self._most_bytes = file, form, most_bytes
        self._columns: list[str] = []
        self._begin = Place()
        if form is ManifestForm.CSV:
            self._read_header()
        self.place = self._begin

    def records(self, after: Place) -> Iterator[Record]:
        """The records behind ``after``; ``place`` is where the last one that was taken ends. Blank lines are none."""
        self.place = max(after, self._begin, key=lambda one: one.offset)
        self._file.seek(self.place.offset)
        while (record := self._next()) is not None:
            if record.raw is None or _said(record.raw, record.offset).strip():
                yield record

    def record_at(self, number: int, offset: int, size_bytes: int) -> Record:
        """A record that was read before."""
        if size_bytes > self._most_bytes:
            return Record(number, offset, size_bytes, None)
        self._file.seek(offset)
        return Record(number, offset, size_bytes, self._file.read(size_bytes))

    def object_of(self, record: Record) -> JsonObject:
        """The JSON object that a record says. Raises BadLine."""
        if record.raw is None:
            raise BadLine("too_large", f"the line has more than {self._most_bytes:,} bytes")
        raw = _said(record.raw, record.offset)
        try:
            said = parse_json(raw) if self._form is ManifestForm.JSONL else self._of_row(_row(raw, self._most_bytes))
        except BadJson as error:
            raise BadLine(UNREADABLE[self._form], f"the line cannot be read: {error}") from None
        if not isinstance(said, dict):
            raise BadLine("bad_json", "the line is no JSON object")
        return said

    def _next(self) -> Record | None:
        """A line, or as many as it takes until the quotes of a CSV's record are closed."""
        begin, lines, size_bytes, is_open = self.place, list[bytes](), 0, False
        while True:
            line = self._file.readline(self._most_bytes + 1 - size_bytes)
            lines.append(line)
            size_bytes += len(line)
            if size_bytes > self._most_bytes:
                self._skip_line(line)
                break
            if self._form is ManifestForm.CSV:
                is_open = is_left_open(_said(line, begin.offset), is_open=is_open)
            if not line or not is_open:
                break
        if not size_bytes:
            return None
        self.place = Place(self._file.tell(), begin.lines + len(lines))
        raw = b"".join(lines) if size_bytes <= self._most_bytes else None
        return Record(begin.lines + 1, begin.offset, self.place.offset - begin.offset, raw)

    def _skip_line(self, read: bytes) -> None:
        while read and not read.endswith(b"\n"):
            read = self._file.readline(SKIP_BYTES)

    def _read_header(self) -> None:
        self.place = Place()
        self._file.seek(0)
        header = self._next()
        try:
            columns = _row(_said(header.raw, 0), self._most_bytes) if header and header.raw else []
        except BadJson as error:
            raise BadManifest(f"its header cannot be read: {error}") from None
        self._columns, self._begin = [column.strip() for column in columns], self.place
        unknown = [one for one in self._columns if one not in COLUMNS and not one.startswith(PARAM)]
        if not self._columns or unknown or len(set(self._columns)) < len(self._columns):
            wrong = f"not {unknown[0][:100]!r}" if unknown else "each once"
            raise BadManifest(f"a CSV begins with the names of its columns, of {', '.join(COLUMNS)}, params.x: {wrong}")

    def _of_row(self, row: list[str]) -> JsonObject:
        """A row's object: an empty cell says nothing; a parameter is JSON where it can be, else a text."""
        if len(row) != len(self._columns):
            raise BadLine("bad_csv", f"the row has {len(row)} cells, and the header {len(self._columns)}")
        cells = {name: cell for name, cell in zip(self._columns, row, strict=True) if cell}
        params = {name.removeprefix(PARAM): _value(cell) for name, cell in cells.items() if name.startswith(PARAM)}
        named = {name: cell for name, cell in cells.items() if not name.startswith(PARAM)}
        return {**named, "params": params} if params else named


def is_left_open(line: bytes, *, is_open: bool) -> bool:
    """Whether a cell in quotes goes on in the next line; ``is_open``: whether one came over from the line before."""
    at = 0
    if is_open:
        rest = _REST_OF_QUOTED.match(line)
        if rest is None or not rest["comma"]:
            return rest is None
        at = rest.end()
    cells = _CELLS.match(line, at)
    at = cells.end() if cells else at
    return line.startswith(b'"', at) and _QUOTED.match(line, at) is None


def _said(raw: bytes, offset: int) -> bytes:
    """What stands there, without the mark that may open a manifest."""
    return raw.removeprefix(MARK) if offset == 0 else raw


def _row(raw: bytes, most_bytes: int) -> list[str]:
    """The cells of a record, of at most ``most_bytes``. Raises BadJson."""
    csv.field_size_limit(most_bytes)
    try:
        text = raw.decode("utf-8")
        check_storable(text)
        rows = list(csv.reader(StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        raise BadJson("it is not in UTF-8: save it as UTF-8") from None
    except csv.Error as error:
        raise BadJson(str(error)) from None
    if len(rows) > 1:
        raise BadJson("a carriage return stands in it without a line feed: put the cell into quotes")
    return rows[0] if rows else []


def _value(cell: str) -> object:
    try:
        return parse_json(cell)
    except BadJson:
        return cell
