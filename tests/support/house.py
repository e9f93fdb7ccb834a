"""The house around a run, in memory: a conversation, other jobs, and what is remembered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.house import AwaitsChildren, Dialogue, Memory, Product, Recalled, Recollection, Turn, Wanted

SETTINGS = {"memory": "always", "system": "", "model": "", "temperature": 0.2, "speak": False}


@dataclass
class HeldConversation:
    """A ``ConversationPort`` that keeps what it is told."""

    turns: Sequence[Turn]
    summary: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    file_ids: Sequence[str] = ()
    title: str = ""
    looked_into: Mapping[int, Sequence[str]] = field(default_factory=dict)
    summarised: list[tuple[str, str]] = field(default_factory=list)
    spoken: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)

    def dialogue(self) -> Dialogue:
        settings = {**SETTINGS, **self.settings}
        has_title = bool(self.title)
        return Dialogue(self.turns, self.summary, settings, self.file_ids, has_title, self.looked_into)

    def heard(self, message_id: str, text: str) -> None:
        self.texts[message_id] = text

    def summarise(self, upto: str, summary: str) -> None:
        self.summarised.append((upto, summary))

    def entitle(self, title: str) -> None:
        self.title = title

    def speak(self, text: str, params: Mapping[str, Any]) -> None:
        self.spoken.append((text, params))


@dataclass
class HeldJobs:
    """A ``JobsPort`` whose children end between one run and the next, with what ``made`` holds for each pipeline."""

    made: Mapping[str, Product]
    asked: list[Wanted] = field(default_factory=list)

    def product(self, job_id: str) -> Product:
        return next(product for product in self.made.values() if product.job_id == job_id)

    def children(self, wanted: Sequence[Wanted]) -> list[Product]:
        if len(self.asked) < len(wanted):
            self.asked = list(wanted)
            raise AwaitsChildren
        return [self.made[one.pipeline] for one in wanted]


@dataclass
class HeldMemory:
    """A ``MemoryPort`` that has these memories, whatever is asked."""

    memories: Sequence[Recalled] = ()
    warnings: Sequence[str] = ()
    questions: list[str] = field(default_factory=list)

    def recall(self, question: str, count: int, only: Mapping[str, Any] | None = None) -> Recollection:
        self.questions.append(question)
        return Recollection(self.memories[:count], self.warnings)

    def keep(self, job_id: str, memories: Iterable[Memory]) -> Sequence[str]:
        raise NotImplementedError

    def settle(self, job_id: str) -> None:
        raise NotImplementedError
