"""audio.transcribe: what is said in a recording, segment by segment while it is being heard."""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
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
    from pipelines.media.subtitles import Layout
    from pipelines.media.transcript import Transcript
    from pipelines.media.windows import Window


class TranscribeParams(Params):
    """How a recording is heard."""

    engine: Literal["auto", "ctranslate2", "openai-whisper", "pocketsphinx"] = Field(
        "auto",
        title="Engine",
        description="auto takes the best one that can run here and says so. ctranslate2 and openai-whisper run the "
        "same Whisper weights; the first is several times faster.",
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
    word_times: bool = Field(
        False, title="Time every word", description="Tell when each word was said, and how sure it is (Whisper only)."
    )
    beam: int = Field(
        1,
        title="Search width",
        description="How many ways of going on are followed at once: 5 hears a little better and takes longer.",
        ge=1,
        le=10,
    )
    skip_silence: bool = Field(
        True,
        title="Skip silence",
        description="Listen only where somebody speaks. Switch it off for singing, which does not pass for speech.",
    )

    line_characters: int = Field(
        42, title="Characters a line", description="Of subtitles; 42 is usual, 37 on television.", ge=10, le=120
    )
    lines: int = Field(2, title="Lines", description="How many lines a subtitle has at most.", ge=1, le=4)
    cue_shortest_s: float = Field(
        0.833,
        title="Shortest subtitle",
        description="Seconds for which each is to be seen, where the next allows it.",
        ge=0,
        le=5,
    )
    cue_longest_s: float = Field(
        7.0, title="Longest subtitle", description="In seconds; longer ones are cut.", ge=1, le=30
    )
    cue_gap_s: float = Field(
        0.083, title="Gap between subtitles", description="In seconds: two frames of film are 0.083.", ge=0, le=1
    )

    def layout(self) -> "Layout":
        """What subtitles may be."""
        from pipelines.media.subtitles import Layout

        return Layout(self.line_characters, self.lines, self.cue_shortest_s, self.cue_longest_s, self.cue_gap_s)

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

    Segments appear while the rest is still being heard. Gives a transcript for the viewer, plain text, a table, and
    subtitles that can be read as SRT and WebVTT. Silence is skipped; a recording without speech gives an empty
    transcript.
    """
    return (yield from heard(sources[0], params, context))


def heard(
    source: Source, params: TranscribeParams, context: Context, clock: Callable[[], float] = time.monotonic
) -> Run:
    """Transcribe ``source``, going on where an earlier run of the job with the same engine was interrupted.

    Decoding begins at the beginning again, which is cheap; hearing does not. ``clock`` tells when to save, in seconds.
    """
    from pipelines.media.sound import open_sound
    from pipelines.media.transcript import Segment, Transcript

    with open_sound(source) as sound:
        transcriber, warnings = hired(params, context)
        segments: list[Segment] = []
        for part in _parts(sound, params, transcriber, context, clock):
            segments.append(Segment.of(part.body))
            yield part
        transcript = Transcript(transcriber.language, sound.end_s, transcriber.used, segments)
        warnings += sound.warnings()
    return (yield from written(transcript, params, context, warnings))


def written(transcript: "Transcript", params: TranscribeParams, context: Context, warnings: tuple[str, ...]) -> Run:
    """Hand ``transcript`` out in every form it has."""
    from pipelines.media.transcript import write_transcript

    yield from write_transcript(transcript, context.workdir, params.layout())
    body = {
        "language": transcript.language,
        "duration_s": round(transcript.duration_s, 3),
        "text": transcript.text,
        "segments": len(transcript.segments),
    }
    return Result(body, transcript.engine, warnings)


def _parts(
    sound: "Sound",
    params: TranscribeParams,
    transcriber: Transcriber,
    context: Context,
    clock: Callable[[], float],
) -> Iterator[Part]:
    earlier, notes = take_up(context.checkpoint, transcriber), Notes(context.checkpoint, transcriber, clock)
    context.progress(_share(earlier.until_s, sound), "transcribing")
    yield from earlier.parts
    for windows in growing(_windows(sound, params, earlier.until_s, context), transcriber.at_once):
        context.check()
        for segment in transcriber.hear(windows):
            yield Part(PartKind.SEGMENT, segment.body())
            context.check()
        notes.heard(windows[-1].end_s)
        context.progress(_share(windows[-1].end_s, sound), "transcribing")
    context.progress(1.0, "transcribing")


def _windows(sound: "Sound", params: TranscribeParams, until_s: float, context: Context) -> "Iterator[Window]":
    """What is to be heard behind ``until_s``. Models invent words in silence, so that none is among it."""
    from pipelines.engines.silero import VoiceActivity
    from pipelines.media.speech_windows import speech_windows
    from pipelines.media.windows import may_hold_speech, windows

    if params.skip_silence:
        yield from speech_windows(sound.mono(), VoiceActivity(), sound.start_s, until_s, context.check)
        return
    for window in windows(sound.mono(), sound.start_s, until_s=until_s, check=context.check):
        if may_hold_speech(window.samples):
            yield window


def growing(windows: "Iterator[Window]", most: int) -> "Iterator[list[Window]]":
    """One window, so that the first words come soon, then two, four, and at last ``most`` at once."""
    count = 1
    while taken := list(islice(windows, count)):
        yield taken
        count = min(2 * count, most)


def _share(until_s: float, sound: "Sound") -> float | None:
    whole_s = sound.claimed_end_s
    if not until_s:
        return 0.0
    return min(until_s / whole_s, 1.0) if whole_s else None


def hired(params: TranscribeParams, context: Context) -> tuple[Transcriber, tuple[str, ...]]:
    """The best transcriber whose weights are here or come, and load; with what the user is to be warned of."""
    asked = _asked(params)
    surroundings = Surroundings(context.models_dir, context.network)
    return first_that_works(
        transcription_engines(asked), surroundings, params.engine, start=lambda make: make(asked, context)
    )


def _asked(params: TranscribeParams) -> Listening:
    return Listening(params.size, params.language, params.task, params.initial_prompt, params.beam, params.word_times)
