"""Files: bring one, list them, look at one, fetch it, remove it."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from triptych.client import downloads
from triptych.client.downloads import OnGot, unseen
from triptych.client.paging import all_of, between
from triptych.client.paths import at
from triptych.client.records.file import File, FilePage, FileText
from triptych.client.sources import OnSent, Source, stretch_of, unwatched
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/files"
PAGE = 200


class Files:
    """The caller's files. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def upload(self, source: Source, on_sent: OnSent = unwatched) -> File:
        """Bring a file in one request, which is not sent again where it breaks."""
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(source.size_bytes)}
        ask = Ask(
            "POST",
            ROOT,
            query={"name": source.name},
            body=partial(stretch_of, source, 0, source.size_bytes, on_sent),
            headers=headers,
        )
        return self._transport.tell(File, ask)

    def get(self, file_id: str) -> File:
        """What the file is."""
        return self._transport.tell(File, Ask("GET", at(ROOT, file_id)))

    def list(self, *, created_after: datetime | None = None, created_before: datetime | None = None) -> Iterator[File]:
        """The files, newest first, asked for page by page; texts that came with a job among them."""
        query = {**between(created_after, created_before), "limit": PAGE}
        return all_of(
            lambda cursor: self._transport.tell(FilePage, Ask("GET", ROOT, query={"cursor": cursor, **query}))
        )

    def text(self, file_id: str, *, page: int | None = None, around: int | None = None) -> FileText:
        """What a document says: a ``page`` of a PDF, from 1, or what stands ``around`` a character of a text."""
        query = {"page": page, "at": around}
        return self._transport.tell(FileText, Ask("GET", at(ROOT, file_id, "text"), query=query))

    def copy_page(self, file_id: str, page: int, to: BinaryIO, *, dpi: int | None = None) -> int:
        """Write a page of a PDF or TIFF as a JPEG into ``to``, as ``image.read`` sees it; tells how many bytes."""
        path = at(ROOT, file_id, "pages", str(page))
        return downloads.fetch(self._transport, f"{path}?dpi={dpi}" if dpi else path, to)

    def download(self, file: File, path: Path, on_got: OnGot = unseen) -> int:
        """Fetch a file to ``path``, which holds all of it or does not change; tells how many bytes that was."""
        return downloads.fetch_file(self._transport, file.url, path, on_got)

    def copy(self, file: File, to: BinaryIO, on_got: OnGot = unseen) -> int:
        """Write a file's bytes into ``to`` as they come; tells how many that was."""
        return downloads.fetch(self._transport, file.url, to, on_got)

    def delete(self, file_id: str) -> None:
        """Remove a file that no job uses."""
        self._transport.send(Ask("DELETE", at(ROOT, file_id)))
