"""audio.convert: a recording, or a video's sound, in another format, rate, length or loudness."""

import math
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Output, Params, Result, Run, Source
from pipelines.engines.provenance import made_by_packages
from pipelines.engines.selection import Surroundings
from pipelines.media.sound_formats import HOLDING, SoundFormat

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.media.sound import Sound

MP3_RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
COMMON_RATES_HZ = (*MP3_RATES_HZ, 96_000)


def _holding(form: SoundFormat) -> SoundFormat:
    if form not in HOLDING:
        raise ValueError(f"{form} is for speech alone: choose {', '.join(HOLDING)}")
    return form


class ConvertParams(Params):
    """What becomes of the recording; what is left empty stays as it was."""

    # Its choices are told in place: from an enum of the same name as its title pydantic drops the title.
    format: Annotated[
        SoundFormat, AfterValidator(_holding), WithJsonSchema({"type": "string", "enum": list(HOLDING)})
    ] = Field(
        SoundFormat.MP3,
        title="Format",
        description="WAV and FLAC keep 16 bits of every sample; MP3 and Ogg are smaller.",
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
    start_s: float = Field(
        0.0, ge=0, le=86_400, title="Start", description="Where to begin, in seconds of the recording or the film."
    )
    end_s: float | None = Field(
        None, gt=0, le=86_400, title="End", description="Where to stop, in seconds. Left empty: at the end."
    )
    normalise: bool = Field(
        False, title="Normalise", description="Make it as loud as it can be without clipping (peak at -1 dBFS)."
    )
    loudness_lufs: float | None = Field(
        None,
        title="Loudness",
        description="In LUFS (EBU R 128): -16 is usual for podcasts, -23 for broadcasts. Counts instead of Normalise.",
        ge=-40,
        le=-5,
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
    remember=False,  # what is said in it is as it was
)
def convert(sources: Sequence[Source], params: ConvertParams, context: Context) -> Run:
    """Turn a recording, or the sound of a video, into WAV, MP3, Ogg or FLAC.

    It can be cut to a piece, made mono or stereo, resampled, and made as loud as is wanted, or possible, on the way.
    """
    from pipelines.media.sound_editing import encode, normalised, write_wav

    context.progress(0.0, "reading")
    piece, warnings = _piece(sources[0], params, context)
    context.progress(0.5, "writing")
    if params.normalise and params.loudness_lufs is None:
        piece = normalised(piece)
    body = {
        "format": params.format.value,
        "sample_rate_hz": piece.frame_rate,
        "channels": piece.channels,
        "duration_s": round(piece.duration_seconds, 3),
    }
    peak_dbfs = round(piece.max_dBFS, 2) if math.isfinite(piece.max_dBFS) else None  # silence has no peak
    wav, target = context.workdir / "piece.wav", context.workdir / f"sound.{params.format}"
    write_wav(piece, wav)
    del piece  # the encoder needs the memory more
    if params.loudness_lufs is None:
        level: dict[str, float | None] = {"peak_dbfs": peak_dbfs}
    else:
        level, told = _made_loud(wav, params.loudness_lufs, context)
        warnings = (*warnings, *told)
    encode(wav, target, params.format, context.check, bitrate_kbps=params.bitrate_kbps)
    wav.unlink()
    yield Output(target.name, params.format.media_type, target)
    return Result({**body, **level}, EngineUsed("pydub", params.format.value, version("pydub")), warnings)


def _piece(source: Source, params: ConvertParams, context: Context) -> tuple[Any, tuple[str, ...]]:  # Any: pydub's
    """The sound from start to end, resampled and mixed as is wanted, and what the user should know about it."""
    from pipelines.media.sound import open_sound
    from pipelines.media.sound_editing import read_piece

    with open_sound(source) as sound:
        piece = read_piece(
            sound,
            context.check,
            rate_hz=params.sample_rate_hz or _rate_hz(sound, params.format),
            channels=params.channels or min(sound.channels, 2),
            start_s=params.start_s,
            end_s=params.end_s,
        )
        return piece, sound.warnings() if params.end_s is None else sound.passed_over()


def _made_loud(wav: "Path", wanted_lufs: float, context: Context) -> tuple[dict[str, float | None], tuple[str, ...]]:
    """Replace ``wav`` by itself of the loudness wanted; return how loud it became, and what the user should know."""
    from pipelines.media.loudness import CEILING_DBTP, CLOSE_LU, normalise

    louder = wav.with_name("louder.wav")
    became = normalise(wav, louder, context.check, loudness_lufs=wanted_lufs)
    louder.replace(wav)
    told = {"loudness_lufs": became.integrated_lufs, "true_peak_dbtp": became.true_peak_dbtp}
    if became.integrated_lufs is None:
        return told, ("The sound has no loudness (it is silent, or shorter than 0.4 s) and stays as it is",)
    if became.integrated_lufs < wanted_lufs - CLOSE_LU:
        short = f"The sound became {became.integrated_lufs} LUFS loud and not {wanted_lufs}"
        return told, (f"{short}: its peaks reach the ceiling of {CEILING_DBTP} dBTP",)
    return told, ()


def _rate_hz(sound: "Sound", form: SoundFormat) -> int:
    """The rate as recorded, where the format can hold it; else the nearest that it can."""
    held = MP3_RATES_HZ if form is SoundFormat.MP3 else COMMON_RATES_HZ
    return min(held, key=lambda rate: abs(rate - sound.rate_hz))
