"""The values that the memory is asked with and answers with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pipelines.house import MemoryKind, Modality, Space, Vector


class SpaceState(StrEnum):
    """What becomes of a space's vectors."""

    BUILDING = "building"  # being filled with what was remembered before, beside the active one: not searched yet
    ACTIVE = "active"  # searched; one of each kind
    RETIRED = "retired"  # another took its place, or nobody builds it any more: a sweep drops its table and forgets it


@dataclass(frozen=True, slots=True)
class Filter:
    """Which memories may be found; an empty field lets all through, several entries of one field any of them.

    ``since`` and ``until``: seconds since the epoch, of when the source came. ``sources``: their ids.
    """

    modalities: Sequence[Modality] = ()
    kinds: Sequence[MemoryKind] = ()
    languages: Sequence[str] = ()
    tags: Sequence[str] = ()
    collection: str | None = None
    sources: Sequence[str] = ()
    since: float | None = None
    until: float | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: words, vectors (of the words, or of a picture), or both.

    ``text``: taken literally but for "quoted phrases", which must be there, and a star behind the beginning of a word.
    Its vectors lie in active spaces, at most one in each.
    """

    text: str = ""
    vectors: Sequence[Vector] = ()
    filter: Filter = field(default_factory=Filter)
    count: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where something was seen, heard or read: a file of the owner's, or a job that needed none."""

    id: str
    title: str
    media_type: str
    file_id: str | None
    job_id: str | None
    created_at: float
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """A memory as it is kept. ``job_id``: the newest job that made it, None of a note."""

    id: str
    kind: MemoryKind
    modality: Modality
    language: str
    text: str
    place: Mapping[str, Any]  # Any: JSON
    job_id: str | None
    created_at: float
    pinned_at: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A memory with what stands around it: those of its kind before and behind it, and the notes at its place."""

    memory: StoredMemory
    source: Source
    before: Sequence[StoredMemory]
    after: Sequence[StoredMemory]
    notes: Sequence[StoredMemory]


@dataclass(frozen=True, slots=True)
class ListedSource:
    """A source, and how much of it is remembered in which modalities."""

    source: Source
    memories: int
    modalities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collection:
    """Sources that their owner put together under a name, and how many they are."""

    id: str
    name: str
    created_at: float
    sources: int = 0


@dataclass(frozen=True, slots=True)
class StoredSpace:
    """A space whose vectors are kept, and what becomes of them."""

    number: int
    space: Space
    state: SpaceState

    @property
    def vectors(self) -> str:
        """The name of the table of its vectors."""
        return f"memory_vectors_{self.number}"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many memories an owner has, of how many sources, and how many of them have a vector in which space."""

    memories: int
    sources: int
    vectors: Mapping[StoredSpace, int]


@dataclass(frozen=True, slots=True)
class Contribution:
    """That a ranking brought a memory up: by words, meaning or picture; ``rank`` from 1.

    ``score`` is that ranking's own: BM25 or its like for words, the cosine of the angle for vectors.
    """

    by: str
    rank: int
    score: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A memory that was found. ``score``: of reciprocal rank fusion, comparable within one answer.

    ``snippet`` is a piece of the memory's text, and ``marks`` the (start, end) characters in it that match words of the
    question.
    """

    memory: StoredMemory
    source: Source
    score: float
    by: Sequence[Contribution]
    snippet: str
    marks: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, best first; whether more may be had behind them; and what should be known of how they were found."""

    hits: Sequence[Hit]
    more: bool
    warnings: tuple[str, ...] = ()


class UnknownMemory(LookupError):
    """No such memory, or it is somebody else's; the message is its id."""


class UnknownSource(LookupError):
    """No such source, or it is somebody else's; the message is its id."""


class UnknownCollection(LookupError):
    """No such collection, or it is somebody else's; the message is its id."""
