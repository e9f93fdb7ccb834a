"""audio.transcribe: what is said in a recording, segment by segment while it is being heard."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Params, Part, PartKind, Result, Run, Source
from pipelines.engines.falling_back import first_that_works
from pipelines.engines.listening import Listening, Task
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.selection import Surroundings
from pipelines.engines.taking_up import Notes, take_up
from pipelines.engines.transcription import Transcriber, transcription_engines
from pipelines.engines.whisper_languages import WhisperLanguage
from pipelines.engines.whisper_weights import WhisperSize

if TYPE_CHECKING:
    from pipelines.media.sound import Sound


class TranscribeParams(Params):
    """How a recording is heard."""

    engine: Literal["auto", "openai-whisper", "pocketsphinx"] = Field(
        "auto", title="Engine", description="auto takes the best one that can run here and says so."
    )
    # Its choices are told in place: from an enum of the same name as its title pydantic drops the title.
    size: Annotated[WhisperSize, WithJsonSchema({"type": "string", "enum": list(WhisperSize)})] = Field(
        WhisperSize.BASE,
        title="Whisper model",
        description="Larger ones hear better and take longer; .en ones know English only. Fetched on first use.",
    )
    language: WhisperLanguage | None = Field(
        None, title="Language", description="What is spoken, as a code such as en or de. Left empty: found out."
    )
    task: Annotated[Task, WithJsonSchema({"type": "string", "enum": list(Task)})] = Field(
        Task.TRANSCRIBE, title="Task", description="translate writes English whatever is spoken (Whisper only)."
    )
    initial_prompt: str = Field(
        "",
        title="Hint",
        description="Names and terms that occur, or a sentence in the style wanted (Whisper only).",
        max_length=1000,
    )

    @model_validator(mode="after")
    def _english_weights_hear_english(self) -> Self:
        if self.size.knows_english_only and (self.language not in (None, "en") or self.task is Task.TRANSLATE):
            raise ValueError(f"{self.size} knows English only: choose {self.size.removesuffix('.en')} instead")
        return self


def transcribed_by(params: TranscribeParams, surroundings: Surroundings) -> str:
    """Who would hear a recording now. May look whether weights can be fetched, which is remembered for minutes."""
    return made_by_engine(transcription_engines(_asked(params)), surroundings, params.engine, packages=("av",))


@pipeline(
    name="audio.transcribe",
    title="Transcribe speech",
    lane=Lane.GPU,
    accepts=("audio/*", "video/*"),
    params=TranscribeParams,
    rank=1,
    time_limit_s=24 * 3600,  # the longest recording; large Whisper on a CPU is slower than speech
    made_by=transcribed_by,
)
def transcribe(sources: Sequence[Source], params: TranscribeParams, context: Context) -> Run:
    """Write down what is said in a recording or a video, with times.

    Segments appear while the rest is still being heard. Gives a transcript for the viewer, plain text, and
    subtitles as SRT and WebVTT. A recording without speech gives an empty transcript.
    """
    return (yield from heard(sources[0], params, context))


def heard(
    source: Source, params: TranscribeParams, context: Context, clock: Callable[[], float] = time.monotonic
) -> Run:
    """Transcribe ``source``, going on where an earlier run of the job with the same engine was interrupted.

    Decoding begins at the beginning again, which is cheap; hearing does not. ``clock`` tells when to save, in seconds.
    """
    from pipelines.media.sound import open_sound
    from pipelines.media.transcript import Segment, Transcript, write_transcript

    with open_sound(source) as sound:
        transcriber, warnings = _transcriber(params, context)
        segments: list[Segment] = []
        for part in _parts(sound, transcriber, context, clock):
            segments.append(Segment(**part.body))
            yield part
        transcript = Transcript(transcriber.language, sound.end_s, transcriber.used, segments)
        warnings += sound.warnings()
    yield from write_transcript(transcript, context.workdir)
    body = {
        "language": transcript.language,
        "duration_s": round(transcript.duration_s, 3),
        "text": transcript.text,
        "segments": len(segments),
    }
    return Result(body, transcript.engine, warnings)


def _parts(sound: "Sound", transcriber: Transcriber, context: Context, clock: Callable[[], float]) -> Iterator[Part]:
    from pipelines.media.windows import may_hold_speech, windows

    earlier, notes = take_up(context.checkpoint, transcriber), Notes(context.checkpoint, transcriber, clock)
    context.progress(_share(earlier.until_s, sound), "transcribing")
    yield from earlier.parts
    for window in windows(sound.mono(), sound.start_s, until_s=earlier.until_s, check=context.check):
        context.check()
        if may_hold_speech(window.samples):
            for segment in transcriber.hear(window):
                yield Part(PartKind.SEGMENT, segment.body())
                context.check()
        notes.heard(window.end_s)
        context.progress(_share(window.end_s, sound), "transcribing")


def _share(until_s: float, sound: "Sound") -> float | None:
    whole_s = sound.claimed_end_s
    if not until_s:
        return 0.0
    return min(until_s / whole_s, 1.0) if whole_s else None


def _transcriber(params: TranscribeParams, context: Context) -> tuple[Transcriber, tuple[str, ...]]:
    """The best transcriber whose weights are here or come, and load; with what the user is to be warned of."""
    asked = _asked(params)
    surroundings = Surroundings(context.models_dir, context.network)
    return first_that_works(
        transcription_engines(asked), surroundings, params.engine, start=lambda make: make(asked, context)
    )


def _asked(params: TranscribeParams) -> Listening:
    return Listening(params.size, params.language, params.task, params.initial_prompt)
