"""What is remembered, as the API tells it, and what was found."""

from typing import Any

from triptych.client.records.base import Record


class Memory(Record):
    """Something that was heard, seen or read, or a note; ``place`` says where in its source."""

    id: str
    kind: str
    modality: str
    language: str
    text: str
    place: dict[str, Any]
    job_id: str | None
    created_at: str
    pinned_at: str | None


class MemorySource(Record):
    """Where memories come from: a file, or a job that made something of none."""

    id: str
    title: str
    media_type: str
    file_id: str | None
    job_id: str | None
    created_at: str
    tags: list[str]
    collections: list[str]


class Contribution(Record):
    """That a ranking brought a hit up, at which place from 1, and with what score of its own."""

    by: str
    rank: int
    score: float


class MemoryHit(Record):
    """A memory that was found, and why. ``link`` is a path of the UI; ``marks`` are characters of ``snippet``."""

    memory: Memory
    source: MemorySource
    link: str
    score: float
    by: list[Contribution]
    snippet: str
    marks: list[tuple[int, int]]


class MemoryHits(Record):
    """What was found, best first; ``more`` may be had behind it. ``warnings``: by words alone, say."""

    items: list[MemoryHit]
    more: bool
    warnings: list[str]


class MemoryDetail(Record):
    """A memory among its neighbours in its source, with the notes at it; ``link`` is a path of the UI."""

    memory: Memory
    source: MemorySource
    link: str
    before: list[Memory]
    after: list[Memory]
    notes: list[Memory]


class MemoryPage(Record):
    """Memories in the order of their source; ``next`` is the cursor of the next page, None at the end."""

    items: list[Memory]
    next: str | None


class ListedSource(Record):
    """A source, and how many memories of which modalities come of it."""

    source: MemorySource
    memories: int
    modalities: list[str]


class SourcePage(Record):
    """Sources, newest first; ``next`` is the cursor of the next page, None at the end."""

    items: list[ListedSource]
    next: str | None


class TagCount(Record):
    """A tag, and how many sources bear it."""

    tag: str
    sources: int


class TagList(Record):
    """Every tag, by name."""

    items: list[TagCount]


class Collection(Record):
    """Sources that their owner put together."""

    id: str
    name: str
    sources: int
    created_at: str


class CollectionList(Record):
    """Every collection, by name."""

    items: list[Collection]


class MemorySpace(Record):
    """Where vectors of one model lie; ``is_joint``: those of texts lie among those of the pictures they describe."""

    kind: str
    model: str
    dimensions: int
    is_joint: bool
    state: str
    vectors: int


class MemoryStatus(Record):
    """How much is remembered, and how it can be found; ``why_not`` says what keeps it from being found by meaning."""

    memories: int
    sources: int
    indexing: int
    spaces: list[MemorySpace]
    by_meaning: bool
    why_not: str


class Imported(Record):
    """How much an archive brought; ``skipped`` was there already, ``warnings`` say what it could not bring."""

    files: int
    jobs: int
    memories: int
    conversations: int
    skipped: int
    warnings: list[str]
