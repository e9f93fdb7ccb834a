"""Sending stored bytes: with ranges and validators, as attachments, in a sandbox."""

from datetime import UTC, datetime
from io import BytesIO

from flask import Response, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from api.conditions import REVALIDATED, heed_conditions
from api.headers import FOREIGN_POLICY
from api.problems import Refused
from api.room import room


def send_stored(
    sha256: str, name: str, media_type: str, *, changed_at: float | None, content: bytes | None = None
) -> Response:
    """The content with this hash under its user's name; it is never shown as a page of this server.

    ``changed_at`` is when it came to be, in seconds since the epoch, where that is known. ``content`` is given when it
    is in no blob. Raises Refused when its bytes are not in the store either.
    """
    try:
        response = send_file(
            room().store.blobs.path(sha256).absolute() if content is None else BytesIO(content),
            mimetype=media_type,
            as_attachment=True,
            download_name=name,
            conditional=False,
            etag=sha256,
        )
    except FileNotFoundError:
        raise Refused(404, "not_found", f"the bytes of {name!r} are gone") from None
    response.last_modified = None if changed_at is None else datetime.fromtimestamp(changed_at, UTC)
    response.headers["Content-Security-Policy"] = FOREIGN_POLICY
    response.headers["Cache-Control"] = REVALIDATED
    try:
        return heed_conditions(response, size_bytes=response.content_length)
    except (Refused, RequestedRangeNotSatisfiable):
        response.close()
        raise
