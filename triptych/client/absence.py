"""An API that is away for a while, which what takes long endures: it is asked again until it has been away too long."""

from http import HTTPStatus

from triptych.client.errors import ClientError, Refused, Unreachable
from triptych.client.transport import Transport

PASSING = frozenset({HTTPStatus.LOCKED})  # a request that broke is still being dealt with
MAY_PASS: tuple[type[ClientError], ...] = (Unreachable, Refused)


class Absence:
    """One API's being away, over several requests."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._since: float | None = None
        self._failures = 0

    def end(self) -> None:
        """It has answered."""
        self._since, self._failures = None, 0

    def endure(self, error: ClientError) -> None:
        """Pause before the next request. Raises ``error`` when it will not pass, or has lasted for too long."""
        if isinstance(error, Refused) and not _may_pass(error):
            raise error
        now = self._transport.clock()
        self._since = now if self._since is None else self._since
        if now - self._since >= self._transport.patience.away_s:
            raise error
        self.pause()

    def pause(self) -> None:
        """Pause before the next request, longer each time until it ``end``s."""
        self._failures += 1
        self._transport.pause(self._transport.pause_s(self._failures))


def _may_pass(error: Refused) -> bool:
    is_ours = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return is_ours or error.again_s is not None or error.status in PASSING
