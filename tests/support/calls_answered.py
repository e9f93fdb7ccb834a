"""Stand-ins for every pipeline that answers calls of OpenAI's API: each is through at once, by no model."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.audio.speak import SpeakParams
from pipelines.catalogue import Pipeline, catalogue
from pipelines.contract import Context, EngineUsed, Output, Part, PartKind, Result, Run, Source
from pipelines.text.chat import ChatParams
from support.measuring import measuring
from support.spoken import hearing

BY_HAND = EngineUsed("by hand", "none")


def stand_ins() -> Sequence[Pipeline]:
    """One for each."""
    return (
        hearing(),
        measuring(),
        replace(catalogue()["audio.speak"], function=_speak, made_by=None),
        replace(catalogue()["text.chat"], function=_answer),
    )


def _speak(sources: Sequence[Source], params: SpeakParams, context: Context) -> Run:
    path = context.workdir / f"speech.{params.format}"
    path.write_bytes(b"sound")
    yield Output(path.name, params.format.media_type, path)
    return Result({"language": "en"}, BY_HAND)


def _answer(sources: Sequence[Source], params: ChatParams, context: Context) -> Run:
    yield Part(PartKind.TOKEN, {"text": "Good day."})
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    return Result({"answer": "Good day.", "finish_reason": "stop", "usage": usage}, BY_HAND)
