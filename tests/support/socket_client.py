"""A WebSocket client that only listens (RFC 6455), so small that a thousand of them fit into a test."""

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA


class Refused(ConnectionError):
    """The server did not upgrade the connection; the message is its status line."""


class ListeningSocket:
    """An open connection. What the server sends is never fragmented or masked: text, pings and a close."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def texts(self) -> AsyncIterator[str]:
        """The texts until the server closes; ends as well where the connection breaks."""
        try:
            while True:
                kind, payload = await self._frame()
                if kind == TEXT:
                    yield payload.decode()
                elif kind == PING:
                    await self._send(PONG, payload)
                elif kind == CLOSE:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def _frame(self) -> tuple[int, bytes]:
        first, second = await self._reader.readexactly(2)
        size = second & 0x7F
        if size >= 126:
            size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8))
        return first & 0x0F, await self._reader.readexactly(size)

    async def _send(self, kind: int, payload: bytes) -> None:
        """A client masks what it sends; a mask of zeros changes nothing."""
        self._writer.write(bytes([0x80 | kind, 0x80 | len(payload)]) + bytes(4) + payload)
        await self._writer.drain()


@asynccontextmanager
async def listening_socket(port: int, target: str) -> AsyncIterator[ListeningSocket]:
    """Connect to ``target`` on the loopback. Raises Refused, and ConnectionError where nobody answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            raise Refused("the connection was closed") from None
        if not head.startswith(b"HTTP/1.1 101"):
            raise Refused(head.split(b"\r\n")[0].decode())
        yield ListeningSocket(reader, writer)
    finally:
        writer.close()
