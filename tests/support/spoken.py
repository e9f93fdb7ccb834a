"""A pipeline that hears two sentences in every recording, of two speakers, in place of ``audio.transcribe``."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipelines.audio.transcribe import TranscribeParams, written
from pipelines.catalogue import Pipeline, catalogue
from pipelines.contract import Context, EngineUsed, Part, PartKind, Run, Source
from pipelines.media.transcript import Segment, Transcript, Word

SAID = "Good morning. The harbour is open."
SEGMENTS = (
    Segment(0.0, 1.0, "Good morning.", words=(Word("Good", 0.0, 0.4, 0.9), Word("morning.", 0.4, 1.0, 0.8))),
    Segment(1.5, 3.0, "The harbour is open."),
)


def hearing(before_last: Callable[[Context], None] = lambda _: None, *warnings: str) -> Pipeline:
    """The pipeline; ``before_last`` is called before the last sentence is told."""

    def hear(sources: Sequence[Source], params: TranscribeParams, context: Context) -> Run:
        for number, segment in enumerate(SEGMENTS, 1):
            if number == len(SEGMENTS):
                before_last(context)
            yield Part(PartKind.SEGMENT, segment.body())
        used = EngineUsed("by hand", params.size)
        spoken = [replace(one, speaker=f"S{number}") for number, one in enumerate(SEGMENTS, 1)]
        by = (spoken, used) if params.speakers else (SEGMENTS, None)
        transcript = Transcript(params.language or "en", 3.0, used, *by)
        return (yield from written(transcript, params, context, warnings))

    return replace(catalogue()["audio.transcribe"], function=hear, made_by=None)
