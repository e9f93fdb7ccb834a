"""A reply that is written, and the evidence it was written from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.contract import EngineUsed, JsonObject
from pipelines.dialogue.evidence import Evidence
from pipelines.engines.citing import cited_numbers, cites_nothing


@dataclass(frozen=True, slots=True)
class Reply:
    """The text, the evidence that it was given by number from 1, and what an engine tells besides."""

    text: str
    evidence: Sequence[Evidence]
    engine: EngineUsed
    told: JsonObject = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def citations(self) -> list[JsonObject]:
        """What the text cites, in the order in which it does."""
        numbers = cited_numbers(self.text)
        return [self.evidence[number - 1].told(number) for number in numbers if 1 <= number <= len(self.evidence)]

    @property
    def doubts(self) -> tuple[str, ...]:
        """Warnings of numbers that the text cites and nothing has; none where it was given no evidence."""
        return tuple(cites_nothing(cited_numbers(self.text), len(self.evidence))) if self.evidence else ()
