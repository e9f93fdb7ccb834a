"""audio.speak: a text read aloud."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, Field, WithJsonSchema

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Output, Params, Part, Result, Run, Source
from pipelines.engines.falling_back import first_that_goes_through
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.selection import Surroundings
from pipelines.engines.speaking import speaking_engines
from pipelines.engines.speech import Hire, Manner, Voice
from pipelines.engines.spoken_languages import TONGUES, known_tongue
from pipelines.errors import BadInput
from pipelines.media.reading_aloud import Piece, pieces_of, sentences_of
from pipelines.media.sound_formats import SoundFormat

if TYPE_CHECKING:
    from pipelines.engines.taking import Take

MAX_CHARACTERS = 50_000  # about an hour
NOTED_LU = 0.5
AUTO, DEFAULT_LANGUAGE = "auto", "en"


def _tongue(code: str) -> str:
    return code if code == AUTO else known_tongue(code)


class SpeakParams(Params):
    """How the text is read."""

    language: Annotated[str, AfterValidator(_tongue)] = Field(
        "en",
        title="Language",
        description="The language of the text; auto finds it out.",
        json_schema_extra={"enum": [AUTO, *TONGUES]},
    )
    # Its choices are told in place: from an enum of the same name as its title pydantic drops the title.
    voice: Annotated[Voice, WithJsonSchema({"type": "string", "enum": list(Voice)})] = Field(
        Voice.DEFAULT, title="Voice", description="Others than default are eSpeak NG's: f are female, m male."
    )
    speed: float = Field(1.0, ge=0.5, le=2.0, title="Speed", description="1 is natural, 2 twice as fast.")
    # Its choices are told in place, as above.
    format: Annotated[SoundFormat, WithJsonSchema({"type": "string", "enum": list(SoundFormat)})] = Field(
        SoundFormat.MP3,
        title="Format",
        description="MP3, Ogg, Opus and AAC are small, WAV and FLAC lose nothing, PCM is 16-bit samples alone.",
    )
    sample_rate_hz: Literal[8000, 12000, 16000, 24000, 48000] | None = Field(
        None, title="Sample rate", description="Samples a second. Left empty: the voice's own."
    )
    # -16 is what podcasts are published at: pipelines/media/loudness.py
    loudness_lufs: float | None = Field(
        -16.0, ge=-40, le=-10, title="Loudness", description="In LUFS, peaks limited. Left empty: as spoken."
    )
    input: Literal["auto", "plain", "ssml"] = Field(
        "auto", title="Input", description="ssml is marked up for speech; auto takes for it what begins with <speak."
    )
    engine: Literal["auto", "gtts", "espeak-ng"] = Field(
        "auto",
        title="Engine",
        description="gtts sounds better and sends the text to Google; espeak-ng keeps it here. auto takes gtts "
        "where the network answers.",
    )


def spoken_by(params: SpeakParams, surroundings: Surroundings) -> str:
    """Who would speak now. May look whether Google answers, which is remembered for minutes."""
    language = DEFAULT_LANGUAGE if params.language == AUTO else params.language  # which text there is, nobody knows yet
    engines = speaking_engines(Manner(language, params.voice, params.speed))
    return made_by_engine(engines, surroundings, params.engine, packages=("pydub", "av", "imageio-ffmpeg"))


@pipeline(
    name="audio.speak",
    title="Read text aloud",
    lane=Lane.NET,
    accepts=("text/plain",),
    params=SpeakParams,
    rank=2,
    time_limit_s=1800,  # 500 requests to Google for the longest text; eSpeak NG takes seconds
    made_by=spoken_by,
)
def speak(sources: Sequence[Source], params: SpeakParams, context: Context) -> Run:
    """Read a text aloud as MP3, WAV, Ogg, FLAC, Opus, AAC or PCM, at the loudness of a podcast.

    SSML is taken too: <p>, <s>, <break>, <sub>, <say-as> that spells, <prosody> (rate, pitch and volume), <emphasis>
    and <lang>; the text of other elements is said as it is. Google's voice has one pitch, and the result says so.

    A longer text can be heard from its first sentence on while the rest is being spoken. The better voice is Google's
    and needs the network; the text is sent there. Without a network, where Google fails on the way, and for any voice
    but the default, eSpeak NG speaks the whole on this machine, and the result says so.
    """
    text, warnings = _text(sources[0], context)
    language = _found(text) if params.language == AUTO else params.language
    asked = Manner(language, params.voice, params.speed)
    pieces, passed_over = _pieces(text, params, sources[0].name)

    def spoken_with(hire: Hire) -> "Generator[Part | Output, None, Take]":
        from pipelines.engines.taking import Cut, take

        cut = Cut(params.format, params.sample_rate_hz, params.loudness_lufs)
        return take(hire(asked, context.workdir), pieces, cut, context)

    surroundings = Surroundings(context.models_dir, context.network)
    spoken, fell_back = yield from first_that_goes_through(
        speaking_engines(asked), surroundings, params.engine, run=spoken_with
    )
    if not spoken.duration_s:
        raise BadInput(f"There is nothing in {sources[0].name!r} that can be pronounced", code="no_text")
    context.progress(None, "writing")
    output, loudness_lufs, too_quiet = _written(spoken, params, context)
    yield output
    body = {
        "language": language,
        "voice": spoken.used.model,
        "duration_s": round(spoken.duration_s, 3),
        "characters": len(text),
        "loudness_lufs": loudness_lufs,
    }
    unable = tuple(f"Passed over: {why}" for why in spoken.passed_over)
    return Result(body, spoken.used, (*warnings, *passed_over, *unable, *fell_back, *too_quiet))


def _found(text: str) -> str:
    """The language of ``text``, where it is one that can be spoken and there is enough to tell."""
    from pipelines.engines.language import detect_language

    language = detect_language(text)
    return language if language in TONGUES else DEFAULT_LANGUAGE


def _pieces(text: str, params: SpeakParams, name: str) -> tuple[list[Piece], tuple[str, ...]]:
    """What is to be said, and a warning of markup that is passed over. Raises BadInput ``bad_ssml``."""
    from pipelines.media.ssml import is_ssml, read_ssml

    if params.input == "plain" or (params.input == "auto" and not is_ssml(text)):
        return pieces_of(sentences_of(text), params.speed), ()
    markup = read_ssml(text, name)
    named = ", ".join(f"<{tag[:50]}>" for tag in markup.passed_over[:20])
    warnings = (f"Passed over, and its text said as any other: {named}",) if named else ()
    return pieces_of(markup.sentences, params.speed), warnings


def _written(spoken: "Take", params: SpeakParams, context: Context) -> tuple[Output, float | None, tuple[str, ...]]:
    """The whole as a file, its loudness, and a warning where its peaks kept it from what was asked."""
    from pipelines.engines.taking import BITRATE_KBPS
    from pipelines.media.loudness import measure_loudness, normalise
    from pipelines.media.sound_editing import encode

    wav = spoken.wav
    if params.loudness_lufs is None:
        became = measure_loudness(wav, context.check)
    else:
        wav = wav.with_name("normalised.wav")
        became = normalise(spoken.wav, wav, context.check, loudness_lufs=params.loudness_lufs)
        spoken.wav.unlink()
    target = context.workdir / f"speech.{params.format}"
    if params.format is SoundFormat.WAV and params.sample_rate_hz is None:
        wav.rename(target)
    else:
        rate_hz = params.sample_rate_hz
        encode(wav, target, params.format, context.check, bitrate_kbps=BITRATE_KBPS, rate_hz=rate_hz)
        wav.unlink()
    loudness = became.integrated_lufs
    warnings: tuple[str, ...] = ()
    if loudness is not None and params.loudness_lufs is not None and abs(loudness - params.loudness_lufs) > NOTED_LU:
        warnings = (f"The speech is {loudness} LUFS loud, not {params.loudness_lufs:g}: its peaks allow no more",)
    return Output(target.name, params.format.media_type, target), loudness, warnings


def _text(source: Source, context: Context) -> tuple[str, tuple[str, ...]]:
    """The text without what cannot be pronounced. Raises BadInput: ``no_text``, ``too_large``, ``bad_media``."""
    from pipelines.media.document import read_document

    document = read_document(source, context.check)
    text = "".join(
        " " if category(character) == "Cc" and character != "\n" else character for character in document.text
    )
    if len(text) > MAX_CHARACTERS:
        raise BadInput(
            f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read aloud: split it",
            code="too_large",
        )
    return text, document.warnings
