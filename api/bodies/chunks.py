"""The bytes of a request's body as they come; memory does not depend on how many they are."""

import time
from collections.abc import Iterator

from flask import Request
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]  # it ships no types

from api.bodies.straight import Read, reader_of
from api.problems import Refused
from triptych.blobs import TooLarge

CHUNK_BYTES = 1024 * 1024
IDLE_S = 60.0  # a sender that is silent for longer has gone, or means no good
UNSIZED_BYTES = 8 * 1024  # of a body in chunks, which may hold a byte each
TURN_BYTES = 4 * CHUNK_BYTES  # a sender faster than the disk never lets the event loop wait by itself


def body_chunks(request: Request, limit_bytes: int) -> Iterator[bytes]:
    """Yield the body. Raises TooLarge past ``limit_bytes`` and Refused when it ends before its Content-Length."""
    length = request.content_length
    if length is not None and length > limit_bytes:
        raise TooLarge(f"more than {limit_bytes} bytes")
    if length is None and not request.environ.get("wsgi.input_terminated"):
        return
    if (connection := request.environ.get("gunicorn.socket")) is not None:
        connection.settimeout(IDLE_S)
    received = 0
    read = reader_of(request.environ["wsgi.input"], connection)
    while length is None or received < length:
        chunk = _read(read, UNSIZED_BYTES if length is None else min(CHUNK_BYTES, length - received))
        if not chunk:
            break
        if length is None or (received + len(chunk)) // TURN_BYTES != received // TURN_BYTES:
            time.sleep(0)  # let others have their turn
        received += len(chunk)
        if received > limit_bytes:
            raise TooLarge(f"more than {limit_bytes} bytes")
        yield chunk
    if length is not None and received < length:
        raise Refused(400, "bad_request", f"the body ended after {received} of {length} bytes")


def whole_body(request: Request, limit_bytes: int) -> bytes:
    """The whole body, which is at most ``limit_bytes``. Raises as ``body_chunks`` does."""
    body = bytearray()
    for chunk in body_chunks(request, limit_bytes):  # which may hold a byte each
        body += chunk
    return bytes(body)


def _read(read: Read, size: int) -> bytes:
    try:
        return read(size)
    except TimeoutError:
        raise
    except (OSError, ParseException) as error:  # a lost connection, and what gunicorn says of broken chunks
        raise Refused(400, "bad_request", f"the body is broken: {type(error).__name__}") from error
