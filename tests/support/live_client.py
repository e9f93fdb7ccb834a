"""A client that speaks into the server: what it sends and what it is told, over a real WebSocket."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import websocket

from support.api_process import Served

WAIT_S = 30  # a bound for a hung server, never what is measured
CLOSE = websocket.ABNF.OPCODE_CLOSE


class LiveClient:
    """One connection of somebody who speaks."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket

    def ask(self, kind: str, **asked: Any) -> None:  # Any: JSON
        """Send a request of this kind."""
        self._socket.send(json.dumps({"type": kind, **asked}))

    def say(self, text: str) -> None:
        """Send a text as it is."""
        self._socket.send(text)

    def sound(self, pcm: bytes, piece_bytes: int = 3200) -> None:
        """Send samples in pieces."""
        for at in range(0, len(pcm), piece_bytes):
            self._socket.send_binary(pcm[at : at + piece_bytes])

    def told(self, *kinds: str) -> dict[str, Any]:  # Any: JSON
        """The next message of one of these kinds."""
        while True:
            message: dict[str, Any] = json.loads(self._next())
            if message["type"] in kinds:
                return message

    def received(self, size_bytes: int) -> None:
        """Wait until so many bytes are on the server's disk."""
        while self.told("received")["received_bytes"] < size_bytes:
            pass

    def close_code(self) -> int:
        """The code with which the server closes, whatever it says before."""
        while True:
            frame = self._socket.recv_frame()  # which does not answer: the server may be gone
            if frame.opcode == CLOSE:
                return int.from_bytes(frame.data[:2])

    def _next(self) -> str:
        text = self._socket.recv()
        assert isinstance(text, str), "the server closed"
        assert text, "the server closed"
        return text


@contextmanager
def live_client(served: Served, **options: Any) -> Iterator[LiveClient]:  # Any: websocket-client's
    """Connect for the block; at its end the connection breaks, without a word."""
    url = f"ws://127.0.0.1:{served.port}/api/v1/listen"
    socket = websocket.create_connection(url, timeout=WAIT_S, **options)
    try:
        yield LiveClient(socket)
    finally:
        socket.shutdown()
