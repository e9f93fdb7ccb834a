"""audio.convert: a recording, or a video's sound, in another format, rate, length or loudness."""

import math
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, WithJsonSchema, model_validator

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Output, Params, Result, Run, Source
from pipelines.engines.provenance import made_by_packages
from pipelines.engines.selection import Surroundings
from pipelines.media.sound_formats import SoundFormat

if TYPE_CHECKING:
    from pipelines.media.sound import Sound

MP3_RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
COMMON_RATES_HZ = (*MP3_RATES_HZ, 96_000)


class ConvertParams(Params):
    """What becomes of the recording; what is left empty stays as it was."""

    # Its choices are told in place: from an enum of the same name as its title pydantic drops the title.
    format: Annotated[SoundFormat, WithJsonSchema({"type": "string", "enum": list(SoundFormat)})] = Field(
        SoundFormat.MP3, title="Format", description="WAV and FLAC lose nothing."
    )
    sample_rate_hz: Literal[8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000] | None = Field(
        None, title="Sample rate", description="Samples a second. Left empty: as recorded, or the nearest MP3 knows."
    )
    channels: Literal[1, 2] | None = Field(
        None, title="Channels", description="1 is mono, 2 stereo. Left empty: as recorded, at most 2."
    )
    bitrate_kbps: Literal[64, 96, 128, 192, 256, 320] = Field(
        192,
        title="Bit rate",
        description="In kilobits a second, of MP3; of Ogg what 44.1 kHz stereo would have in the same quality.",
    )
    start_s: float = Field(0.0, ge=0, le=86_400, title="Start", description="Where to begin, in seconds.")
    end_s: float | None = Field(
        None, gt=0, le=86_400, title="End", description="Where to stop, in seconds. Left empty: at the end."
    )
    normalise: bool = Field(
        False, title="Normalise", description="Make it as loud as it can be without clipping (peak at -1 dBFS)."
    )

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end_s is not None and self.end_s <= self.start_s:
            raise ValueError(f"end_s ({self.end_s}) must be after start_s ({self.start_s})")
        return self

    @model_validator(mode="after")
    def _rate_fits_format(self) -> Self:
        if self.format is SoundFormat.MP3 and self.sample_rate_hz not in (None, *MP3_RATES_HZ):
            raise ValueError(f"MP3 knows no {self.sample_rate_hz} Hz: choose 48000 or less")
        return self


def converted_by(_: ConvertParams, __: Surroundings) -> str:
    """What would convert a recording now."""
    return made_by_packages("pydub", packages=("pydub", "av", "imageio-ffmpeg"))


@pipeline(
    name="audio.convert",
    title="Convert sound",
    lane=Lane.CPU,
    accepts=("audio/*", "video/*"),
    params=ConvertParams,
    rank=3,
    time_limit_s=1800,  # decoding a day of sound takes minutes, encoding the longest piece one
    made_by=converted_by,
)
def convert(sources: Sequence[Source], params: ConvertParams, context: Context) -> Run:
    """Turn a recording, or the sound of a video, into WAV, MP3, Ogg or FLAC.

    It can be cut to a piece, made mono or stereo, resampled, and made as loud as possible on the way.
    """
    from pipelines.media.sound import open_sound
    from pipelines.media.sound_editing import encode, normalised, read_piece, write_wav

    context.progress(0.0, "reading")
    with open_sound(sources[0]) as sound:
        piece = read_piece(
            sound,
            context.check,
            rate_hz=params.sample_rate_hz or _rate_hz(sound, params.format),
            channels=params.channels or min(sound.channels, 2),
            start_s=params.start_s,
            end_s=params.end_s,
        )
        warnings = sound.warnings() if params.end_s is None else ()
    context.progress(0.5, "writing")
    if params.normalise:
        piece = normalised(piece)
    body = {
        "format": params.format.value,
        "sample_rate_hz": piece.frame_rate,
        "channels": piece.channels,
        "duration_s": round(piece.duration_seconds, 3),
        "peak_dbfs": round(piece.max_dBFS, 2) if math.isfinite(piece.max_dBFS) else None,  # silence has no peak
    }
    wav, target = context.workdir / "piece.wav", context.workdir / f"sound.{params.format}"
    write_wav(piece, wav)
    del piece  # the encoder needs the memory more
    encode(wav, target, params.format, context.check, bitrate_kbps=params.bitrate_kbps)
    wav.unlink()
    yield Output(target.name, params.format.media_type, target)
    return Result(body, EngineUsed("pydub", params.format.value, version("pydub")), warnings)


def _rate_hz(sound: "Sound", form: SoundFormat) -> int:
    """The rate as recorded, where the format can hold it; else the nearest that it can."""
    held = MP3_RATES_HZ if form is SoundFormat.MP3 else COMMON_RATES_HZ
    return min(held, key=lambda rate: abs(rate - sound.rate_hz))
