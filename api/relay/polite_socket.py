"""A TCP connection under a WebSocket: whole frames, one writer at a time, and no waiting for those who never read."""

import socket
import threading
from contextlib import suppress

SEND_S = 10.0


class PoliteSocket:
    """Wraps the server's socket for simple-websocket, which writes from two threads and takes no heed of short writes.

    A frame that is not taken within ``SEND_S`` cuts the connection: half a frame cannot be mended.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._writing = threading.Lock()
        connection.settimeout(SEND_S)

    def send(self, frame: bytes) -> int:
        """Send all of ``frame``. Raises OSError."""
        with self._writing:
            try:
                self._connection.sendall(frame)
            except OSError:
                self.cut()
                raise
        return len(frame)

    def recv(self, size: int) -> bytes:
        """Receive; simple-websocket calls this when there is something."""
        return self._connection.recv(size)

    def cut(self) -> None:
        """End the connection, waking whoever reads from it."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def fileno(self) -> int:
        """The descriptor, to wait on."""
        return self._connection.fileno()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
