"""Large files, brought in several requests, and resumed: straight to S3 where the API offers that, or by tus 1.0.

https://tus.io/protocols/resumable-upload
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from triptych.client.absence import MAY_PASS, Absence
from triptych.client.direct import Direct
from triptych.client.errors import Incomplete
from triptych.client.paging import all_of, between
from triptych.client.paths import at
from triptych.client.records.file import File
from triptych.client.records.upload import PendingUpload, PendingUploadPage
from triptych.client.sources import OnSent, Source, hash_of, stretch_of, unwatched
from triptych.client.transport import Ask, Transport

ROOT = "/api/v1/uploads"
FILES = "/api/v1/files"
VERSION = {"Tus-Resumable": "1.0.0"}
STRETCH_TYPE = "application/offset+octet-stream"
STRETCH_BYTES = 64 * 1024**2  # of one request: proxies often refuse more than 100 MB


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
        return self._transport.tell(PendingUpload, Ask("GET", at(ROOT, upload_id)))

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
        self._transport.send(Ask("DELETE", at(ROOT, upload_id), headers=VERSION))

    def send(self, upload: PendingUpload, source: Source, on_sent: OnSent = unwatched) -> File:
        """Send what is missing of an upload, and tell the file that it becomes.

        A connection that breaks is made anew, and goes on behind what the API has, for as long as it is not away for
        longer than the client's ``patience.away_s``. Raises Incomplete where the file is not what ``source`` holds: it
        was changed meanwhile; what came of it is removed.
        """
        if upload.part_bytes is not None and upload.file_id is None:
            return self._checked(self._direct.send(upload, source, on_sent).id, source)
        absence, there = Absence(self._transport), -1
        while True:
            try:
                told = self._transport.head(Ask("HEAD", at(ROOT, upload.id), headers=VERSION))
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
        body = partial(stretch_of, source, offset, size_bytes, on_sent)
        self._transport.head(Ask("PATCH", at(ROOT, upload.id), body=body, headers=headers))

    def _checked(self, file_id: str, source: Source) -> File:
        """The file, if it is what ``source`` holds; else it is removed. Raises Incomplete."""
        path = at(FILES, file_id)
        file = self._transport.tell(File, Ask("GET", path))
        if file.sha256 != hash_of(source):
            self._transport.send(Ask("DELETE", path))
            raise Incomplete(f"{source.name} was changed while it was sent: send it again")
        return file
