"""What a language model behind an OpenAI-compatible server says, streamed; a cancel closes the stream."""

import asyncio
import socket
import ssl
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus

import httpx2  # by which the SDK speaks
import openai
from openai import AsyncOpenAI

from pipelines.contract import AnswerServer, Context, EngineUsed, JsonObject, Part, PartKind
from pipelines.engines.answer_stream import Heard, Patience, whole
from pipelines.engines.answering import SERVER, Said
from pipelines.engines.bounded_events import EndlessAnswer, bounded_client
from pipelines.engines.network import NOT_NOW_STATUSES
from pipelines.engines.retry_after import retry_after_s
from pipelines.errors import BadInput, EngineUnavailable, PipelineError, ServerAway, TransientFailure

FLUSH_S = 0.05  # behind the first token, those of so long become one part: each is an event and a row
CONNECT_S = 5.0
CHARACTERS_A_TOKEN = 32  # more than any text takes; a server that does not keep to max_tokens is left there
MAX_MESSAGE = 300
HUNG_UP = "Server disconnected"  # httpcore's words where it does before it says anything, as one that starts does
NO_MODEL_CODE = "model_not_found"  # OpenAI's; others say it in words alone
NOT_HERE_STATUSES = frozenset({401, 403, 404})
TOO_LONG_STATUSES = frozenset({400, 413, 422})
# How servers say that a prompt is beyond their window: OpenAI's code, and words of vLLM, llama.cpp, Ollama, LM Studio.
TOO_LONG_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
TOO_LONG_WORDS = ("context length", "context size", "context window", "maximum context", "prompt is too long")


class WindowExceeded(BadInput):
    """The server has no room for so long a prompt: a shorter one may do."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a model is to go on with: ``messages`` as the API has them, each ``{"role", "content"}``.

    ``temperature``: the server's own where it is None. ``options`` are handed on as they are: stop, tools, and so on.
    """

    messages: Sequence[JsonObject]
    model: str = ""
    temperature: float | None = 0.2
    max_tokens: int = 1024
    options: JsonObject = field(default_factory=dict)


def prepare() -> None:
    """Have the first exchange of a process wait for nothing that later ones do not: imports, certificates.

    It asks a port of this machine that nobody listens on.
    """
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        server = AnswerServer(f"http://127.0.0.1:{nobody.getsockname()[1]}/v1", "none")
        with suppress(ServerAway):
            asyncio.run(_read(server, "none", Exchange([{"role": "user", "content": ""}]), Heard()))


def say(exchange: Exchange, context: Context) -> Generator[Part, None, Said]:
    """Have the context's server go on, in parts as the text comes; the first one does not wait for the next.

    Raises ServerAway, TransientFailure, BadInput for what the server refuses, of which WindowExceeded is one,
    EndlessAnswer, and EngineUnavailable where it does not know the model, which has a code of its own, or the key.
    The key stands in no message.
    """
    server, model = _asked(exchange, context)
    heard, said, room = Heard(), [], CHARACTERS_A_TOKEN * exchange.max_tokens
    for text in _streamed(server, model, exchange, heard, context.check):
        said.append(text[:room])
        yield Part(PartKind.TOKEN, {"text": said[-1]})
        room -= len(text)
        if room < 0:
            raise EndlessAnswer(
                f"The server was asked for {exchange.max_tokens:,} tokens at most and goes on behind "
                f"{CHARACTERS_A_TOKEN * exchange.max_tokens:,} characters: it does not keep to max_tokens"
            )
    told: JsonObject = {"finish_reason": heard.finish_reason, "usage": heard.usage}
    if heard.tool_calls:
        told = {**told, "tool_calls": [heard.tool_calls[index].told() for index in sorted(heard.tool_calls)]}
    text = "".join(said)
    return Said(text, EngineUsed(SERVER, heard.model or model), told, tuple(_warnings(text, heard, exchange)))


def said_at_once(exchange: Exchange, context: Context) -> str:
    """The whole of what ``say`` gives, for words that nobody watches. Raises as that does."""
    saying = say(exchange, context)
    while True:
        try:
            next(saying)
        except StopIteration as stop:
            said: Said = stop.value
            return said.text


def _asked(exchange: Exchange, context: Context) -> tuple[AnswerServer, str]:
    server = context.answer_server
    if server is None:
        raise EngineUnavailable("no server is configured: set TRIPTYCH_ANSWER_URL")
    model = exchange.model or server.model
    if not model:
        raise EngineUnavailable("no model is named: give the parameter model, or set TRIPTYCH_ANSWER_MODEL")
    return server, model


def _warnings(text: str, heard: Heard, exchange: Exchange) -> Generator[str, None, None]:
    if heard.finish_reason == "length":
        yield f"The answer was cut off at {exchange.max_tokens} tokens: allow more of them."
    if heard.finish_reason == "content_filter":
        yield "The server's filter cut the answer off, or left parts of it out."
    if not text.strip() and not heard.tool_calls:
        yield "The model ended without writing anything."


def _streamed(
    server: AnswerServer, model: str, exchange: Exchange, heard: Heard, check: Callable[[], None]
) -> Generator[str, None, None]:
    """The text as it comes, joined. Whatever ends this early, a cancel too, closes the connection."""
    with asyncio.Runner() as runner:
        reading = runner.get_loop().create_task(_read(server, model, exchange, heard))
        watched = {reading, runner.get_loop().create_task(heard.begins())}
        patience = Patience(server.silence_s)
        while not reading.done():
            runner.run(asyncio.wait(watched, timeout=FLUSH_S, return_when=asyncio.FIRST_COMPLETED))
            check()
            patience.wait_on(heard.chunks)
            if text := heard.take():
                watched = {reading}
                yield text
        reading.result()
    if not heard.finish_reason:
        raise TransientFailure("The server's answer broke off before its end")


async def _read(server: AnswerServer, model: str, exchange: Exchange, heard: Heard) -> None:
    timeout = openai.Timeout(server.silence_s, connect=CONNECT_S)
    # Without a key the SDK would look for one in the environment, which is meant for another server.
    client = AsyncOpenAI(
        base_url=server.url,
        api_key=server.key or "none",
        timeout=timeout,
        max_retries=0,
        http_client=bounded_client(_trusted()),
    )
    has_begun = False
    try:
        async with client:
            stream = await client.chat.completions.create(
                model=model,
                messages=(),
                # The SDK would go through each message by its type: two milliseconds for each.
                extra_body={**exchange.options, "messages": list(exchange.messages)},
                temperature=openai.omit if exchange.temperature is None else exchange.temperature,
                max_tokens=exchange.max_tokens,
                stream=True,
                stream_options={"include_usage": True},
            )
            has_begun = True
            async with stream:
                async for chunk in stream:
                    heard.add(chunk)
            heard.end()
    except openai.OpenAIError as error:
        raise _failure(error, server, has_begun=has_begun) from error
    except (ValueError, AttributeError, TypeError, RecursionError) as error:  # the SDK trusts its server
        raise TransientFailure(f"The server sent something that is no part of an answer: {error}") from error


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed: reading them takes longer than the rest of a client, so once a process."""
    return httpx2.create_ssl_context()


def _failure(error: openai.OpenAIError, server: AnswerServer, *, has_begun: bool) -> PipelineError:
    """What an SDK's error means for a job.

    A server that dies of its answer may die of the next try too, so that one is counted; one that cannot be reached is
    waited for, and not one with which no try could be spoken: its operator has to mend what answers there.
    """
    said = str(error).replace(server.key, "[key]") if server.key else str(error)
    said = whole(said[:MAX_MESSAGE])
    if isinstance(error, openai.APIConnectionError) and not has_begun:
        if (why := _never_mended(error.__cause__)) is not None:
            why = why.replace(server.key, "[key]") if server.key else why
            return EngineUnavailable(
                f"{SERVER}: TRIPTYCH_ANSWER_URL leads to no such server: {whole(why[:MAX_MESSAGE])}"
            )
        return ServerAway(f"The server that writes answers does not answer: {said}")
    if not isinstance(error, openai.APIStatusError):
        return TransientFailure(f"The server's answer broke: {said}")
    return _refusal(error, said)


def _refusal(error: openai.APIStatusError, said: str) -> PipelineError:
    if error.status_code in NOT_NOW_STATUSES:
        asked_s = retry_after_s(error.response.headers)
        return ServerAway(f"The server that writes answers has no time now: {said}", retry_after_s=asked_s)
    if error.status_code == HTTPStatus.NOT_FOUND and (error.code == NO_MODEL_CODE or "model" in str(error).lower()):
        return EngineUnavailable(f"{SERVER}: the server has no such model: {said}", code="no_such_model")
    if error.status_code in NOT_HERE_STATUSES:
        return EngineUnavailable(f"{SERVER}: the server refuses: {said}")
    if error.status_code in TOO_LONG_STATUSES and _is_too_long(error):
        return WindowExceeded(f"The server that writes answers has no room for so long a question: {said}")
    if error.status_code < 500:
        return BadInput(f"The server that writes answers refuses the question: {said}")
    return TransientFailure(f"The server that writes answers failed: {said}")


def _is_too_long(error: openai.APIStatusError) -> bool:
    words = str(error).lower()
    return error.code in TOO_LONG_CODES or error.type in TOO_LONG_CODES or any(some in words for some in TOO_LONG_WORDS)


def _never_mended(cause: BaseException | None) -> str | None:
    """What makes speaking with a server impossible however long it is waited for; None where it may only be away."""
    if isinstance(cause, httpx2.RemoteProtocolError) and str(cause).startswith(HUNG_UP):
        return None
    lasting = (httpx2.ProtocolError, httpx2.UnsupportedProtocol, httpx2.TooManyRedirects, httpx2.InvalidURL)
    return str(cause) if isinstance(cause, lasting) else None
