"""Many clients that each keep a connection and send one request after another."""

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

JSON = "Content-Type: application/json"


@dataclass(frozen=True, slots=True)
class Load:
    """What a load met with: seconds of each accepted request, how many were refused, seconds over all."""

    seconds: tuple[float, ...]
    refused: int
    elapsed_s: float


def together(loads: Sequence[Load]) -> Load:
    """Loads that were put one after another, as one."""
    seconds = tuple(second for load in loads for second in load.seconds)
    return Load(seconds, sum(load.refused for load in loads), sum(load.elapsed_s for load in loads))


class Client:
    """Sends JSON over one connection that it keeps, opened by the first request and again after a failure.

    Head and body go out together, as curl and browsers send a short one; http.client sends them one after the other.
    """

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        self._host, self._address = split.netloc, (split.hostname or "", split.port or http.client.HTTP_PORT)
        self._socket: socket.socket | None = None

    def send(self, method: str, path: str, body: bytes = b"") -> bytes:
        """The answer's body. Raises RuntimeError with the answer when it is no success, OSError when none comes."""
        self.ask(method, path, body)
        return self.answer()

    def ask(self, method: str, path: str, body: bytes = b"") -> None:
        """Send a request, whose ``answer`` comes later. Raises OSError."""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=120)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n{JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(head.encode() + body)

    def answer(self) -> bytes:
        """The body of the answer to what was asked last. Raises as ``send`` does."""
        with http.client.HTTPResponse(self._asked()) as response:
            response.begin()
            answer = response.read()
        if response.will_close:
            self.close()
        if response.status >= http.client.BAD_REQUEST:
            raise RuntimeError(f"{response.status}: {answer[:300].decode(errors='replace')}")
        return answer

    def fileno(self) -> int:
        """The descriptor on which an answer comes, to wait on."""
        return self._asked().fileno()

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _asked(self) -> socket.socket:
        if self._socket is None:
            raise OSError("nothing was asked")
        return self._socket


def put_load(url: str, bodies: Iterator[bytes], requests: int, connections: int) -> Load:
    """POST ``requests`` bodies to ``url`` over ``connections`` connections at once."""
    todo = [next(bodies) for _ in range(requests)]
    seconds: list[float] = []
    refused: list[str] = []
    start = threading.Barrier(connections + 1)

    def work() -> None:
        with contextlib.closing(Client(url)) as client:
            start.wait()
            while todo:
                with contextlib.suppress(IndexError):  # another client took the last one
                    send(client, todo.pop())

    def send(client: Client, body: bytes) -> None:
        began = time.perf_counter()
        try:
            client.send("POST", urlsplit(url).path, body)
        except (RuntimeError, OSError, http.client.HTTPException) as error:
            refused.append(str(error))
            client.close()
        else:
            seconds.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if not seconds:
        raise RuntimeError(f"every request was refused: {refused[:1]}")
    return Load(tuple(seconds), len(refused), time.perf_counter() - began)
