"""audio.listen: what is being said into a microphone, written down while it is being said."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from pipelines.audio.transcribe import TranscribeParams, heard, hired, written
from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Part, PartKind, Run, Source
from pipelines.engines.taking_up import Notes, take_up
from pipelines.engines.transcription import Transcriber
from pipelines.media.recording import RECORDING, bytes_until, seconds_of

if TYPE_CHECKING:
    from pipelines.engines.live_hearing import LiveHearing
    from pipelines.media.transcript import Segment

POLL_S = 0.1  # between looks at a recording that has not grown
MOST_BYTES = 1024 * 1024  # read at once: half a minute, so that who is late hears full windows


class ListenParams(TranscribeParams):
    """How somebody is heard while they speak."""

    skip_silence: Literal[True] = Field(
        True, title="Skip silence", description="Always on: a pause is what tells that something has been said."
    )
    speakers: Literal[False] = Field(
        False, title="Tell speakers apart", description="Not live: transcribe the recording for that when it is there."
    )


# No result of it serves again: what will be said is not known when the run begins.
@pipeline(
    name="audio.listen",
    title="Write down live speech",
    lane=Lane.GPU,
    accepts=(RECORDING,),
    params=ListenParams,
    time_limit_s=24 * 3600,  # four hours of speech, and a machine that hears more slowly than people speak
)
def listen(sources: Sequence[Source], params: ListenParams, context: Context) -> Run:
    """Write down what is said into a microphone while it is being said.

    What is being said is shown at once and corrected as it goes on; it stands for good once its speaker pauses. The
    recording is kept, and can be transcribed again. Begins by opening the WebSocket `/api/v1/listen`.
    """
    [source] = sources
    if source.grows is None:  # done again, or by another worker after the end
        return (yield from heard(source, params, context))
    return (yield from heard_live(source, params, context))


def heard_live(
    source: Source,
    params: ListenParams,
    context: Context,
    pause: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Run:
    """Follow ``source`` to its end, from where an earlier run of the job with the same engine was interrupted.

    ``pause`` waits for more, in seconds; ``clock`` tells when to save, and how long hearing takes.
    """
    from pipelines.media.transcript import Segment, Transcript

    with source.path.open("rb", buffering=0) as file:
        transcriber, warnings = hired(params, context)
        segments: list[Segment] = []
        pieces = _following(source, file.read, context.check, pause)
        for part in _parts(file.seek, pieces, transcriber, context, clock):
            segments.append(Segment.of(part.body))
            yield part
        duration_s = seconds_of(file.tell())
    transcript = Transcript(transcriber.language, duration_s, transcriber.used, segments)
    return (yield from written(transcript, params, context, warnings))


def _parts(
    seek: Callable[[int], int],
    pieces: Iterator[bytes],
    transcriber: Transcriber,
    context: Context,
    clock: Callable[[], float],
) -> Iterator[Part]:
    from pipelines.engines.live_hearing import LiveHearing

    earlier, notes = take_up(context.checkpoint, transcriber), Notes(context.checkpoint, transcriber, clock)
    yield from earlier.parts
    seek(bytes_until(earlier.until_s))
    context.progress(None, "listening")
    hearing = LiveHearing(transcriber, earlier.until_s, lambda segment: context.partial(_part(segment)), clock)
    for piece in pieces:
        if piece:
            yield from _finals(hearing.hear(piece), hearing, notes, context)
        else:
            hearing.show()
    yield from _finals(hearing.rest(), hearing, notes, context)


def _following(
    source: Source, read: Callable[[int], bytes], check: Callable[[], None], pause: Callable[[float], None]
) -> Iterator[bytes]:
    """Yield what is appended to the recording until it is whole, and nothing whenever there is no more for now."""
    grows = True
    while True:
        check()
        if piece := read(MOST_BYTES):
            yield piece
        elif not grows:
            return
        elif grows := source.grows is not None and source.grows():
            yield b""
            pause(POLL_S)


def _finals(found: "Iterator[list[Segment]]", hearing: "LiveHearing", notes: Notes, context: Context) -> Iterator[Part]:
    for segments in found:
        for segment in segments:
            yield _part(segment)
        notes.heard(hearing.until_s)
        context.check()


def _part(segment: "Segment") -> Part:
    return Part(PartKind.SEGMENT, segment.body())
