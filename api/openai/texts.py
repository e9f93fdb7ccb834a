"""What is asked as JSON."""

from collections.abc import Iterator
from itertools import chain

from flask import Response, request

from api.bodies.chunks import whole_body
from api.bodies.strict_json import read_json
from api.openai.answering import answered, streamed, told_to_the_end
from api.openai.following import Followed
from api.room import room
from triptych.openai.chats import Chat, chat, chunks, last_chunks
from triptych.openai.embeddings import embedding

CHAT_BYTES = 32 * 1024**2  # of a chat with pictures and recordings in it


def chat_completions() -> Response:
    """Go on with a chat, whole or word by word."""
    wanted = chat(read_json(whole_body(request, max(CHAT_BYTES, room().settings.json_bytes))))
    if not wanted.is_streamed:
        return answered(wanted.call)
    return streamed(wanted.call, lambda followed: told_to_the_end(_words(followed, wanted)))


def embeddings() -> Response:
    """Turn texts into vectors."""
    return answered(embedding(asked_json()))


def _words(followed: Followed, wanted: Chat) -> Iterator[str]:
    tokens = followed.parts()
    first = next(tokens, None)  # what fails before it is told by its status
    if first is not None:
        yield from chunks(followed.job, chain([first], tokens))
    yield from last_chunks(followed.end(), tells_usage=wanted.tells_usage)


def asked_json() -> object:
    """The current request's body. Raises Refused."""
    return read_json(whole_body(request, room().settings.json_bytes))
