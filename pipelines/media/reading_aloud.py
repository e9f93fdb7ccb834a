"""Cutting a text into the sentences and pieces in which it is read aloud."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from pipelines.media.delivery import PLAIN, Delivery
from pipelines.media.passages import PARAGRAPH
from pipelines.media.passages import sentences as cut_into_sentences

CHARACTERS_A_SECOND = 15  # of speech in alphabetic scripts, at its natural speed
PIECE_S = 15.0  # long enough to make the next one meanwhile, short enough to be there soon
SENTENCE_PAUSE_S = 0.3  # what eSpeak NG leaves by itself
PARAGRAPH_PAUSE_S = 0.7


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said in one breath, the silence behind it, how it is said, and the silence that the text begins with."""

    text: str
    pause_s: float
    delivery: Delivery = PLAIN
    silence_before_s: float = 0.0


Piece = tuple[Sentence, ...]


def pieces_of(sentences: Iterable[Sentence], speed: float) -> list[Piece]:
    """The sentences in pieces of about ``PIECE_S`` seconds; the first is one sentence, to be there at once.

    None is joined further once it is long enough, so that 50,000 characters are at most 230 pieces, and
    450 at half the speed.
    """
    enough = CHARACTERS_A_SECOND * PIECE_S * speed
    pieces: list[list[Sentence]] = []
    held = enough
    for sentence in sentences:
        if held >= enough or len(pieces) == 1:
            pieces.append([])
            held = 0
        pieces[-1].append(sentence)
        held += len(sentence.text)
    return [tuple(piece) for piece in pieces]


def sentences_of(text: str) -> Iterator[Sentence]:
    """The sentences of a plain text."""
    spans = cut_into_sentences(text)
    for span, following in zip_longest(spans, spans[1:]):
        gap = text[span.end : following.start] if following else ""
        ends_paragraph = PARAGRAPH in gap or gap.count("\n") > 1
        yield Sentence(span.of(text), PARAGRAPH_PAUSE_S if ends_paragraph else SENTENCE_PAUSE_S)
