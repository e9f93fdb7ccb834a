"""What a classifier answers."""

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
