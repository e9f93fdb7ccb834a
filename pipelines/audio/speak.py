"""audio.speak: a text read aloud."""

import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, Field, WithJsonSchema

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Output, Params, Result, Run, Source
from pipelines.engines.falling_back import first_that_works
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.selection import Surroundings
from pipelines.engines.speaking import speaking_engines
from pipelines.engines.speech import Speech, Voice
from pipelines.engines.spoken_languages import TONGUES, known_tongue
from pipelines.errors import BadInput
from pipelines.media.sound_formats import SoundFormat

MAX_CHARACTERS = 50_000  # about an hour


class SpeakParams(Params):
    """How the text is read."""

    language: Annotated[str, AfterValidator(known_tongue)] = Field(
        "en", title="Language", description="The language of the text.", json_schema_extra={"enum": list(TONGUES)}
    )
    # Its choices are told in place: from an enum of the same name as its title pydantic drops the title.
    voice: Annotated[Voice, WithJsonSchema({"type": "string", "enum": list(Voice)})] = Field(
        Voice.DEFAULT, title="Voice", description="Others than default are eSpeak NG's: f are female, m male."
    )
    speed: float = Field(1.0, ge=0.5, le=2.0, title="Speed", description="1 is natural, 2 twice as fast.")
    format: Literal["mp3", "wav"] = Field("mp3", title="Format", description="MP3 is small, WAV loses nothing.")
    engine: Literal["auto", "gtts", "espeak-ng"] = Field(
        "auto",
        title="Engine",
        description="gtts sounds better and sends the text to Google; espeak-ng keeps it here. auto takes gtts "
        "where the network answers.",
    )


def spoken_by(params: SpeakParams, surroundings: Surroundings) -> str:
    """Who would speak now. May look whether Google answers, which is remembered for minutes."""
    engines = speaking_engines(Speech("", params.language, params.voice, params.speed))
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
    """Read a text aloud as MP3 or WAV.

    The better voice is Google's and needs the network; the text is sent there. Without a network, and for any
    voice but the default, eSpeak NG speaks on this machine, and the result says so.
    """
    from pipelines.media.sound_editing import encode

    text, warnings = _text(sources[0], context)
    asked = Speech(text, params.language, params.voice, params.speed)
    wav = context.workdir / "speech.wav"
    used, fell_back = first_that_works(
        speaking_engines(asked),
        Surroundings(context.models_dir, context.network),
        params.engine,
        start=lambda say: say(asked, wav, context),
    )
    duration_s = _duration_s(wav)
    if not duration_s:
        raise BadInput(f"There is nothing in {sources[0].name!r} that can be pronounced", code="no_text")
    form = SoundFormat(params.format)
    spoken = wav.with_suffix(f".{form}")
    if spoken != wav:
        context.progress(None, "writing")
        encode(wav, spoken, form, context.check, bitrate_kbps=96)
        wav.unlink()
    yield Output(spoken.name, form.media_type, spoken)
    body = {"language": params.language, "voice": used.model, "duration_s": duration_s, "characters": len(text)}
    return Result(body, used, (*warnings, *fell_back))


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


def _duration_s(wav: Path) -> float:
    with wave.open(str(wav), "rb") as file:
        return round(file.getnframes() / file.getframerate(), 3)
