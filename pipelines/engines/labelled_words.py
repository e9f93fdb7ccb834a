"""Joining words that a model labelled one by one (B-PER, I-PER, O) to names."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from pipelines.engines.recognising import Entity

OUTSIDE = "O"
BEGINNING = frozenset("BSU")  # of the schemes BIO, BIOES and BILOU
PREFIXES = BEGINNING | frozenset("IEL")


@dataclass(frozen=True, slots=True)
class LabelledWord:
    """A word's label, the characters it stands at, and how probable the label is."""

    label: str
    start: int
    end: int
    score: float

    def up_to(self, end: int) -> Self:
        """The word with its next piece."""
        return replace(self, end=end)

    @property
    def kind(self) -> str:
        """The label without the place in its name; labels without one are taken as they are."""
        prefix, dash, kind = self.label.partition("-")
        return kind if dash and prefix in PREFIXES else self.label

    @property
    def begins(self) -> bool:
        """Whether the label says that a name begins here."""
        prefix, dash, _ = self.label.partition("-")
        return bool(dash) and prefix in BEGINNING


class EntityJoiner:
    """Takes words as they come and gives each name once it is over; its score is the mean of its words'."""

    def __init__(self) -> None:
        self._open: list[LabelledWord] = []

    def joined(self, words: Sequence[LabelledWord]) -> list[Entity]:
        """The names that are over with these words; one that may go on is kept."""
        over: list[Entity] = []
        for word in words:
            if self._open and (word.begins or word.kind != self._open[-1].kind):
                over.extend(self.rest())
            if word.kind != OUTSIDE:
                self._open.append(word)
        return over

    def rest(self) -> list[Entity]:
        """The name that was still open, if there is one: no more words come."""
        words, self._open = self._open, []
        if not words:
            return []
        score = sum(word.score for word in words) / len(words)
        return [Entity(words[0].kind, words[0].start, words[-1].end, score)]
