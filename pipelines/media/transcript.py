"""A transcript and the four files it is handed out in: JSON, plain text, SRT and WebVTT."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.contract import EngineUsed, JsonObject, Output


@dataclass(frozen=True, slots=True)
class Segment:
    """Words said between two moments, in seconds from the beginning of the recording."""

    start_s: float
    end_s: float
    text: str

    def body(self) -> JsonObject:
        """The segment as a part's body: times to the millisecond."""
        return {"start_s": round(self.start_s, 3), "end_s": round(self.end_s, 3), "text": self.text}


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that was said. ``language`` is a code such as ``en``."""

    language: str
    duration_s: float
    engine: EngineUsed
    segments: Sequence[Segment]

    @property
    def text(self) -> str:
        """The words alone."""
        return " ".join(segment.text for segment in self.segments)


def write_transcript(transcript: Transcript, folder: Path) -> Iterator[Output]:
    """Write the four files into ``folder`` and yield each as an output."""
    for name, media_type, content in (
        ("transcript.json", "application/vnd.triptych.transcript+json", as_json(transcript)),
        ("transcript.txt", "text/plain", as_text(transcript)),
        ("transcript.srt", "application/x-subrip", as_srt(transcript.segments)),
        ("transcript.vtt", "text/vtt", as_vtt(transcript.segments)),
    ):
        path = folder / name
        path.write_text(content, encoding="utf-8")
        yield Output(name, media_type, path)


def as_json(transcript: Transcript) -> str:
    """The shape the transcript viewer reads; see docs/api.md."""
    return json.dumps(
        {
            "language": transcript.language,
            "duration_s": round(transcript.duration_s, 3),
            "engine": {"name": transcript.engine.name, "model": transcript.engine.model},
            "segments": [{"id": number, **segment.body()} for number, segment in enumerate(transcript.segments)],
        },
        ensure_ascii=False,
        indent=1,
    )


def as_text(transcript: Transcript) -> str:
    """One segment a line."""
    return "".join(f"{segment.text}\n" for segment in transcript.segments)


def as_srt(segments: Sequence[Segment]) -> str:
    """SubRip: numbered cues, a comma before the milliseconds."""
    return "".join(
        f"{number}\n{_clock(segment.start_s, ',')} --> {_clock(segment.end_s, ',')}\n{_cue(segment.text)}\n\n"
        for number, segment in enumerate(segments, start=1)
    )


def as_vtt(segments: Sequence[Segment]) -> str:
    """WebVTT (W3C): a header, a point before the milliseconds, markup characters escaped."""
    return "WEBVTT\n\n" + "".join(
        f"{_clock(segment.start_s, '.')} --> {_clock(segment.end_s, '.')}\n{_escaped(_cue(segment.text))}\n\n"
        for segment in segments
    )


def _clock(moment_s: float, point: str) -> str:
    whole_s, ms = divmod(round(moment_s * 1000), 1000)
    minutes, seconds = divmod(whole_s, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{ms:03}"


def _cue(text: str) -> str:
    """A cue's text on one line: an empty line would end it and an arrow would look like a time."""
    return " ".join(text.split()).replace("-->", "->")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
