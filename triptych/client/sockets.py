"""WebSockets to the API, whose breaking is an Unreachable like any other."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx2

from triptych.client.errors import Unreachable, Unusable

if TYPE_CHECKING:
    from httpx2.websockets import WebSocketSession

MOST_BYTES = 1024**2  # of one message
KEEPALIVE_S = 30.0
LOOK_S = 0.5  # between two looks whether a connection on which nothing comes is still one


@contextlib.contextmanager
def open_session(http: httpx2.Client, path: str) -> Iterator["WebSocketSession | None"]:
    """A session at ``path`` for the block; None where it is refused. Raises Unusable, and what httpx2 does."""
    try:
        from httpx2.websockets import WebSocketUpgradeError
    except ImportError:
        raise Unusable("a live recording takes wsproto: pip install 'httpx2[ws]'") from None
    with contextlib.ExitStack() as opened:
        asked = http.websocket(
            path,
            max_message_size_bytes=MOST_BYTES,
            keepalive_ping_interval_seconds=KEEPALIVE_S,
            keepalive_ping_timeout_seconds=KEEPALIVE_S,
        )
        try:
            session = opened.enter_context(asked)
        except WebSocketUpgradeError:
            yield None
            return
        yield session


class Socket:
    """One connection to ``url``, on which one thread may send while another receives."""

    def __init__(self, url: str, session: "WebSocketSession") -> None:
        self.url = url
        self._session = session

    def send(self, message: str | bytes) -> None:
        """Send a text or bytes. Raises Unreachable."""
        from httpx2.websockets import HTTPXWSException
        from wsproto.utilities import ProtocolError

        try:
            if isinstance(message, str):
                self._session.send_text(message)
            else:
                self._session.send_bytes(message)
        except (HTTPXWSException, ProtocolError, OSError) as error:
            raise Unreachable(self.url, _why(error)) from None

    def receive(self) -> str:
        """The next text. Raises Unreachable where none comes any more."""
        from httpx2.websockets import HTTPXWSException

        while True:
            is_open = self._is_open()  # looked at first, so that what came in between is still told
            try:
                return self._session.receive_text(LOOK_S)
            except TimeoutError:
                # What cannot send or ping closes the session, and of that httpx2 tells whoever receives nothing.
                if not is_open:
                    raise Unreachable(self.url, "the connection broke") from None
            except HTTPXWSException as error:
                raise Unreachable(self.url, _why(error)) from None

    def close(self) -> None:
        """Close it, which ends what another thread sends."""
        with contextlib.suppress(Exception):  # it may have broken in any way
            self._session.close()

    def _is_open(self) -> bool:
        from wsproto.connection import ConnectionState

        return self._session.connection.state is ConnectionState.OPEN


def _why(error: Exception) -> str:
    code, reason = getattr(error, "code", None), getattr(error, "reason", "")
    return f"it closed the connection ({code} {reason})".replace(" )", ")") if code else "the connection broke"
