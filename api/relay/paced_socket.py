"""A WebSocket's connection from which no more is read than is taken: memory does not grow with a fast client."""

import socket
import threading
from collections.abc import Sequence

from api.relay.polite_socket import PoliteSocket

MOST_AHEAD = 16  # messages that were received and not taken
LOOK_S = 1.0


class PacedSocket(PoliteSocket):
    """Lets the client wait, by TCP's own means, while ``MOST_AHEAD`` of its messages are waiting."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self._waiting: Sequence[str | bytes] = ()
        self._taken = threading.Event()
        self._is_cut = False

    def pace(self, waiting: Sequence[str | bytes]) -> None:
        """Look at ``waiting``, the messages that were received and not taken, before more is read."""
        self._waiting = waiting

    def taken(self) -> None:
        """Say that a message was taken."""
        self._taken.set()

    def recv(self, size: int) -> bytes:
        """Receive once there is room for more."""
        while len(self._waiting) >= MOST_AHEAD and not self._is_cut:
            self._taken.wait(LOOK_S)
            self._taken.clear()
        return super().recv(size)

    def cut(self) -> None:
        """End the connection, waking whoever reads from it."""
        self._is_cut = True
        super().cut()

    def release(self) -> None:
        """Pace no longer: nobody takes messages any more."""
        self._waiting = ()
        self._taken.set()
