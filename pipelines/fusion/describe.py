"""fusion.describe: several files and a question in, one answer out, which cites the second, box or page."""

import json
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from pipelines.audio.transcribe import TranscribeParams
from pipelines.catalogue import pipeline
from pipelines.contract import Context, JsonObject, Lane, Output, Params, Part, Result, Run, Source
from pipelines.engines.answering import EXCERPTS, SERVER, Answer, answering_engines
from pipelines.engines.reading_scripts import Script
from pipelines.engines.selection import Choice, Surroundings, choose
from pipelines.engines.whisper_languages import WhisperLanguage
from pipelines.engines.whisper_weights import WhisperSize
from pipelines.errors import PipelineError
from pipelines.media.document import DOCUMENT_TYPES
from pipelines.media.media_types import PICTURE_FORMATS

if TYPE_CHECKING:
    from pipelines.briefing.alignment import Aligned
    from pipelines.dialogue.answered import Reply
    from pipelines.dialogue.attachments import Attached
    from pipelines.dialogue.evidence import Evidence

MAX_SOURCES = 20
WHAT_THEY_TELL = "What do these files tell, each of them, and what do they have in common?"
SYSTEM = (
    "You are given what was heard, seen and read in several files, piece by piece, each with its file's name and its "
    "place. Answer precisely and briefly, in the language of the question, and bring together what belongs together "
    "across the files. Labels of pictures are guesses of a classifier, and transcripts may be misheard."
)
IN_TIME = (
    " Pieces that tell a time of day come from files whose clocks could be compared: they stand in the order of what "
    "happened, whichever file they are of, as right as those clocks were."
)


class DescribeParams(Params):
    """What is asked of the files, and how they are heard and read."""

    question: str = Field(
        "",
        max_length=4000,
        title="Question",
        description="What is to be answered. Left empty: what the files tell, and what they have in common.",
    )
    passages: int = Field(
        40,
        ge=MAX_SOURCES,
        le=200,
        title="Pieces",
        description="How many pieces of the files the answer may rest on, as far as the model's window has room: the "
        "best of each file, and those that fit the question best.",
    )
    model: str = Field("", max_length=200, title="Model", description="Left empty: the server's configured model.")
    engine: Literal["auto", "openai-compatible", "extractive"] = Field(
        "auto",
        title="Engine",
        description="openai-compatible sends the question and the pieces to the configured server; extractive quotes "
        "from each file here. auto quotes only where no server is configured.",
    )
    # Its choices are told in place: from an enum of the same name as its title pydantic drops the title.
    size: Annotated[WhisperSize, WithJsonSchema({"type": "string", "enum": list(WhisperSize)})] = Field(
        WhisperSize.BASE, title="Whisper model", description="For sound: larger ones hear better and take longer."
    )
    language: WhisperLanguage | None = Field(
        None, title="Language", description="What is spoken, as a code such as en or de. Left empty: found out."
    )
    script: Annotated[Script, WithJsonSchema({"type": "string", "enum": list(Script)})] = Field(
        Script.DEFAULT, title="Script", description="What the text in pictures is written in."
    )

    time_zone: str = Field(
        "",
        pattern=r"^([+-](0\d|1[0-4]):[0-5]\d)?$",
        title="Time zone of clocks",
        description="What clocks that name no time zone, as most cameras', were ahead of UTC, such as +02:00. Left "
        "empty: as those of the other files, where these agree; else such files are compared among themselves alone.",
    )

    @model_validator(mode="after")
    def _can_be_heard_so(self) -> Self:
        TranscribeParams(size=self.size, language=self.language)
        return self

    @property
    def ahead_of_utc(self) -> timedelta | None:
        """``time_zone`` as a duration; None where none is given."""
        return datetime.strptime(self.time_zone, "%z").utcoffset() if self.time_zone else None

    def of_children(self) -> dict[str, JsonObject]:
        """What the jobs that hear and read the files are to heed."""
        return {
            "audio.transcribe": {"size": self.size.value, "language": self.language},
            "image.read": {"script": self.script.value},
        }


@pipeline(
    name="fusion.describe",
    title="Describe files together",
    lane=Lane.NET,
    accepts=("audio/*", "video/*", *PICTURE_FORMATS, *DOCUMENT_TYPES),
    params=DescribeParams,
    max_sources=MAX_SOURCES,
    rank=5,
    time_limit_s=1800,  # a large model on a CPU writes two words a second; the jobs it waits for have their own limits
)
def describe(sources: Sequence[Source], params: DescribeParams, context: Context) -> Run:
    """Answer a question from recordings, pictures and documents together, and cite the second, box or page.

    Sound is transcribed, pictures are labelled and read, and long documents are read, by jobs of their own, which show
    below this one; short texts are read here. Recordings and pictures that tell when they were made are put on one axis
    of time, so that what happened together stands together; the rest keeps its file's place. What was found is cut to
    what the model can hold, and sent with the question to the configured server, which writes the answer. Where none is
    configured, the best sentences of each file are quoted, and the result says so. A file that cannot be used is told,
    and the others go on.
    """
    from pipelines.briefing.alignment import align
    from pipelines.dialogue.attachments import look_into

    choice = _chosen(params, context)
    found = look_into(sources, [None] * len(sources), context, params.of_children())
    if not found.evidence:
        why = "; ".join(found.warnings) or "nothing is said, shown or written in them"
        raise PipelineError(f"None of the files could be used: {why}", code="no_content")
    aligned = align(found.evidence, sources, params.ahead_of_utc, context)
    written, warnings = yield from _written(aligned.evidence, params, choice, context)
    yield _answer(written, context)
    yield _shown(written, aligned, sources, params, context)
    body = {
        "question": params.question.strip() or WHAT_THEY_TELL,
        "answer": written.text,
        "citations": [_cited(number, piece) for number, piece in _cited_pieces(written)],
        "pieces": {"found": len(aligned.evidence), "shown": len(written.evidence)},
        **written.told,
    }
    of_files = (*found.warnings, *_silent(sources, found), *aligned.warnings)
    told = (*of_files, *choice.warnings, *warnings, *written.warnings, *written.doubts)
    return Result(body, written.engine, tuple(dict.fromkeys(told)))


def _silent(sources: Sequence[Source], found: "Attached") -> Iterator[str]:
    """A warning for each file in which nothing was found, and of which nothing else is told."""
    heard = {piece.source for piece in found.evidence}
    for place, source in enumerate(sources):
        if place not in heard and not any(repr(source.name) in warning for warning in found.warnings):
            yield f"Nothing is said, shown or written in {source.name!r}."


def _chosen(params: DescribeParams, context: Context) -> Choice[Answer]:
    """A server that is configured and away is waited for: excerpts are no answer to who has a model."""
    wanted = SERVER if params.engine == "auto" and context.answer_server is not None else params.engine
    return choose(answering_engines(), Surroundings(context.models_dir, context.network, context.answer_server), wanted)


def _written(
    evidence: "Sequence[Evidence]", params: DescribeParams, choice: Choice[Answer], context: Context
) -> "Generator[Part, None, tuple[Reply, tuple[str, ...]]]":
    from pipelines.briefing.brief import brief
    from pipelines.briefing.shares import in_turns
    from pipelines.dialogue.writing import Asked, write_reply

    question = params.question.strip()
    if choice.engine.name == EXCERPTS:
        return (yield from brief(evidence, question, context)), ()
    context.progress(None, "choosing what to show the model")
    ranked, warnings = in_turns(evidence, question, context)
    wanted = {id(piece) for piece in ranked[: params.passages]}
    shown = [piece for piece in evidence if id(piece) in wanted]
    is_timed = any(piece.happened for piece in shown)
    settings = {"system": SYSTEM + IN_TIME if is_timed else SYSTEM, "model": params.model, "temperature": 0.2}
    first_dropped_last = [piece for piece in ranked if id(piece) in wanted]
    context.progress(None, "waiting for the model")
    asked = Asked(question or WHAT_THEY_TELL, shown, (), "", settings, lambda _pieces: first_dropped_last)
    return (yield from write_reply(asked, context)), warnings


def _cited_pieces(written: "Reply") -> "list[tuple[int, Evidence]]":
    numbers = [citation["number"] for citation in written.citations]
    return [(number, written.evidence[number - 1]) for number in numbers]


def _cited(number: int, piece: "Evidence") -> JsonObject:
    """A citation as ``text.answer`` tells it: the source, its name, and the place in it; and its time if aligned."""
    place = {"source": piece.source, "name": piece.title, "kind": piece.kind.value, **piece.place}
    return {"number": number, **place, **_happened(piece), "job_id": piece.job_id, "text": piece.text}


def _happened(piece: "Evidence") -> JsonObject:
    if piece.happened is None:
        return {}
    begin, end = (
        time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for time in (piece.happened.begin, piece.happened.end)
    )
    return {"happened": {"begin": begin, "end": end}}


def _answer(written: "Reply", context: Context) -> Output:
    """The answer, with the places of what it cites below."""
    places = [f"[{number}] {piece.heading}" for number, piece in _cited_pieces(written)]
    path = context.workdir / "answer.md"
    below = ["  \n".join(places)] if places else []
    path.write_text("\n\n".join([written.text.strip(), *below]) + "\n", encoding="utf-8")
    return Output("answer.md", "text/markdown", path)


def _shown(
    written: "Reply", aligned: "Aligned", sources: Sequence[Source], params: DescribeParams, context: Context
) -> Output:
    """All that the answer could rest on, in the order in which it was shown, and how each file was aligned."""
    told = {
        "question": params.question.strip() or WHAT_THEY_TELL,
        "sources": [
            {"name": source.name, "media_type": source.media_type, **how}
            for source, how in zip(sources, aligned.told, strict=True)
        ],
        "pieces": [_cited(number, piece) for number, piece in enumerate(written.evidence, 1)],
    }
    path = context.workdir / "context.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return Output("context.json", "application/json", path)
