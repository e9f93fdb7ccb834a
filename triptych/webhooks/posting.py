"""One POST to a webhook's address, and what its receiver said to it."""

import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from time import monotonic

from triptych.exchange import Target, Until, exchange

WHOLE_S = 15.0  # from the first address on to the last byte of the answer
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
    """Send ``body`` to ``target`` and return what is answered within ``WHOLE_S``. Raises as ``exchange`` does."""
    with exchange("POST", target, headers, body, tls, Until(WHOLE_S, running_clock)) as response:
        return Answer(response.status, _beginning(response), response.getheader("retry-after"))


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
