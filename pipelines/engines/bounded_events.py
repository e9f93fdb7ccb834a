"""The connection to a server that writes answers, held to events of a bounded size: the SDK reads on for ever."""

import ssl
from collections.abc import AsyncIterator

import httpx2
import openai

from pipelines.errors import BadInput, TransientFailure

LONGEST_BYTES = 1 << 20  # of an event, or of a refusal, which is none: a token is a hundred
MOST_BYTES = 32 << 20  # of an answer: a token comes in about 300, and thoughts may be many times the answer
BLANK_LINES = (b"\n\n", b"\r\r", b"\r\n\r\n")  # what ends an event (WHATWG's HTML, server-sent events)
_KEPT = max(map(len, BLANK_LINES)) - 1  # bytes of a blank line that may have come before the rest of it


class EndlessAnswer(BadInput):
    """The server does not stop, and would not at another attempt: what it wrote until then is all there will be."""

    code = "endless_answer"


def bounded_client(trusted: ssl.SSLContext) -> httpx2.AsyncClient:
    """The SDK's own client, whose answers raise TransientFailure when an event of them does not end.

    They raise EndlessAnswer when the answer does not.
    """
    # What is compressed may be a thousand times as long as what comes.
    headers = {"Accept-Encoding": "identity"}
    return openai.DefaultAsyncHttpxClient(headers=headers, event_hooks={"response": [_bound]}, verify=trusted)


async def _bound(response: httpx2.Response) -> None:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise TransientFailure("The server's answer is compressed, which it was asked not to be")
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream)


class _Bounded(httpx2.AsyncByteStream):
    """``stream``, whose events end in time, and which itself does."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total, length, tail = 0, 0, b""  # the last two of the event that goes on
        async for piece in self._stream:
            total += len(piece)
            if total > MOST_BYTES:
                raise EndlessAnswer(f"The server sent more than {MOST_BYTES >> 20} MiB and goes on")
            seen = tail + piece
            ended = max(seen.rfind(blank) for blank in BLANK_LINES)
            length = len(seen) - ended if ended >= 0 else length + len(piece)
            if length > LONGEST_BYTES:
                raise TransientFailure(f"The server sent more than {LONGEST_BYTES >> 20} MiB without an event's end")
            tail = seen[-_KEPT:]
            yield piece

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()
