"""What a client may ask of the memory, as types."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from api.schemas.requests import Asked, CameQuery, Query, seconds_of
from api.schemas.worded import Worded
from pipelines.house import MemoryKind, Modality
from triptych.memory.marks import MAX_NAME_CHARACTERS, MAX_NOTE_CHARACTERS, MAX_TAGS
from triptych.memory.tagging import MAX_TAG_CHARACTERS
from triptych.memory.values import Filter

GET_CHARACTERS = 8192
POST_CHARACTERS = 100_000
MOST_OF_A_FILTER = 50
MOST_HITS = 100
FURTHEST = 1000


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("it holds the character NUL, which no text here does")
    return text


def _name(text: str) -> str:
    cleaned = " ".join(_storable(text).split())
    if not cleaned:
        raise ValueError("it is empty: give it a name")
    return cleaned


def _said(text: str) -> str:
    if not _storable(text).strip():
        raise ValueError("it is empty: there is nothing to keep")
    return text


Words = Annotated[str, AfterValidator(_storable)]
Tag = Annotated[str, Field(min_length=1, max_length=MAX_TAG_CHARACTERS), AfterValidator(_name)]
CollectionName = Annotated[str, Field(min_length=1, max_length=MAX_NAME_CHARACTERS), AfterValidator(_name)]
NoteText = Annotated[str, Field(min_length=1, max_length=MAX_NOTE_CHARACTERS), AfterValidator(_said)]
Language = Annotated[str, Worded(r"^[a-z]{2,3}$", "a language is called by two or three small letters, such as en")]


class Filters(Asked):
    """Which memories may be found. What is left out lets all through; of several values any will do."""

    modality: list[Modality] = Field(default_factory=list, max_length=MOST_OF_A_FILTER)
    kind: list[MemoryKind] = Field(default_factory=list, max_length=MOST_OF_A_FILTER)
    language: list[Language] = Field(default_factory=list, max_length=MOST_OF_A_FILTER, description="ISO 639-1.")
    tag: list[Tag] = Field(default_factory=list, max_length=MOST_OF_A_FILTER, description="Of its source.")
    collection: UUID | None = Field(None, description="The id of a collection that its source is in.")
    source: list[UUID] = Field(default_factory=list, max_length=MOST_OF_A_FILTER, description="Ids of sources.")
    since: datetime | None = Field(None, description="Its source came then or later; UTC unless it says otherwise.")
    until: datetime | None = Field(None, description="Its source came before then.")
    pinned: bool = Field(False, description="Pinned ones alone.")
    limit: int = Field(20, ge=1, le=MOST_HITS)

    def filter(self) -> Filter:
        """As the memory is asked."""
        return Filter(
            modalities=self.modality,
            kinds=self.kind,
            languages=self.language,
            tags=self.tag,
            collection=str(self.collection) if self.collection else None,
            sources=[str(source) for source in self.source],
            since=seconds_of(self.since),
            until=seconds_of(self.until),
            pinned=self.pinned,
        )


class SimilarQuery(Query, Filters):
    """Which of those that are like a memory."""


class Page(Filters):
    """Which of those that are found."""

    offset: int = Field(0, ge=0, le=FURTHEST, description="How many of the best to leave out.")


class SearchQuery(Query, Page):
    """What to look for among which memories; without words the newest are listed."""

    q: Words = Field(
        "",
        max_length=GET_CHARACTERS,
        description='Words, taken literally but for "quoted phrases" and a star behind the beginning of a word.',
    )


class SearchRequest(Page):
    """What to look for: words, a picture that is a file of the caller's, or both."""

    text: Words = Field("", max_length=POST_CHARACTERS)
    file_id: UUID | None = Field(None, description="A file that stands for what is looked for, such as a picture.")


class SearchForm(Asked):
    """A picture to look for, which is not kept, and words beside it."""

    file: bytes = Field(json_schema_extra={"type": "string", "format": "binary"})
    text: Words = Field("", max_length=POST_CHARACTERS)
    filter: str = Field("{}", description="A JSON object with the filters, `limit` and `offset` of a search.")


class SourcesQuery(CameQuery):
    """Which sources to list."""

    tag: list[Tag] = Field(default_factory=list, max_length=MOST_OF_A_FILTER)
    collection: UUID | None = None
    modality: list[Modality] = Field(default_factory=list, max_length=MOST_OF_A_FILTER)
    limit: int = Field(50, ge=1, le=200)
    cursor: UUID | None = Field(None, description="`next` of the page before.")


class MemoriesQuery(Query):
    """Which page of a source's memories to list."""

    limit: int = Field(100, ge=1, le=500)
    cursor: UUID | None = Field(None, description="`next` of the page before.")


class NoteRequest(Asked):
    """A note on a source, or on one of its memories."""

    source_id: UUID
    text: NoteText
    memory_id: UUID | None = Field(None, description="The memory whose place it is written at.")


class NoteChange(Asked):
    """Another text for a note."""

    text: NoteText


class TagsRequest(Asked):
    """The tags that a source is to have, in place of those that it has."""

    tags: list[Tag] = Field(max_length=MAX_TAGS)


class CollectionRequest(Asked):
    """A collection's name."""

    name: CollectionName


class MemoryPath(BaseModel):
    """A memory's id."""

    memory_id: UUID


class SourcePath(BaseModel):
    """A source's id."""

    source_id: UUID


class CollectionPath(BaseModel):
    """A collection's id."""

    collection_id: UUID


class CollectionSourcePath(CollectionPath):
    """A source in a collection."""

    source_id: UUID
