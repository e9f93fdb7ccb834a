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
