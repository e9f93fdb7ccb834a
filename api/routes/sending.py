"""Sending stored bytes: with ranges and validators, as attachments, in a sandbox."""

from io import BytesIO

from flask import Response, request, send_file

from api.headers import FOREIGN_POLICY
from api.problems import Refused
from api.room import room


def send_stored(sha256: str, name: str, media_type: str, content: bytes | None = None) -> Response:
    """The content with this hash under its user's name; it is never shown as a page of this server.

    ``content`` is given when it is in no blob. Raises Refused when its bytes are not in the store either.
    """
    try:
        response = send_file(
            room().store.blobs.path(sha256).absolute() if content is None else BytesIO(content),
            mimetype=media_type,
            as_attachment=True,
            download_name=name,
            conditional=request.headers.get("Range", "bytes=").startswith("bytes="),  # no other unit is known here
            etag=sha256,
        )
    except FileNotFoundError:
        raise Refused(404, "not_found", f"the bytes of {name!r} are gone") from None
    response.headers["Content-Security-Policy"] = FOREIGN_POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    return response
