"""One POST to an address that was checked, by the wire's own terms: no redirect, no proxy, and an end to it in time.

An HTTP library would resolve the name again, and bound each read rather than all of them together.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from time import monotonic

from triptych.webhooks.targets import Target

CONNECT_S = 5.0  # for each address
WHOLE_S = 15.0  # from the first address on to the last byte of the answer
MOST_ADDRESSES = 3  # that are tried
ANSWER_BYTES = 1024  # that are read of an answer's body, for whoever looks for what went wrong


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver answered: its status, the beginning of the body, and the header Retry-After."""

    status: int
    text: str
    retry_after: str | None


def post(
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    tls: ssl.SSLContext,
    running_clock: Callable[[], float] = monotonic,
) -> Answer:
    """Send ``body`` to ``target`` and return what is answered within ``WHOLE_S``.

    Raises OSError, TimeoutError and ssl.SSLError among it, when nothing came of it, and http.client.HTTPException when
    what came is no HTTP.
    """
    until = _Until(running_clock() + WHOLE_S, running_clock)
    with _connected(target, tls, until) as connection:
        connection.settimeout(until.left_s())
        connection.sendall(_request(target, headers, body) + body)
        with HTTPResponse(_Timed(connection, until), method="POST") as response:  # type: ignore[arg-type]  # makefile is what it needs of a socket
            response.begin()
            return Answer(response.status, _beginning(response), response.getheader("retry-after"))


class _Until:
    """A point in time that nothing may pass."""

    def __init__(self, ends_at: float, clock: Callable[[], float]) -> None:
        self._ends_at, self._clock = ends_at, clock

    def left_s(self) -> float:
        """The seconds until then. Raises TimeoutError when it has come."""
        left = self._ends_at - self._clock()
        if left <= 0:
            raise TimeoutError(f"no answer within {WHOLE_S:g} s")
        return left


class _Timed(RawIOBase):
    """A socket as a file to read from, all of whose reads together end in time."""

    def __init__(self, connection: socket.socket, until: _Until) -> None:
        self._connection, self._until = connection, until

    def makefile(self, _mode: str) -> BufferedReader:
        """What ``HTTPResponse`` reads from."""
        return BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader gives a memoryview
        self._connection.settimeout(self._until.left_s())
        try:
            return self._connection.recv_into(buffer)
        except TimeoutError:
            raise TimeoutError(f"no answer within {WHOLE_S:g} s") from None


def _connected(target: Target, tls: ssl.SSLContext, until: _Until) -> socket.socket:
    """A connection to the first of the addresses that takes it. Raises OSError: what the last of them said."""
    *others, last = target.addresses[:MOST_ADDRESSES]
    for address in others:
        with suppress(OSError):  # the next one may take it
            return _connect(target, address, tls, until)
    return _connect(target, last, tls, until)


def _connect(target: Target, address: str, tls: ssl.SSLContext, until: _Until) -> socket.socket:
    limit_s = min(CONNECT_S, until.left_s())
    try:
        connection = socket.create_connection((address, target.port), timeout=limit_s)
        if not target.is_tls:
            return connection
        with connection:  # closed unless its descriptor went over to the one that speaks TLS
            return tls.wrap_socket(connection, server_hostname=target.host)
    except TimeoutError:
        raise TimeoutError(f"{address} takes no connection within {limit_s:g} s") from None


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    told = {"Host": target.authority, **headers, "Content-Length": str(len(body)), "Connection": "close"}
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _beginning(response: HTTPResponse) -> str:
    """The body's first bytes, those that came in time: the status alone decides, and it is there."""
    came = bytearray()
    with suppress(OSError, HTTPException):
        while len(came) < ANSWER_BYTES and (more := response.read1(ANSWER_BYTES - len(came))):
            came += more
    return storable(came.decode("utf-8", "replace"))


def storable(text: str) -> str:
    """``text`` as every database takes it: PostgreSQL's texts hold no NUL."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
