"""What is left of a request's body after it was answered: drained a little, then the connection is closed.

gunicorn drains it whole before the next request of the connection, without a bound and without letting others run: a
sender of refused bytes could hold up everybody for as long as it sent.
"""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from gevent import Timeout
from gunicorn.http.errors import ParseException  # type: ignore[import-untyped]  # it ships no types

READ_BYTES = 64 * 1024
LINGER_S = 2.0
LINGER_BYTES = 16 * 1024 * 1024


def register_rest(app: Flask) -> None:
    """Have ``app`` look after what its routes left unread."""

    @app.after_request
    def settle_when_sent(response: Response) -> Response:
        body = request.environ.get("wsgi.input")
        if hasattr(body, "failed"):  # gunicorn's; its mark for a connection that must not be used again
            response.call_on_close(lambda: _settle(body))
        return response


def _settle(body: Any) -> None:  # Any: gunicorn ships no types
    """Read on for a moment, so that a client that sends to the end can read the answer; then give up on the rest."""
    body.failed = body.failed or not drained(body.read)


def drained(read: Callable[[int], bytes]) -> bool:
    """Read what is still coming, for ``LINGER_S`` and ``LINGER_BYTES`` at most; whether that was all."""
    drained_bytes = 0
    with Timeout(LINGER_S, exception=False):
        while drained_bytes < LINGER_BYTES:
            try:
                chunk = read(READ_BYTES)
            except (OSError, ParseException):  # broken, or its sender has gone
                return False
            if not chunk:
                return True
            drained_bytes += len(chunk)
            time.sleep(0)  # let others have their turn
    return False
