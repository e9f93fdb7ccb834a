"""What a reply is asked for with in tests: a dialogue, memories, and what other jobs made of its files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.contract import Part, PartKind, Source
from pipelines.house import MemoryKind, Modality, Product, Recalled, Turn
from support.answer_servers import Script
from support.house import HeldConversation

HARBOUR = "The harbour of Ardal opened in 1871. It was paid for by herring merchants."
PARAMS = {"conversation": "c", "reply": "r"}


def asked(
    text: str = "When did it open?", files: Sequence[int] = (), before: Sequence[Turn] = (), **held: Any
) -> HeldConversation:
    """A conversation that ends with a question."""
    return HeldConversation([*before, Turn("q", "user", text, files)], title="Ardal", **held)


def remembered(text: str, number: int = 1, file_id: str | None = None) -> Recalled:
    """Something that was heard a minute into a recording."""
    place = {"start_s": 61.0, "end_s": 65.5}
    ids = (f"m{number}", MemoryKind.SEGMENT, Modality.AUDIO, text, place, "talk.mp3", f"s{number}", file_id, "j")
    return Recalled(*ids, score=1.0, by={"words": 1})


def said_in(script: Script, number: int = 0) -> Any:
    """The messages of a request."""
    return script.asked[number]["messages"]


def a_product(pipeline: str, parts: Sequence[Part] = (), state: str = "succeeded", **told: Any) -> Product:
    """What a job of ``pipeline`` made."""
    return Product(f"job of {pipeline}", pipeline, state, {}, parts, told.pop("result", {}), **told)


def a_segment(text: str, start_s: float = 0.0, end_s: float = 1.0) -> Part:
    """A part of a transcript."""
    return Part(PartKind.SEGMENT, {"text": text, "start_s": start_s, "end_s": end_s})


def a_recording(folder: Path) -> Source:
    """A file that others would hear."""
    path = folder / "question.wav"
    path.write_bytes(b"RIFF")
    return Source(path, "question.wav", "audio/wav", 4)
