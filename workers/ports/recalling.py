"""Recalling what fits a question, as a run asks for it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import BadInput
from pipelines.house import MemoryKind, Modality, Recalled, Recollection
from triptych.memory.asking import vectors_of_text
from triptych.memory.search import search
from triptych.memory.values import Filter, Hit, Question
from triptych.store import Store


class Only(BaseModel):
    """The filters of ``GET /api/v1/memory/search``, by their names there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    modality: tuple[Modality, ...] = ()
    kind: tuple[MemoryKind, ...] = ()
    language: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    collection: str | None = None
    source: tuple[str, ...] = ()
    since: float | None = None
    until: float | None = None
    pinned: bool = False

    def filter(self) -> Filter:
        """As the memory is asked."""
        return Filter(
            modalities=self.modality,
            kinds=self.kind,
            languages=self.language,
            tags=self.tag,
            collection=self.collection,
            sources=self.source,
            since=self.since,
            until=self.until,
            pinned=self.pinned,
        )


def recall(store: Store, owner: str, question: str, count: int, only: Mapping[str, Any]) -> Recollection:  # Any: JSON
    """The owner's ``count`` memories that fit ``question`` best, of those that ``only`` lets through.

    ``since`` and ``until`` of ``only`` are seconds since the epoch. Raises BadInput.
    """
    try:
        allowed = Only.model_validate(dict(only)).filter()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise BadInput(f"the memory is not asked that way: {where}: {first['msg']}") from None
    asked = vectors_of_text(store, question)
    found = search(store, owner, Question(question, asked.vectors, allowed, count))
    warnings = tuple(dict.fromkeys((*asked.warnings, *found.warnings)))
    return Recollection([_recalled(hit) for hit in found.hits], warnings)


def _recalled(hit: Hit) -> Recalled:
    memory, source = hit.memory, hit.source
    return Recalled(
        memory.id,
        memory.kind,
        memory.modality,
        memory.text,
        memory.place,
        source.title,
        source.id,
        source.file_id,
        memory.job_id,
        hit.score,
        {one.by: one.rank for one in hit.by},
    )
