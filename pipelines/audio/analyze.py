"""audio.analyze: what can be measured in a recording, or in a video's sound."""

import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, EngineUsed, Lane, Output, Params, Result, Run, Source
from pipelines.engines.provenance import made_by_packages
from pipelines.engines.selection import Surroundings

if TYPE_CHECKING:
    from pipelines.media.sound import Sound
    from pipelines.media.spectrogram import Spectrum

ANALYSIS_TYPE = "application/vnd.triptych.audio-analysis+json"


class AnalyzeSoundParams(Params):
    """What counts as silence, and how fine the waveform is."""

    silence_dbfs: float = Field(
        -50.0,
        title="Silence below",
        description="In decibels of full scale (dBFS): what stays below it in every channel is silent.",
        ge=-100,
        le=-10,
    )
    min_silence_s: float = Field(
        0.5, title="Shortest silence", description="In seconds; shorter pauses are not told.", ge=0.1, le=60
    )
    peaks: int = Field(
        2000, title="Waveform steps", description="How many steps the waveform has at most.", ge=100, le=10_000
    )


def analyzed_by(_: AnalyzeSoundParams, __: Surroundings) -> str:
    """What would analyze a recording now."""
    packages = ("imageio-ffmpeg", "av", "numpy", "faster-whisper", "onnxruntime", "pillow")
    return made_by_packages("ffmpeg", packages=packages)


@pipeline(
    name="audio.analyze",
    title="Analyze sound",
    lane=Lane.CPU,
    accepts=("audio/*", "video/*"),
    params=AnalyzeSoundParams,
    rank=4,
    time_limit_s=7200,  # a day of sound takes half an hour of a core, and longer where others want it too
    made_by=analyzed_by,
    remember=False,  # nobody looks for measurements
)
def analyze(sources: Sequence[Source], params: AnalyzeSoundParams, context: Context) -> Run:
    """Measure a recording, or the sound of a video: loudness, peaks, clipping, silence and speech.

    Loudness, its range and the true peak are those of EBU R 128; silence, speech and clipping are told with their
    places. Gives the analysis with a waveform, and a spectrogram as a picture.
    """
    from pipelines.engines.silero import MODEL, VoiceActivity
    from pipelines.media.sound import open_sound
    from pipelines.media.sound_analysis import Asked, analyse_sound

    context.progress(0.0, "listening")
    with open_sound(sources[0]) as sound:
        asked = Asked(params.silence_dbfs, params.min_silence_s, params.peaks)
        analysis, spectrum = analyse_sound(sound, asked, VoiceActivity(), lambda at_s: _told(at_s, sound, context))
        warnings = sound.warnings()
    model = f"ebur128, {MODEL.removesuffix('.onnx')}"
    context.progress(0.95, "drawing")
    yield _document(analysis, context)
    yield _picture(spectrum, context)
    return Result(_figures(analysis), EngineUsed("ffmpeg", model, version("imageio-ffmpeg")), warnings)


def _told(heard_s: float, sound: "Sound", context: Context) -> None:
    context.check()
    claimed_s = sound.claimed_end_s
    context.progress(min(0.95 * heard_s / claimed_s, 0.95) if claimed_s else None, "listening")


def _figures(analysis: Mapping[str, Any]) -> dict[str, Any]:
    """The analysis without its long lists: they are in its file."""
    figures = {name: value for name, value in analysis.items() if name != "peaks"}
    for name in ("clipping", "silence", "speech"):
        figures[name] = {key: value for key, value in analysis[name].items() if key != "places"}
    return figures


def _document(analysis: Mapping[str, Any], context: Context) -> Output:
    path = context.workdir / "analysis.json"
    path.write_text(json.dumps(analysis, allow_nan=False), encoding="utf-8")
    return Output(path.name, ANALYSIS_TYPE, path)


def _picture(spectrum: "Spectrum", context: Context) -> Output:
    from pipelines.media.spectrogram_picture import draw_spectrogram

    path = context.workdir / "spectrogram.png"
    draw_spectrogram(spectrum).save(path, compress_level=6)
    return Output(path.name, "image/png", path)
