"""What a classifier answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.contract import JsonObject


@dataclass(frozen=True, slots=True)
class Label:
    """A class and the classifier's probability for it, in 0..1; those of all classes sum to 1."""

    label: str
    score: float

    def body(self) -> JsonObject:
        """The label as JSON."""
        return {"label": self.label, "score": round(self.score, 4)}


@dataclass(frozen=True, slots=True)
class Attention:
    """Where a classifier looked for the label it gives first, and by which ``method`` that was found.

    ``heat``: rows of values in 0..1, 1 the hottest, over ``seen``: left, top, right and bottom of what the classifier
    saw, as shares of the picture's width and height; below 0 or above 1 where it saw a margin around the picture.
    """

    label: str
    method: str
    heat: Sequence[Sequence[float]]
    seen: tuple[float, float, float, float]

    def body(self) -> JsonObject:
        """What it is of and how it was found, as JSON."""
        return {"label": self.label, "method": self.method}
