"""The calls that a batch may hold, by their addresses: the same bodies, with stored files by their ids."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from triptych.openai.calls import BadCall, Call
from triptych.openai.chats import chat
from triptych.openai.embeddings import embedding
from triptych.openai.ids import file_id_of
from triptych.openai.speech import speech
from triptych.openai.transcriptions import Transcription, transcription, translation

Body: TypeAlias = Mapping[str, Any]  # Any: JSON
Read: TypeAlias = Callable[[Body], tuple[Call, list[str]]]
"""The job of a body, and the ids of the stored files that it works on before what it brings. Raises BadCall."""


def _chatted(body: Body) -> tuple[Call, list[str]]:
    call = chat(_whole(body)).call
    return call, list(call.stored)


def _embedded(body: Body) -> tuple[Call, list[str]]:
    return embedding(body), []


def _spoken(body: Body) -> tuple[Call, list[str]]:
    if "stream_format" in body:
        raise BadCall("a batch streams nothing: leave it out", "stream_format")
    return speech(body).call, []


def _heard(read: Callable[[Body], Transcription]) -> Read:
    def heard(body: Body) -> tuple[Call, list[str]]:
        file = body.get("file")
        if not isinstance(file, str):
            raise BadCall("the id of a stored file is wanted", "file")
        rest = {name: value for name, value in _whole(body).items() if name != "file"}
        return read(rest).call, [file_id_of(file, "file")]

    return heard


def _whole(body: Body) -> Body:
    if body.get("stream"):
        raise BadCall("a batch streams nothing: leave it out", "stream")
    return body


ENDPOINTS: Mapping[str, Read] = MappingProxyType(
    {
        "/v1/chat/completions": _chatted,
        "/v1/embeddings": _embedded,
        "/v1/audio/speech": _spoken,
        "/v1/audio/transcriptions": _heard(transcription),
        "/v1/audio/translations": _heard(translation),
    }
)
