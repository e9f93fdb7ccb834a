"""Sending stored bytes: with ranges and validators, as attachments, in a sandbox."""

from datetime import UTC, datetime
from http import HTTPStatus
from io import SEEK_SET, BytesIO, RawIOBase
from typing import IO, cast

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from api.conditions import REVALIDATED, heed_conditions
from api.headers import FOREIGN_POLICY
from api.offload import offload
from api.problems import Refused
from api.room import room
from triptych.blobs import CHUNK_BYTES, Blob
from triptych.blobs.ranges import RangedReader


def send_stored(
    blob: Blob, name: str, media_type: str, *, changed_at: float | None, content: bytes | None = None
) -> Response:
    """The content under its user's name; it is never shown as a page of this server.

    ``changed_at`` is when it came to be, in seconds since the epoch, where that is known. ``content`` is given when it
    is in no blob. Raises Refused when its bytes are not in the store either.
    """
    try:
        file = offload(room().store.blobs.open, blob.sha256, blob.size_bytes) if content is None else BytesIO(content)
    except FileNotFoundError:
        raise Refused(404, "not_found", f"the bytes of {name!r} are gone") from None
    response = send_file(
        file, mimetype=media_type, as_attachment=True, download_name=name, conditional=False, etag=blob.sha256
    )
    response.content_length = blob.size_bytes
    if isinstance(file, RangedReader):
        response.response = FileWrapper(cast(IO[bytes], _Elsewhere(file)), CHUNK_BYTES)
    response.last_modified = None if changed_at is None else datetime.fromtimestamp(changed_at, UTC)
    response.headers["Content-Security-Policy"] = FOREIGN_POLICY
    response.headers["Cache-Control"] = REVALIDATED
    try:
        heed_conditions(response, size_bytes=blob.size_bytes)
    except (Refused, RequestedRangeNotSatisfiable):
        response.close()
        raise
    if request.method == "HEAD" or response.status_code == HTTPStatus.NOT_MODIFIED:
        response.close()  # nobody reads the file, and so nobody would close it
    return response


class _Elsewhere(RawIOBase):
    """A file that comes over the network, read by a thread while others are served."""

    def __init__(self, file: RangedReader) -> None:
        self._file = file

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        return offload(self._file.read, size)
