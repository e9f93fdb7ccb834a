"""audio.transcriptions and audio.translations: what is said in a recording, by ``audio.transcribe``.

https://platform.openai.com/docs/api-reference/audio/createTranscription
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipelines.engines.listening import Task
from pipelines.media.unspaced import running_text
from triptych.jobs.job import StoredPart
from triptych.openai.calls import Answer, BadCall, Call, Made, asked, valid_params
from triptych.openai.names import whisper_size

PIPELINE = "audio.transcribe"
STREAMED = frozenset(["json", "text", "diarized_json"])
NOBODY = "unknown"  # says it, where no model of voices is here: the answer has a warning then
_NAMES = {"size": "model", "initial_prompt": "prompt"}  # of the pipeline's params, where they are called otherwise


class Form(StrEnum):
    """In what form the words are wanted."""

    JSON = "json"
    TEXT = "text"
    SRT = "srt"
    VERBOSE_JSON = "verbose_json"
    VTT = "vtt"
    DIARIZED_JSON = "diarized_json"


class Granularity(StrEnum):
    """What times are told of."""

    WORD = "word"
    SEGMENT = "segment"


class TranslationRequest(BaseModel):
    """A form's fields, its file aside. A ``temperature`` is taken and not used: the pipeline chooses its own."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(max_length=200)
    prompt: str = ""
    response_format: Form = Form.JSON
    temperature: float = Field(0.0, ge=0, le=1)


class TranscriptionRequest(TranslationRequest):
    """What may be said of a transcription besides."""

    language: str | None = None
    timestamp_granularities: list[Granularity] = Field(default=[Granularity.SEGMENT], min_length=1, max_length=2)
    chunking_strategy: Literal["auto"] = "auto"  # where somebody speaks, as the pipeline always does
    stream: bool = False

    @model_validator(mode="after")
    def _words_are_told_verbosely(self) -> Self:
        wants_times = "timestamp_granularities" in self.model_fields_set
        if wants_times and self.response_format is not Form.VERBOSE_JSON:
            raise ValueError("timestamp_granularities need the response_format verbose_json")
        if self.stream and self.response_format not in STREAMED:
            raise ValueError(f"{self.response_format} is not streamed: ask for json, text or diarized_json")
        return self


@dataclass(frozen=True, slots=True)
class Transcription:
    """A call that is to be answered, at once or as it is heard."""

    call: Call
    is_streamed: bool = False
    is_diarized: bool = False


def transcription(body: Mapping[str, Any]) -> Transcription:  # Any: JSON
    """The job of a transcription. Raises BadCall."""
    wanted = asked(TranscriptionRequest, body)
    is_diarized = wanted.response_format is Form.DIARIZED_JSON
    words = is_diarized or Granularity.WORD in wanted.timestamp_granularities  # by which turns are cut
    params = {**_heard(wanted), "language": wanted.language or None, "word_times": words, "speakers": is_diarized}
    return Transcription(_call(params, wanted, wanted.timestamp_granularities), wanted.stream, is_diarized)


def translation(body: Mapping[str, Any]) -> Transcription:  # Any: JSON
    """The job of a translation into English. Raises BadCall."""
    wanted = asked(TranslationRequest, body)
    if wanted.response_format is Form.DIARIZED_JSON:
        raise BadCall("a translation does not tell who speaks", "response_format", "unsupported_value")
    return Transcription(_call({**_heard(wanted), "task": Task.TRANSLATE}, wanted, [Granularity.SEGMENT]))


def _heard(wanted: TranslationRequest) -> dict[str, object]:
    return {"size": whisper_size(wanted.model), "initial_prompt": wanted.prompt}


def _call(params: Mapping[str, object], wanted: TranslationRequest, times: Sequence[Granularity]) -> Call:
    tell = partial(_told, wanted.response_format, times)
    return Call(PIPELINE, valid_params(PIPELINE, params, _NAMES), tell)


def _told(form: Form, times: Sequence[Granularity], made: Made) -> Answer:
    if form is Form.TEXT:
        return Answer(f"{made.result['text']}\n".encode(), "text/plain")
    if form is Form.SRT:
        return Answer(made.output("transcript.srt"), "application/x-subrip")
    if form is Form.VTT:
        return Answer(made.output("transcript.vtt"), "text/vtt")
    if form is Form.DIARIZED_JSON:
        told = _diarized(made)
    else:
        told = _briefly(made) if form is Form.JSON else _verbosely(made, times)
    return Answer(json.dumps(told, ensure_ascii=False).encode())


def _briefly(made: Made) -> dict[str, Any]:  # Any: JSON, here and below
    told = {"text": made.result["text"], "usage": _usage(made)}
    return {**told, **made.warned}


def _verbosely(made: Made, times: Sequence[Granularity]) -> dict[str, Any]:
    """What is known of each segment and word: Whisper's own numbers, such as avg_logprob, are not told."""
    segments = _segments(made)
    told: dict[str, Any] = {
        "task": made.job.params["task"],
        "language": made.result["language"],
        "duration": made.result["duration_s"],
        "text": made.result["text"],
        "usage": _usage(made),
    }
    if Granularity.WORD in times:
        told["words"] = [_timed("word", word) for segment in segments for word in segment.get("words", ())]
    if Granularity.SEGMENT in times:
        told["segments"] = [{"id": segment["id"], **_timed("text", segment)} for segment in segments]
    return {**told, **made.warned}


def _diarized(made: Made) -> dict[str, Any]:
    told = {
        "task": made.job.params["task"],
        "duration": made.result["duration_s"],
        "text": made.result["text"],
        "segments": _turns(made),
        "usage": _usage(made),
    }
    return {**told, **made.warned}


def _turns(made: Made) -> list[dict[str, Any]]:
    """Each segment, and who says it."""
    return [
        {
            "type": "transcript.text.segment",
            "id": f"seg_{segment['id']}",
            **_timed("text", segment),
            "speaker": segment.get("speaker", NOBODY),
        }
        for segment in _segments(made)
    ]


def _segments(made: Made) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(made.output("transcript.json"))["segments"]
    return told


def _timed(what: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {what: said["text"], "start": said["start_s"], "end": said["end_s"]}


def _usage(made: Made) -> Mapping[str, Any]:
    return {"type": "duration", "seconds": made.result["duration_s"]}


def deltas(segments: Iterable[StoredPart]) -> Iterator[str]:
    """The events of a stream for ``segments`` as they come: put together, they are the text."""
    before = ""
    for segment in segments:
        text = str(segment.body["text"])
        joined = running_text([before, text])
        if delta := joined[len(before) :]:
            yield json.dumps({"type": "transcript.text.delta", "delta": delta}, ensure_ascii=False)
            before = text or before


def last_events(made: Made, *, is_diarized: bool) -> Iterator[str]:
    """The events that end a stream: who said what is known when all was heard."""
    for turn in _turns(made) if is_diarized else ():
        yield json.dumps(turn, ensure_ascii=False)
    told = {"type": "transcript.text.done", "text": made.result["text"], "usage": _usage(made)}
    yield json.dumps({**told, **made.warned}, ensure_ascii=False)
