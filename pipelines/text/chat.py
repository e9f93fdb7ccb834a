"""text.chat: the next message of a chat whose messages all come with the request."""

import json
from base64 import b64encode
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, JsonObject, Lane, Params, Result, Run, Source
from pipelines.engines.answering import IMPORTING, SERVER, answering_engines
from pipelines.engines.selection import Surroundings, choose
from pipelines.media.document import DOCUMENT_TYPES
from pipelines.media.media_types import PICTURE_FORMATS, Kind, kind_of

if TYPE_CHECKING:
    from pipelines.dialogue.attachments import Attached

MAX_ATTACHED = 20
REQUEST_TYPE = "application/json"
LABELS_ARE_GUESSES = "Labels of pictures are guesses of a classifier, and transcripts may be misheard."


class ChatParams(Params):
    """Who answers, and how long."""

    model: str = Field("", max_length=200, title="Model", description="Left empty: the server's configured model.")
    temperature: float | None = Field(
        None, ge=0, le=2, title="Temperature", description="Left empty: the server's own. 0 takes the likeliest word."
    )
    max_tokens: int | None = Field(
        None, ge=1, title="Tokens at most", description="Left empty: half of the model's window."
    )


@pipeline(
    name="text.chat",
    title="Go on with a chat",
    lane=Lane.NET,
    accepts=(REQUEST_TYPE, "audio/*", "video/*", *PICTURE_FORMATS, *DOCUMENT_TYPES),
    params=ChatParams,
    max_sources=MAX_ATTACHED + 1,
    time_limit_s=1800,  # a large model on a CPU writes two words a second
    remember=False,
    is_internal=True,
)
def chat(sources: Sequence[Source], params: ChatParams, context: Context) -> Run:
    """Answer the last of the messages in the last source, which is JSON, by the model of the configured server.

    Parts of a message that are attached stand there as ``{"type": "attached", "source": n}``. Recordings are heard,
    documents read, and pictures read and looked at by jobs of their own, and what these found stands in their place;
    pictures go to the server themselves where its model sees. Without a server nothing is answered.
    """
    choose(answering_engines(has_documents=False), _surroundings(context), SERVER)
    asked = json.loads(sources[-1].path.read_text(encoding="utf-8"))
    attached = _looked_into(sources[:-1], context)
    with IMPORTING:
        from pipelines.engines.chat_server import Exchange, say
    messages = [_message(message, sources, attached, context) for message in asked["messages"]]
    context.progress(None, "waiting for the model")
    max_tokens = params.max_tokens or _half_of_the_window(context)
    exchange = Exchange(messages, params.model, params.temperature, max_tokens, asked["options"])
    said = yield from say(exchange, context)
    warnings = (*_stood_in(sources[:-1], context), *attached.warnings, *said.warnings)
    return Result({"answer": said.text, **said.told}, said.engine, warnings)


def _surroundings(context: Context) -> Surroundings:
    return Surroundings(context.models_dir, context.network, context.answer_server)


def _half_of_the_window(context: Context) -> int:
    return context.answer_server.window_tokens // 2 if context.answer_server else 1


def _sees(context: Context) -> bool:
    return context.answer_server is not None and context.answer_server.sees


def _is_shown(source: Source, context: Context) -> bool:
    """Whether the model gets the source itself."""
    return _sees(context) and kind_of(source.media_type) is Kind.PICTURE


def _looked_into(attached: Sequence[Source], context: Context) -> "Attached":
    """What is heard, read and seen in what the model does not get itself."""
    from pipelines.dialogue.attachments import look_into

    hidden = [place for place, source in enumerate(attached) if not _is_shown(source, context)]
    return look_into(attached, [None] * len(attached), context, only=hidden, remember=False)


def _stood_in(attached: Sequence[Source], context: Context) -> list[str]:
    """What should be known of how the model came to know what is attached."""
    hidden = {kind_of(source.media_type) for source in attached if not _is_shown(source, context)}
    told = ["The model was sent what is said in the recordings, not their sound."] if Kind.SOUND in hidden else []
    if Kind.PICTURE in hidden:
        told.append("The model was sent what is read and recognised in the pictures, not the pictures: it sees none.")
    return told


def _message(message: JsonObject, sources: Sequence[Source], found: "Attached", context: Context) -> JsonObject:
    """The message as the server is to have it: one text where it is nothing but texts, which any server takes."""
    content = message.get("content")
    if not isinstance(content, list):
        return message
    parts = [_part(part, sources, found, context) for part in content]
    if all(part["type"] == "text" for part in parts):
        return {**message, "content": "\n\n".join(part["text"] for part in parts)}
    return {**message, "content": parts}


def _part(part: JsonObject, sources: Sequence[Source], found: "Attached", context: Context) -> JsonObject:
    if part["type"] != "attached":
        return part
    place = part["source"]
    source = sources[place]
    if _is_shown(source, context):
        url = f"data:{source.media_type};base64,{b64encode(source.path.read_bytes()).decode()}"
        return {"type": "image_url", "image_url": {"url": url}}
    pieces = [f"({one.heading})\n{one.text}" for one in found.evidence if one.source == place]
    told = "\n\n".join(pieces) or f"({source.name})\nNothing is said, shown or written in it."
    return {"type": "text", "text": f"Attached:\n\n{told}\n\n{LABELS_ARE_GUESSES}"}
