"""Multipart forms, parsed as they come: files go straight to drafts in the blob store, fields are small texts."""

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import Request
from multipart import (  # type: ignore[import-untyped]  # the package ships no types
    MultipartError,
    MultipartSegment,
    ParserLimitReached,
    PushMultipartParser,
    parse_options_header,
)

from api.bodies.chunks import body_chunks
from api.bodies.names import clean_name
from api.bodies.strict_json import check_text
from api.offload import WriteBehind
from api.problems import Refused, invalid
from triptych.blobs import Blobs, Draft, TooLarge
from triptych.uploads import Upload

MAX_SEGMENTS = 120
LIST = "[]"  # ends the name of a field that may come several times
MAX_HEADER_BYTES = 64 * 1024  # a file name of ten thousand characters is answered by name

CheckField = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Came:
    """A file of a form: the field that it came in, and the whole name that its sender gave it."""

    field: str
    path: str
    upload: Upload


@dataclass(slots=True)
class Form:
    """A received form: texts by name, where that ends in ``[]`` lists of them, and its files in order."""

    fields: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    files: list[Came] = field(default_factory=list)

    @property
    def uploads(self) -> list[Upload]:
        """The drafts of its files."""
        return [came.upload for came in self.files]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How large each file, what is around the files, and each text may be, in bytes; and how many there are."""

    file_bytes: int
    around_bytes: int
    field_bytes: int
    segments: int = MAX_SEGMENTS

    @property
    def body_bytes(self) -> int:
        """How large the whole may be."""
        return self.file_bytes + self.around_bytes


@contextmanager
def received_form(
    request: Request, blobs: Blobs, bounds: Bounds, check: CheckField, file_fields: Collection[str] = ("file",)
) -> Iterator[Form]:
    """Receive the form; drafts that nobody kept are gone at the end of the block.

    ``check`` is called with each text field as it arrives and may refuse the rest of the body; ``file_fields`` are
    those that hold files. Raises Refused with ``bad_multipart``, blobs.TooLarge and blobs.NoDisk.
    """
    reception = _Reception(blobs, bounds, check, file_fields)
    try:
        for event in _events(request, bounds):
            reception.take(event)
        yield reception.form
    finally:
        reception.clear_up()


def _events(request: Request, bounds: Bounds) -> Iterator[MultipartSegment | bytes | None]:
    _, options = parse_options_header(request.headers.get("Content-Type", ""))
    try:
        with PushMultipartParser(
            options.get("boundary", ""),
            max_header_size=MAX_HEADER_BYTES,
            max_segment_count=bounds.segments,
            strict=True,
        ) as parser:
            for chunk in body_chunks(request, bounds.body_bytes):
                yield from parser.parse(chunk)
    except ParserLimitReached as error:
        raise Refused(413, "too_large", f"the form is too large: {error}") from error
    except MultipartError as error:
        raise Refused(400, "bad_multipart", f"the form cannot be read: {error}") from error


class _Reception:
    """What has been received so far; fed with the parser's events."""

    def __init__(self, blobs: Blobs, bounds: Bounds, check: CheckField, file_fields: Collection[str]) -> None:
        self.form = Form()
        self._blobs, self._bounds, self._check, self._file_fields = blobs, bounds, check, file_fields
        self._segment: MultipartSegment | None = None
        self._incoming: WriteBehind[Draft] | None = None
        self._all: list[WriteBehind[Draft]] = []
        self._text = bytearray()

    def take(self, event: MultipartSegment | bytes | None) -> None:
        if event is None:
            self._end()
        elif isinstance(event, MultipartSegment):
            self._begin(event)
        elif self._incoming is not None:
            self._incoming.write(bytes(event))
        else:
            self._add_text(event)

    def clear_up(self) -> None:
        for incoming in self._all:
            incoming.discard()

    def _begin(self, segment: MultipartSegment) -> None:
        self._segment, self._incoming = segment, None
        self._text.clear()
        if segment.name in self._file_fields:
            _name_of(segment)  # a name that is refused is refused before the bytes
            self._incoming = WriteBehind(self._blobs.begin(self._bounds.file_bytes))
            self._all.append(self._incoming)
        elif segment.filename is not None:
            raise invalid(segment.name[:100], f"files go into the field called {' or '.join(self._file_fields)}")

    def _add_text(self, chunk: bytes) -> None:
        self._text += chunk
        if len(self._text) > self._bounds.field_bytes:
            raise TooLarge(f"more than {self._bounds.field_bytes} bytes in a field")

    def _end(self) -> None:
        assert self._segment is not None  # the parser ends only what it began
        if self._incoming is not None:
            draft = self._incoming.finish()
            upload = Upload(_name_of(self._segment), draft)
            self.form.files.append(Came(self._segment.name, self._segment.filename or "", upload))
            return
        name = self._segment.name
        if name in self.form.fields:
            raise invalid(name[:100], "the field stands twice in the form")
        try:
            value = self._text.decode()
        except UnicodeDecodeError:
            raise invalid(name[:100], "the field is not UTF-8") from None
        check_text(value)
        self._check(name, value)
        if name.endswith(LIST):
            self.form.lists.setdefault(name, []).append(value)
        else:
            self.form.fields[name] = value


def _name_of(segment: MultipartSegment) -> str:
    """The file's name, which may stand behind the folders that it lay in. Raises Refused."""
    name = segment.filename
    return clean_name(None if name is None else re.split(r"[/\\]", name)[-1])
