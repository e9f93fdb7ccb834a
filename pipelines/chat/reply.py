"""chat.reply: the next message of a conversation, from what was said, what is attached and what is remembered."""

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, JsonObject, Lane, Params, Part, Result, Run, Source
from pipelines.engines.answering import IMPORTING
from pipelines.errors import BadInput, PipelineError
from pipelines.house import Dialogue, MemoryKind, Turn
from pipelines.media.document import DOCUMENT_TYPES
from pipelines.media.media_types import PICTURE_FORMATS

if TYPE_CHECKING:
    from pipelines.dialogue.answered import Reply
    from pipelines.dialogue.attachments import Attached
    from pipelines.dialogue.evidence import Evidence
    from pipelines.dialogue.window import Said

REPLY = "chat.reply"
MAX_SOURCES = 100
RECALLED = 8  # memories that a reply may rest on
BESIDE_OWN = 4  # times as many are asked for where some may be of the conversation's own files
FEW_WORDS = 5  # a question of fewer goes on with the one before it
SPOKEN_CHARACTERS = 10_000  # ten minutes

_CITED = re.compile(r"\s*\[\d{1,3}(?:\s*,\s*\d{1,3})*\]")


class ReplyParams(Params):
    """Which reply is to be written."""

    conversation: str = Field(title="Conversation", description="Its id.", max_length=36)
    reply: str = Field(title="Reply", description="The id of the message to be written.", max_length=36)
    memory: bool = Field(False, title="Memory", description="Look into the memory for the answer.")


@pipeline(
    name=REPLY,
    title="Reply in a conversation",
    lane=Lane.NET,
    accepts=("audio/*", "video/*", *PICTURE_FORMATS, *DOCUMENT_TYPES),
    params=ReplyParams,
    min_sources=0,
    max_sources=MAX_SOURCES,
    time_limit_s=1800,  # a large model on a CPU writes two words a second
    is_internal=True,
)
def reply(sources: Sequence[Source], params: ReplyParams, context: Context) -> Run:
    """Answer the last question of a conversation, from its turns, its files and the memory, and cite what is used.

    The language model of the configured server writes the answer. Where none is configured, the sentences that fit
    best are quoted from the files and the memory instead, and the reply says so.
    """
    from pipelines.dialogue.attachments import look_into

    dialogue = context.conversation.dialogue()
    of_question = dialogue.turns[-1].files
    remember = dialogue.settings["memory"] != "never"
    attached = look_into(
        sources, dialogue.file_ids, context, known=dialogue.looked_into, first=of_question, remember=remember
    )
    question = _question(dialogue.turns[-1], attached, context)
    recalled, recall_warnings = _recalled(question, dialogue, context) if params.memory else ([], ())
    asking = replace(dialogue.turns[-1], text=question)
    evidence = [*attached.beside([*dialogue.turns[:-1], asking]), *recalled]
    written = yield from _written(question, dialogue, evidence, sources, params, context)
    warnings = [*attached.warnings_of(of_question), *recall_warnings, *written.warnings, *written.doubts]
    if not dialogue.has_title:
        _entitle(question, written.text, dialogue, context)
    if dialogue.settings["speak"]:
        warnings += _speak(written.text, context)
    body = {"answer": written.text, "citations": written.citations, "question": question, **written.told}
    return Result(body, written.engine, warnings)


def _question(turn: Turn, attached: "Attached", context: Context) -> str:
    """What is asked: written, or said in the recordings of the message, which then has that as its text."""
    if turn.text:
        return turn.text
    said = attached.said_in(turn)
    if not said:
        raise BadInput("nothing is said in the recording: write the question, or record it again", code="no_text")
    context.conversation.heard(turn.message_id, said)
    return said


def _recalled(question: str, dialogue: Dialogue, context: Context) -> "tuple[list[Evidence], Sequence[str]]":
    """What the memory has on the question, without what stands in the attached files, which are there already."""
    from pipelines.dialogue.evidence import Evidence

    own = set(dialogue.file_ids)
    count = RECALLED * BESIDE_OWN if own else RECALLED
    recollection = context.memory.recall(_looked_for(question, dialogue), count)
    telling = [memory for memory in recollection.items if memory.kind is not MemoryKind.TITLE]  # a name is no answer
    others = [memory for memory in telling if memory.file_id is None or memory.file_id not in own]
    return [Evidence.recalled(memory) for memory in others[:RECALLED]], recollection.warnings


def _looked_for(question: str, dialogue: Dialogue) -> str:
    """The question, with the one before where it is too short to be understood alone: "And in 1880?"."""
    earlier = [turn.text for turn in dialogue.turns[:-1] if turn.role == "user" and turn.text]
    return f"{earlier[-1]}\n{question}" if earlier and len(question.split()) < FEW_WORDS else question


def _written(
    question: str,
    dialogue: Dialogue,
    evidence: "Sequence[Evidence]",
    sources: Sequence[Source],
    params: ReplyParams,
    context: Context,
) -> "Generator[Part, None, Reply]":
    """By the configured server; one that is away is waited for: quotes are no answer to who has a model."""
    if context.answer_server is None:
        from pipelines.dialogue.quoting import quote_reply

        # Who attaches something asks about that: nobody here can tell that other sentences only sound alike.
        own = [one for one in evidence if one.source is not None and one.source in dialogue.turns[-1].files]
        return (yield from quote_reply(question, own or evidence, context, asked_memory=params.memory))
    with IMPORTING:
        from pipelines.dialogue.writing import Asked, write_reply

    turns = [_as_sent(turn, sources) for turn in dialogue.turns[:-1]]
    asked = Asked(question, evidence, turns, dialogue.summary, dialogue.settings)
    return (yield from write_reply(asked, context))


def _as_sent(turn: Turn, sources: Sequence[Source]) -> "Said":
    """A turn without its numbers, which were of other passages, and with the names of its files."""
    from pipelines.dialogue.window import Said

    names = [sources[place].name for place in turn.files]
    attached = f"\n(attached: {', '.join(names)})" if names else ""
    text = _CITED.sub("", turn.text) if turn.role == "assistant" else turn.text
    return Said(turn.message_id, turn.role, f"{text}{attached}")


def _entitle(question: str, answer: str, dialogue: Dialogue, context: Context) -> None:
    with IMPORTING:
        from pipelines.dialogue.entitling import title_of
    if title := title_of(question, answer, str(dialogue.settings["model"]), context):
        context.conversation.entitle(title)


def _speak(text: str, context: Context) -> list[str]:
    """Have the text read aloud; a warning where it cannot be, or not to its end."""
    from pipelines.engines.language import detect_language
    from pipelines.engines.spoken_languages import TONGUES

    said = _CITED.sub("", text).strip()
    if not said:
        return []
    language = detect_language(said)
    asked: JsonObject = {"language": language if language in TONGUES else "en", "input": "plain"}
    try:
        context.conversation.speak(said[:SPOKEN_CHARACTERS], asked)
    except PipelineError as error:
        return [f"The reply is not read aloud ({error.message})"]
    return ["Only the beginning of the reply is read aloud: it is very long."] if len(said) > SPOKEN_CHARACTERS else []
