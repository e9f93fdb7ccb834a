"""Transcripts as memories: what was said, and the second at which it was."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.contract import JsonObject, PartKind, Source
from pipelines.house import Memory, MemoryKind, Modality, Product
from pipelines.media.unspaced import UNSPACED, running_text
from pipelines.memory.titles import title_of

TRANSCRIPT = "transcript.json"
FEW_WORDS = 4  # fewer mean little by themselves, and are joined with what is said next
CHARACTERS_A_WORD = 2  # of scripts without spaces
PAUSE_S = 2.0  # behind which something else is said


@dataclass(frozen=True, slots=True)
class _Said:
    """Words said between two moments, in seconds, by somebody if that is known."""

    text: str
    start_s: float
    end_s: float
    speaker: str | None

    @property
    def is_short(self) -> bool:
        unspaced = sum(UNSPACED.match(character) is not None for character in self.text)
        return len(self.text.split()) + unspaced / CHARACTERS_A_WORD < FEW_WORDS

    def goes_on_with(self, following: "_Said") -> bool:
        is_near = following.start_s - self.end_s <= PAUSE_S
        return self.is_short and is_near and self.speaker == following.speaker

    def joined(self, following: "_Said") -> "_Said":
        return replace(self, text=running_text((self.text, following.text)), end_s=following.end_s)

    def place(self) -> JsonObject:
        times = {"start_s": self.start_s, "end_s": self.end_s}
        return times if self.speaker is None else {**times, "speaker": self.speaker}


def segments_of(product: Product, source: Source) -> Iterator[Memory]:
    """The transcript's segments, each where it begins; of neighbours that are a word or two long, one memory.

    Longer ones stay apart: a sentence is to be found at the second at which it was said.
    """
    title = title_of(source.name, 0, Modality.AUDIO)
    if title is not None:
        yield title
    language = str(product.result.get("language", ""))
    for said in _joined(_segments(product)):
        yield Memory(MemoryKind.SEGMENT, Modality.AUDIO, said.text, said.place(), said.start_s, language)


def _joined(segments: Iterator[_Said]) -> Iterator[_Said]:
    held: _Said | None = None
    for said in segments:
        if held is not None and held.goes_on_with(said):
            held = held.joined(said)
            continue
        if held is not None:
            yield held
        held = said
    if held is not None:
        yield held


def _segments(product: Product) -> Iterator[_Said]:
    for body in _told(product):
        if text := " ".join(str(body["text"]).split()):
            yield _Said(text, body["start_s"], body["end_s"], body.get("speaker"))


def _told(product: Product) -> Sequence[JsonObject]:
    """The segments as parts told them; where speakers were told apart, as the transcript does, which names them."""
    path = product.outputs.get(TRANSCRIPT)
    if "speakers" in product.result and path is not None:
        segments: list[JsonObject] = json.loads(path.read_bytes())["segments"]
        return segments
    return [part.body for part in product.parts if part.kind is PartKind.SEGMENT]
