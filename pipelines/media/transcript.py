"""A transcript and the files it is handed out in: JSON, plain text, SRT, WebVTT and CSV."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from pipelines.contract import EngineUsed, JsonObject, Output
from pipelines.media.unspaced import running_text

if TYPE_CHECKING:
    from pipelines.media.subtitles import Layout


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its punctuation, when it was said, and how probable the model found it, in 0..1."""

    text: str
    start_s: float
    end_s: float
    probability: float

    def body(self) -> JsonObject:
        """The word as JSON: times to the millisecond."""
        return {**_told(self.start_s, self.end_s, self.text), "probability": round(self.probability, 3)}


@dataclass(frozen=True, slots=True)
class Segment:
    """Words said between two moments, in seconds from the beginning of the recording.

    ``confidence``: how probable the model found a word on average, in 0..1; None where it tells none. It is that of its
    ``words`` where they are known, which they are where that was asked for; else that of all that was decoded with it.
    ``speaker``: who says them, where speakers were told apart.
    """

    start_s: float
    end_s: float
    text: str
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    speaker: str | None = None

    def body(self) -> JsonObject:
        """The segment as a part's body; what is not known is left out."""
        told = _told(self.start_s, self.end_s, self.text)
        if self.speaker is not None:
            told["speaker"] = self.speaker
        if self.confidence is not None:
            told["confidence"] = self.confidence
        if self.words:
            told["words"] = [word.body() for word in self.words]
        return told

    def until(self, end_s: float) -> "Segment":
        """The same, with nothing of it behind ``end_s``."""
        words = tuple(replace(word, **_before(word, end_s)) for word in self.words)
        return replace(self, **_before(self, end_s), words=words)

    @classmethod
    def of(cls, body: JsonObject) -> "Segment":
        """The segment that ``body`` tells."""
        words = tuple(Word(**word) for word in body.get("words", ()))
        return cls(body["start_s"], body["end_s"], body["text"], body.get("confidence"), words)


def confidence_in(words: Sequence[Word]) -> float:
    """How probable the model found one of ``words``, of which there is one, on average: in 0..1, to three digits."""
    return round(fmean(word.probability for word in words), 3)


def _before(said: Word | Segment, end_s: float) -> dict[str, Any]:  # Any: what replace() takes
    return {"start_s": min(said.start_s, end_s), "end_s": min(said.end_s, end_s)}


def _told(start_s: float, end_s: float, text: str) -> dict[str, Any]:  # Any: JSON
    return {"start_s": round(start_s, 3), "end_s": round(end_s, 3), "text": text}


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything that was said. ``language`` is a code such as ``en``; ``told_apart_by`` knew the speakers' voices."""

    language: str
    duration_s: float
    engine: EngineUsed
    segments: Sequence[Segment]
    told_apart_by: EngineUsed | None = None

    @property
    def speakers(self) -> list[str]:
        """Who says something, in order of appearance."""
        return list(dict.fromkeys(segment.speaker for segment in self.segments if segment.speaker is not None))

    @property
    def text(self) -> str:
        """The words alone."""
        return running_text(segment.text for segment in self.segments)

    def told_apart(self) -> JsonObject:
        """The speakers and who told them apart, as JSON; nothing where nobody did."""
        by = self.told_apart_by
        return {} if by is None else {"speakers": self.speakers, "told_apart_by": _engine(by)}


def write_transcript(transcript: Transcript, folder: Path, layout: "Layout") -> Iterator[Output]:
    """Write the five files into ``folder`` and yield each as an output; subtitles are laid out by ``layout``."""
    from pipelines.media.subtitles import as_srt, as_vtt, cues, named

    found = cues(transcript.segments, layout)
    with_names = cues(named(transcript.segments), layout)
    for name, media_type, content in (
        ("transcript.json", "application/vnd.triptych.transcript+json", as_json(transcript)),
        ("transcript.txt", "text/plain", as_text(transcript)),
        ("transcript.srt", "application/x-subrip", as_srt(with_names)),
        ("transcript.vtt", "text/vtt", as_vtt(found)),
        ("transcript.csv", "text/csv", as_csv(transcript)),
    ):
        path = folder / name
        path.write_text(content, encoding="utf-8")
        yield Output(name, media_type, path)


def as_json(transcript: Transcript) -> str:
    """The shape the transcript viewer reads; see docs/api.md."""
    told: dict[str, Any] = {  # Any: JSON
        "language": transcript.language,
        "duration_s": round(transcript.duration_s, 3),
        "engine": _engine(transcript.engine),
    }
    told |= transcript.told_apart()
    told["segments"] = [{"id": number, **segment.body()} for number, segment in enumerate(transcript.segments)]
    return json.dumps(told, ensure_ascii=False, indent=1)


def _engine(used: EngineUsed) -> JsonObject:
    return {"name": used.name, "model": used.model}


def as_text(transcript: Transcript) -> str:
    """One segment a line; a turn begins with its speaker's name, behind an empty line."""
    lines: list[str] = []
    before = None
    for segment in transcript.segments:
        begins_turn = segment.speaker is not None and segment.speaker != before
        gap = "\n" if begins_turn and lines else ""
        lines.append(f"{gap}{segment.speaker}: {segment.text}\n" if begins_turn else f"{segment.text}\n")
        before = segment.speaker
    return "".join(lines)


def as_csv(transcript: Transcript) -> str:
    """One segment a row, for spreadsheets (RFC 4180); text that would be taken for a formula begins with a quote.

    There is a column of speakers where any are known.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    knows_speakers = bool(transcript.speakers)
    writer.writerow(["start_s", "end_s", "confidence", "text", *(["speaker"] if knows_speakers else [])])
    for segment in transcript.segments:
        confidence = "" if segment.confidence is None else segment.confidence
        text = f"'{segment.text}" if segment.text.startswith(("=", "+", "-", "@")) else segment.text
        speaker = [segment.speaker or ""] if knows_speakers else []
        writer.writerow([f"{segment.start_s:.3f}", f"{segment.end_s:.3f}", confidence, text, *speaker])
    return table.getvalue()
