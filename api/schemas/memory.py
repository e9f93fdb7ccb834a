"""The memory as it is told: memories, where they come from, what was found and how."""

from typing import Any, Literal, Self

from pydantic import BaseModel, Field, RootModel

from api.links import link_to_memory
from api.schemas.job import Job
from pipelines.house import MemoryKind, Modality, SpaceKind
from triptych.memory import values
from triptych.times import iso_time

LINK = "The page of the UI that opens it at its place: a path, such as /jobs/ID?t=12.5 or /files/ID?page=3."


class Memory(BaseModel):
    """Something that was heard, seen or read, or a note; `place` says where in its source."""

    id: str
    kind: MemoryKind
    modality: Modality
    language: str = Field(description="ISO 639-1; empty where it is not known.")
    text: str
    place: dict[str, Any] = Field(
        description="segment: start_s, end_s, speaker; passage: start, end, page; line: box, page; of a note that of "
        "what it was written at."
    )
    job_id: str | None = Field(description="The newest job that made it; null of a note.")
    created_at: str
    pinned_at: str | None

    @classmethod
    def of(cls, memory: values.StoredMemory) -> Self:
        """Tell ``memory``."""
        return cls(
            id=memory.id,
            kind=memory.kind,
            modality=memory.modality,
            language=memory.language,
            text=memory.text,
            place=dict(memory.place),
            job_id=memory.job_id,
            created_at=iso_time(memory.created_at),
            pinned_at=None if memory.pinned_at is None else iso_time(memory.pinned_at),
        )


class MemorySource(BaseModel):
    """Where memories come from: a file, or a job that made something of none."""

    id: str
    title: str
    media_type: str
    file_id: str | None
    job_id: str | None
    created_at: str
    tags: list[str]
    collections: list[str] = Field(description="Ids of the collections that it is in.")

    @classmethod
    def of(cls, source: values.Source) -> Self:
        """Tell ``source``."""
        return cls(
            id=source.id,
            title=source.title,
            media_type=source.media_type,
            file_id=source.file_id,
            job_id=source.job_id,
            created_at=iso_time(source.created_at),
            tags=list(source.tags),
            collections=list(source.collections),
        )


class Contribution(BaseModel):
    """That a ranking brought a hit up, at which place from 1, and with what score of its own."""

    by: Literal["words", "meaning", "picture"]
    rank: int
    score: float = Field(description="Of words BM25 or its like; else the cosine of the angle between the vectors.")


class MemoryHit(BaseModel):
    """A memory that was found, and why. `marks` are the [start, end) characters of `snippet` that match."""

    memory: Memory
    source: MemorySource
    link: str = Field(description=LINK)
    score: float = Field(description="Of reciprocal rank fusion: comparable within one answer.")
    by: list[Contribution]
    snippet: str
    marks: list[tuple[int, int]]

    @classmethod
    def of(cls, hit: values.Hit) -> Self:
        """Tell ``hit``."""
        return cls(
            memory=Memory.of(hit.memory),
            source=MemorySource.of(hit.source),
            link=link_to_memory(hit.memory, hit.source),
            score=hit.score,
            by=[Contribution.model_validate({"by": one.by, "rank": one.rank, "score": one.score}) for one in hit.by],
            snippet=hit.snippet,
            marks=list(hit.marks),
        )


class MemoryHits(BaseModel):
    """What was found, best first; `more` may be had behind it by `offset`."""

    items: list[MemoryHit]
    more: bool
    warnings: list[str] = Field(description="What should be known of how it was found: by words alone, say.")

    @classmethod
    def of(cls, found: values.Found) -> Self:
        """Tell what was ``found``."""
        return cls(items=[MemoryHit.of(hit) for hit in found.hits], more=found.more, warnings=list(found.warnings))


class MemoryDetail(BaseModel):
    """A memory among its neighbours in its source, with the notes that were written at it."""

    memory: Memory
    source: MemorySource
    link: str = Field(description=LINK)
    before: list[Memory]
    after: list[Memory]
    notes: list[Memory]

    @classmethod
    def of(cls, seen: values.Seen) -> Self:
        """Tell what was ``seen``."""
        return cls(
            memory=Memory.of(seen.memory),
            source=MemorySource.of(seen.source),
            link=link_to_memory(seen.memory, seen.source),
            before=[Memory.of(one) for one in seen.before],
            after=[Memory.of(one) for one in seen.after],
            notes=[Memory.of(one) for one in seen.notes],
        )


class MemoryPage(BaseModel):
    """Memories in the order of their source; `next` is the cursor of the next page, null at the end."""

    items: list[Memory]
    next: str | None


class ListedSource(BaseModel):
    """A source, and how many memories of which modalities come of it."""

    source: MemorySource
    memories: int
    modalities: list[Modality]

    @classmethod
    def of(cls, listed: values.ListedSource) -> Self:
        """Tell what was ``listed``."""
        modalities = [Modality(modality) for modality in listed.modalities]
        return cls(source=MemorySource.of(listed.source), memories=listed.memories, modalities=modalities)


class SourcePage(BaseModel):
    """Sources, newest first; `next` is the cursor of the next page, null at the end."""

    items: list[ListedSource]
    next: str | None


class TagCount(BaseModel):
    """A tag, and how many sources have it."""

    tag: str
    sources: int


class TagList(BaseModel):
    """Every tag, by name."""

    items: list[TagCount]


class Collection(BaseModel):
    """Sources that its owner put together."""

    id: str
    name: str
    sources: int
    created_at: str

    @classmethod
    def of(cls, collection: values.Collection) -> Self:
        """Tell ``collection``."""
        created_at = iso_time(collection.created_at)
        return cls(id=collection.id, name=collection.name, sources=collection.sources, created_at=created_at)


class CollectionList(BaseModel):
    """Every collection, by name."""

    items: list[Collection]


class MemorySpace(BaseModel):
    """Where vectors of one model lie; while one is `building`, the `active` one is searched."""

    kind: SpaceKind
    model: str
    dimensions: int
    is_joint: bool = Field(description="Whether a text's vector lies among those of the pictures that it describes.")
    state: values.SpaceState
    vectors: int = Field(description="How many of the caller's memories have one there.")


class MemoryStatus(BaseModel):
    """How much is remembered, and how it can be found."""

    memories: int
    sources: int
    indexing: int = Field(description="Jobs that index and are not finished.")
    spaces: list[MemorySpace]
    by_meaning: bool = Field(description="Whether vectors can be kept and compared here.")
    why_not: str


class MapJob(RootModel[Job | None]):
    """The job that drew the newest map, or is drawing it; null where none was asked for."""


class Imported(BaseModel):
    """How much an archive brought; `skipped` was there already."""

    files: int
    jobs: int
    memories: int
    conversations: int
    skipped: int
    warnings: list[str] = Field(description="What it could not bring: vectors of a model that is not searched here.")
