"""Large files, brought in several requests, and resumed: straight to S3 where the API offers that, or by tus 1.0.

https://tus.io/protocols/resumable-upload
"""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from urllib.parse import quote

from triptych.client.absence import MAY_PASS, Absence
from triptych.client.direct import Direct
from triptych.client.errors import Incomplete
from triptych.client.paging import all_of, between
from triptych.client.records.file import File
from triptych.client.records.upload import PendingUpload, PendingUploadPage
from triptych.client.sources import OnSent, Source, unwatched
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/uploads"
VERSION = {"Tus-Resumable": "1.0.0"}
STRETCH_TYPE = "application/offset+octet-stream"
STRETCH_BYTES = 64 * 1024**2  # of one request: proxies often refuse more than 100 MB
PIECE_BYTES = 256 * 1024


class Uploads:
    """The caller's uploads. Every call raises Unreachable, Refused (NotFound among them) or Misunderstood."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._direct = Direct(transport)

    def begin(self, source: Source) -> PendingUpload:
        """Begin an upload, of which nothing is sent yet."""
        if direct := self._direct.begin(source):
            return self.get(direct)
        name = base64.b64encode(source.name.encode()).decode()
        metadata = {"Upload-Length": str(source.size_bytes), "Upload-Metadata": f"filename {name}"}
        told = self._transport.head(Ask("POST", ROOT, headers={**VERSION, **metadata}))
        return self.get(told["Location"].rpartition("/")[2])

    def get(self, upload_id: str) -> PendingUpload:
        """How much of an upload is there. Raises Refused with the code ``upload_expired`` when it waited too long."""
        return self._transport.tell(PendingUpload, Ask("GET", _at(upload_id)))

    def list(
        self, *, created_after: datetime | None = None, created_before: datetime | None = None
    ) -> Iterator[PendingUpload]:
        """The uploads, newest first: those under way, and for a while those that became files."""
        query = between(created_after, created_before)
        return all_of(
            lambda cursor: self._transport.tell(PendingUploadPage, Ask("GET", ROOT, query={**query, "cursor": cursor}))
        )

    def give_up(self, upload_id: str) -> None:
        """Forget an upload; a file that it became stays."""
        self._transport.send(Ask("DELETE", _at(upload_id), headers=VERSION))

    def send(self, upload: PendingUpload, source: Source, on_sent: OnSent = unwatched) -> File:
        """Send what is missing of an upload, and tell the file that it becomes.

        A connection that breaks is made anew, and goes on behind what the API has, for as long as it is not away for
        longer than the client's ``patience.away_s``. Raises Incomplete where the file is not what ``source`` holds: it
        was changed meanwhile; what came of it is removed.
        """
        if upload.part_bytes is not None and upload.file_id is None:
            return self._checked(self._direct.send(upload, source, _stretch, on_sent).id, source)
        absence, there = Absence(self._transport), -1
        while True:
            try:
                told = self._transport.head(Ask("HEAD", _at(upload.id), headers=VERSION))
                if file_id := told.get("Triptych-File-Id"):
                    break
                if (offset := int(told["Upload-Offset"])) > there:
                    there = offset
                    absence.end()
                self._send_stretch(upload, offset, source, on_sent)
            except MAY_PASS as error:
                absence.endure(error)
        return self._checked(file_id, source)

    def _send_stretch(self, upload: PendingUpload, offset: int, source: Source, on_sent: OnSent) -> None:
        size_bytes = min(STRETCH_BYTES, upload.size_bytes - offset)
        headers = {
            **VERSION,
            "Content-Type": STRETCH_TYPE,
            "Content-Length": str(size_bytes),
            "Upload-Offset": str(offset),
        }
        body = partial(_stretch, source, offset, size_bytes, on_sent)
        self._transport.head(Ask("PATCH", _at(upload.id), body=body, headers=headers))

    def _checked(self, file_id: str, source: Source) -> File:
        """The file, if it is what ``source`` holds; else it is removed. Raises Incomplete."""
        path = f"/api/v1/files/{quote(file_id, safe='')}"
        file = self._transport.tell(File, Ask("GET", path))
        if file.sha256 != _hash_of(source):
            self._transport.send(Ask("DELETE", path))
            raise _changed(source)
        return file


def _stretch(source: Source, offset: int, size_bytes: int, on_sent: OnSent) -> Iterator[bytes]:
    with source.open() as file:
        file.seek(offset)
        end = offset + size_bytes
        while (at := file.tell()) < end:
            piece = file.read(min(PIECE_BYTES, end - at))
            if not piece:
                raise _changed(source)
            yield piece
            on_sent(file.tell())


def _hash_of(source: Source) -> str:
    with source.open() as file:
        digest = hashlib.sha256()
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
        return digest.hexdigest()


def _changed(source: Source) -> Incomplete:
    return Incomplete(f"{source.name} was changed while it was sent: send it again")


def _at(upload_id: str) -> str:
    return f"{ROOT}/{quote(upload_id, safe='')}"
