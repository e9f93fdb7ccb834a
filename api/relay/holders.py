"""Who takes which recording in this process: a client that comes again displaces what is left of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.relay.paced_socket import PacedSocket


class Holders:
    """The connections, and those that hold a tape by the file it is of."""

    def __init__(self) -> None:
        self._held: dict[str, PacedSocket] = {}
        self._connections = 0

    def __len__(self) -> int:
        """How many connections there are, whether they hold a tape already or not."""
        return self._connections

    @contextmanager
    def connected(self) -> Iterator[None]:
        """Count a connection for the block."""
        self._connections += 1
        try:
            yield
        finally:
            self._connections -= 1

    @contextmanager
    def holding(self, file_id: str, connection: PacedSocket) -> Iterator[None]:
        """Know ``connection`` for the block."""
        self._held[file_id] = connection
        try:
            yield
        finally:
            if self._held.get(file_id) is connection:
                del self._held[file_id]

    def displace(self, file_id: str) -> None:
        """Break the connection that holds this tape, if it is one of this process."""
        if (connection := self._held.get(file_id)) is not None:
            connection.cut()
