"""Sending what is made while it is sent: of any length, in bounded memory, and no longer than somebody takes it."""

from collections.abc import Generator, Iterator

from flask import Response, request

from api.offload import offload

PIECE_BYTES = 64 * 1024  # sent at once
STALLED_S = 60.0  # that such a piece may take: who takes no more than that has gone


def send_as_made(chunks: Generator[bytes, None, None], name: str, media_type: str) -> Response:
    """The chunks as an attachment of this name. Raises what the making of the first one raises."""
    first = offload(next, chunks, b"")  # whatever is wrong is told before anything is sent
    if (connection := request.environ.get("gunicorn.socket")) is not None:
        connection.settimeout(STALLED_S)
    response = Response(_sent(first, chunks), content_type=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.call_on_close(chunks.close)  # whoever hangs up ends the reading too
    return response


def _sent(first: bytes, chunks: Generator[bytes, None, None]) -> Iterator[bytes]:
    chunk = first
    while chunk:
        for begin in range(0, len(chunk), PIECE_BYTES):
            yield chunk[begin : begin + PIECE_BYTES]
        chunk = offload(next, chunks, b"")
