"""audio.transcribe: what is said in a recording, segment by segment while it is being heard."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from pipelines.catalogue import pipeline
from pipelines.contract import Context, JsonObject, Lane, Params, Result, Run, Source
from pipelines.engines.diarising import DEFAULT_MODEL, MODEL_NAME_PATTERN, diarising_engines
from pipelines.engines.falling_back import first_that_works
from pipelines.engines.hearing import hear
from pipelines.engines.listening import Listening, Task
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.selection import Surroundings
from pipelines.engines.speaker_turns import WhoSpoke, who_spoke
from pipelines.engines.taking_up import Heard, Notes, take_up
from pipelines.engines.transcription import Transcriber, transcription_engines
from pipelines.engines.whisper_languages import WhisperLanguage
from pipelines.engines.whisper_weights import WhisperSize

if TYPE_CHECKING:
    from pipelines.media.subtitles import Layout
    from pipelines.media.transcript import Segment, Transcript

BEFORE_VOICES = 0.8  # of the progress, where somebody listens for voices when the words are heard


class TranscribeParams(Params):
    """How a recording is heard."""

    engine: Literal["auto", "ctranslate2", "openai-whisper", "pocketsphinx"] = Field(
        "auto",
        title="Engine",
        description="auto takes the best one that can run here and says so. ctranslate2 and openai-whisper run the "
        "same Whisper weights; the first is about twice as fast on a CPU.",
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
    speakers: bool = Field(
        False,
        title="Tell speakers apart",
        description="Who says what, as S1, S2 and so on. Segments are cut where another goes on if words are timed.",
    )
    speakers_least: int = Field(
        1, title="Speakers at least", description="How many there are, where that is known.", ge=1, le=20
    )
    speakers_most: int = Field(
        20, title="Speakers at most", description="The same number as at least: exactly so many.", ge=1, le=20
    )
    speaker_model: str = Field(
        DEFAULT_MODEL,
        title="Model of voices",
        description="A speaker embedding as ONNX in the models' folder speakers, by its name.",
        max_length=100,
        pattern=MODEL_NAME_PATTERN,
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
    def _weights_can_do_what_is_asked(self) -> Self:
        if self.size.knows_english_only and (self.language not in (None, "en") or self.task is Task.TRANSLATE):
            raise ValueError(f"{self.size} knows English only: choose {self.size.removesuffix('.en')} instead")
        if self.language == "yue" and not self.size.knows_cantonese:
            raise ValueError(f"{self.size} does not know Cantonese (yue): choose large-v3 or turbo, or zh")
        if self.task is Task.TRANSLATE and not self.size.translates:
            raise ValueError(f"{self.size} was not trained to translate: choose large-v3")
        if "<|" in self.initial_prompt:
            raise ValueError("initial_prompt holds <|, which begins Whisper's control words: leave it out")
        return self

    @model_validator(mode="after")
    def _least_is_no_more_than_most(self) -> Self:
        if (shortest_s := self.cue_shortest_s) > self.cue_longest_s:
            raise ValueError(f"cue_shortest_s {shortest_s:g} is above cue_longest_s {self.cue_longest_s:g}: lower it")
        if self.speakers_least > self.speakers_most:
            raise ValueError(
                f"at least {self.speakers_least} and at most {self.speakers_most} speakers are none: lower the first"
            )
        return self


def transcribed_by(params: TranscribeParams, surroundings: Surroundings) -> str:
    """Who would hear a recording now. May look whether weights can be fetched, which is remembered for minutes."""
    hears = made_by_engine(transcription_engines(_asked(params)), surroundings, params.engine, packages=("av",))
    if not params.speakers:
        return hears
    return f"{hears} {made_by_engine(diarising_engines(params.speaker_model), surroundings, otherwise='untold')}"


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
    transcript. Who speaks is told at the end, in the files, if that is asked for and a model of voices is here.
    """
    return (yield from heard(sources[0], params, context))


def heard(
    source: Source, params: TranscribeParams, context: Context, clock: Callable[[], float] = time.monotonic
) -> Run:
    """Transcribe ``source``, going on where an earlier run of the job with the same engine was interrupted.

    Decoding begins at the beginning again, which is cheap; hearing does not. ``clock`` tells when to save, in seconds.
    """
    from pipelines.media.sound import open_sound
    from pipelines.media.transcript import Segment

    hearing = _with_progress(context, 0.0, BEFORE_VOICES if params.speakers else 1.0)
    with open_sound(source) as sound:
        transcriber, warnings = hired(params, context)
        earlier = take_up(context.checkpoint, transcriber)
        notes = Notes(context.checkpoint, transcriber, clock, earlier.until_s)
        segments: list[Segment] = []
        for part in hear(sound, transcriber, hearing, earlier, notes, skip_silence=params.skip_silence):
            segments.append(Segment.of(part.body))
            yield part
        duration_s = sound.end_s
        warnings += sound.warnings()
    who = _who_spoke(source, params, context, earlier, notes)
    transcript = _transcript(transcriber, duration_s, segments, who)
    return (yield from written(transcript, params, context, (*warnings, *who.warnings)))


def written(transcript: "Transcript", params: TranscribeParams, context: Context, warnings: tuple[str, ...]) -> Run:
    """Hand ``transcript`` out in every form it has."""
    from pipelines.media.transcript import write_transcript

    yield from write_transcript(transcript, context.workdir, params.layout())
    return Result(_told(transcript), transcript.engine, warnings)


def _transcript(
    transcriber: Transcriber, duration_s: float, segments: "Sequence[Segment]", who: WhoSpoke
) -> "Transcript":
    from pipelines.media.transcript import Transcript
    from pipelines.media.turns import with_speakers

    named = with_speakers(segments, who.turns) if who.told_by else segments
    return Transcript(transcriber.language, duration_s, transcriber.used, named, who.told_by)


def _told(transcript: "Transcript") -> JsonObject:
    told = {
        "language": transcript.language,
        "duration_s": round(transcript.duration_s, 3),
        "text": transcript.text,
        "segments": len(transcript.segments),
    }
    return {**told, **transcript.told_apart()}


def _who_spoke(source: Source, params: TranscribeParams, context: Context, earlier: Heard, notes: Notes) -> WhoSpoke:
    from pipelines.media.voice_prints import HowMany

    if not params.speakers:
        return WhoSpoke()
    how_many = HowMany(params.speakers_least, params.speakers_most)
    listening = _with_progress(context, BEFORE_VOICES, 1.0)
    return who_spoke(source, params.speaker_model, how_many, listening, notes.listened_for_voices, earlier.voices)


def _with_progress(context: Context, first: float, last: float) -> Context:
    """The context for what is done between ``first`` and ``last`` of the whole."""

    def progress(fraction: float | None, note: str) -> None:
        context.progress(None if fraction is None else first + fraction * (last - first), note)

    return replace(context, progress=progress)


def hired(params: TranscribeParams, context: Context) -> tuple[Transcriber, tuple[str, ...]]:
    """The best transcriber whose weights are here or come, and load; with what the user is to be warned of."""
    asked = _asked(params)
    surroundings = Surroundings(context.models_dir, context.network)
    return first_that_works(
        transcription_engines(asked), surroundings, params.engine, start=lambda make: make(asked, context)
    )


def _asked(params: TranscribeParams) -> Listening:
    return Listening(params.size, params.language, params.task, params.initial_prompt, params.beam, params.word_times)
