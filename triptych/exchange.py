"""One request to addresses that were checked, by the wire's own terms: no redirect, no proxy, and an end to it in time.

An HTTP library would resolve the name again, and bound each read rather than all of them together.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from typing import TypeAlias

PORTS = {"https": 443, "http": 80}
CONNECT_S = 5.0  # for each address
MOST_ADDRESSES = 3  # that are tried

Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""The IP addresses of a name for a connection to a port. Raises OSError when there are none."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts, with the ``addresses`` that its ``host`` had when it was checked."""

    is_tls: bool
    host: str
    port: int
    path: str  # with the query
    addresses: Sequence[str]

    @property
    def authority(self) -> str:
        """What the header Host says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["https" if self.is_tls else "http"] else f"{host}:{self.port}"


class Until:
    """A point in time that nothing may pass, ``whole_s`` from now."""

    def __init__(self, whole_s: float, clock: Callable[[], float]) -> None:
        self._whole_s, self._ends_at, self._clock = whole_s, clock() + whole_s, clock

    @property
    def told(self) -> str:
        """What is told when it has come."""
        return f"no answer within {self._whole_s:g} s"

    def left_s(self) -> float:
        """The seconds until then. Raises TimeoutError when it has come."""
        left = self._ends_at - self._clock()
        if left <= 0:
            raise TimeoutError(self.told)
        return left


def system_addresses(host: str, port: int) -> Sequence[str]:
    """The addresses as this machine resolves names."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@contextmanager
def exchange(
    method: str, target: Target, headers: Mapping[str, str], body: bytes, tls: ssl.SSLContext, until: Until
) -> Iterator[HTTPResponse]:
    """Send a request and give its response, whose body is still to be read; all of it ends with ``until``.

    Raises OSError, TimeoutError and ssl.SSLError among it, when nothing came of it, and http.client.HTTPException when
    what came is no HTTP.
    """
    with _connected(target, tls, until) as connection:
        connection.settimeout(until.left_s())
        connection.sendall(_request(method, target, headers, body) + body)
        with HTTPResponse(_Timed(connection, until), method=method) as response:  # type: ignore[arg-type]  # makefile is what it needs of a socket
            response.begin()
            yield response


class _Timed(RawIOBase):
    """A socket as a file to read from, all of whose reads together end in time."""

    def __init__(self, connection: socket.socket, until: Until) -> None:
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
            raise TimeoutError(self._until.told) from None


def _connected(target: Target, tls: ssl.SSLContext, until: Until) -> socket.socket:
    """A connection to the first of the addresses that takes it. Raises OSError: what the last of them said."""
    *others, last = target.addresses[:MOST_ADDRESSES]
    for address in others:
        with suppress(OSError):  # the next one may take it
            return _connect(target, address, tls, until)
    return _connect(target, last, tls, until)


def _connect(target: Target, address: str, tls: ssl.SSLContext, until: Until) -> socket.socket:
    limit_s = min(CONNECT_S, until.left_s())
    try:
        connection = socket.create_connection((address, target.port), timeout=limit_s)
        if not target.is_tls:
            return connection
        with connection:  # closed unless its descriptor went over to the one that speaks TLS
            return tls.wrap_socket(connection, server_hostname=target.host)
    except TimeoutError:
        raise TimeoutError(f"{address} takes no connection within {limit_s:g} s") from None


def _request(method: str, target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    length = {"Content-Length": str(len(body))} if body or method == "POST" else {}
    told = {"Host": target.authority, **headers, **length, "Connection": "close"}
    lines = [f"{method} {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")
