"""Sending stored bytes: with ranges and validators, as attachments, in a sandbox."""

from flask import Response, send_file

from api.headers import FOREIGN_POLICY
from api.problems import Refused
from api.room import room


def send_blob(sha256: str, name: str, media_type: str) -> Response:
    """The content with this hash under its user's name; it is never shown as a page of this server.

    Raises Refused when its bytes are not in the store.
    """
    try:
        response = send_file(
            room().store.blobs.path(sha256).absolute(),
            mimetype=media_type,
            as_attachment=True,
            download_name=name,
            conditional=True,
            etag=sha256,
        )
    except FileNotFoundError:
        raise Refused(404, "not_found", f"the bytes of {name!r} are gone") from None
    response.headers["Content-Security-Policy"] = FOREIGN_POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    return response
