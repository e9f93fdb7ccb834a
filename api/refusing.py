"""gunicorn's worker, but what gunicorn refuses before the application sees it is told as every other error."""

import os
import re
from contextlib import suppress
from http import HTTPStatus
from socket import SHUT_WR
from typing import Any

from gevent import Timeout
from gevent.monkey import get_original
from gunicorn.workers.ggevent import GeventWorker  # type: ignore[import-untyped]  # it ships no types

from api.locks import use_in_gevent

MOST_SAID = 200  # characters of the request that are repeated
SEND_S = 2.0


class RefusingWorker(GeventWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Answers a request that is no HTTP, or too much of it, with a problem.

    gunicorn imports this module before it patches the standard library: the application's modules are imported later.
    """

    def patch(self) -> None:
        """Have gevent patch the standard library, with locks that offloaded calls may meet in.

        Descriptors are closed at once. gevent would close a directory's by the loop of the thread that asks, and an
        offloaded call's may never come round: it stayed open, or was refused as another thread's of the same number.
        """
        use_in_gevent()
        super().patch()
        os.close = get_original("os", "close")

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Exception) -> None:  # Any: gunicorn ships no types
        """Have gunicorn log the error and choose the status; then say it our way."""
        from api.bodies.rest import drained

        unsaid = _Unsaid()
        super().handle_error(req, unsaid, addr, exc)
        with suppress(OSError), Timeout(SEND_S, exception=False):  # who sent it may have gone, or not read
            client.sendall(_response(unsaid.status, str(exc), self.cfg.limit_request_line))
            client.shutdown(SHUT_WR)
            drained(client.recv)  # closed with something unread, the connection would be reset and the answer lost


class _Unsaid:
    """Stands in for the client, so that gunicorn's page of HTML is not sent."""

    def __init__(self) -> None:
        self.status = HTTPStatus.BAD_REQUEST

    def sendall(self, page: bytes) -> None:
        if found := re.match(rb"HTTP/1.1 (\d{3}) ", page):
            self.status = HTTPStatus(int(found[1]))

    def gettimeout(self) -> None:
        """Tell that there is none: gunicorn asks before it sends."""

    def setblocking(self, blocking: bool) -> None:
        """Do nothing: there is nothing to wait for."""


def _response(status: HTTPStatus, said: str, address_bytes: int) -> bytes:
    from api.problems import MEDIA_TYPE, Refused, code_of_status

    ours = status == HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "the server failed; its log says why" if ours else f"this cannot be taken: {said[:MOST_SAID]}"
    if status == HTTPStatus.REQUEST_URI_TOO_LONG:
        detail = (
            f"the address is too long: {address_bytes:,} bytes are taken. A long question of the memory goes by POST."
        )
    body = Refused(status, code_of_status(status), detail).problem.model_dump_json()
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "Connection: close",
        f"Content-Type: {MEDIA_TYPE}",
        "X-Content-Type-Options: nosniff",
        f"Content-Length: {len(body.encode())}",
    ]
    return "\r\n".join([*head, "", body]).encode()
