"""What a run may ask of the house around it: other jobs and what they made, the memory, and its conversation.

Pipelines know these as arguments of their context; what stands behind them is the workers' affair, and in a test or at
a prompt nothing does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pipelines.contract import JsonObject, Part


class Modality(StrEnum):
    """How something was perceived."""

    AUDIO = "audio"
    IMAGE = "image"
    TEXT = "text"


class MemoryKind(StrEnum):
    """What is remembered, and what its ``place`` holds."""

    SEGMENT = "segment"  # of a transcript: {start_s, end_s}, and speaker where it is known
    PASSAGE = "passage"  # of a document: {start, end} in characters, and page from 1 where there are pages
    LINE = "line"  # read in a picture or on a page: {box: {x, y, width, height}} in its pixels, upright, and page
    LABELS = "labels"  # of a picture, with its vector: {}
    PICTURE = "picture"  # a picture by itself, with its vector; its words are those of its name: {}
    TITLE = "title"  # the name of a file, found by its words alone: {}
    NOTE = "note"  # what its owner wrote: the place of what it was written at, else {}


class SpaceKind(StrEnum):
    """What the vectors of a space are made of."""

    TEXT = "text"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class Space:
    """Where vectors of one model lie. ``model``: its name, as ``text.embed`` and ``image.embed`` take it.

    ``is_joint``: the vector of a text lies among those of the pictures that it describes.
    """

    kind: SpaceKind
    model: str
    dimensions: int
    is_joint: bool = False


@dataclass(frozen=True, slots=True)
class Vector:
    """A vector of length 1 in a space: ``values`` is float32, little-endian, ``4 * space.dimensions`` bytes."""

    space: Space
    values: bytes


@dataclass(frozen=True, slots=True)
class Memory:
    """Something to be remembered.

    ``source``: the place of its file among the remembered job's inputs, from 0; None where it comes of the job alone.
    ``position`` orders it within its source: seconds, characters or lines. ``language``: ISO 639-1, empty where it is
    not known.
    """

    kind: MemoryKind
    modality: Modality
    text: str
    place: "JsonObject"
    position: float
    language: str = ""
    source: int | None = 0
    vectors: Sequence[Vector] = ()


@dataclass(frozen=True, slots=True)
class Recalled:
    """A memory that fits a question, best first among those returned, with what it takes to open it at its place.

    ``job_id``: the newest job that made it, None of a note; ``file_id``: None where its source is a job.
    ``by``: which rankings brought it up (words, meaning, picture), each with its rank from 1.
    """

    memory_id: str
    kind: MemoryKind
    modality: Modality
    text: str
    place: "JsonObject"
    title: str
    source_id: str
    file_id: str | None
    job_id: str | None
    score: float
    by: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Recollection:
    """What was recalled, and what should be known of how: that nobody could compare by meaning, say."""

    items: Sequence[Recalled]
    warnings: Sequence[str] = ()


class MemoryPort(Protocol):
    """The memory of a job's owner."""

    def recall(self, question: str, count: int, only: Mapping[str, Any] | None = None) -> Recollection:
        """The ``count`` memories that fit ``question`` best, of those that ``only`` lets through.

        ``only``: the filters of ``GET /api/v1/memory/search`` by name. Raises BadInput for one that makes no sense.
        """

    def spaces(self) -> Sequence[Space]:
        """Where new memories are to have vectors: the spaces that are searched, and those that are being built.

        Raises EngineUnavailable where vectors cannot be kept.
        """

    def keep(self, job_id: str, memories: Iterable[Memory]) -> Sequence[str]:
        """Remember these of the finished job; what is there already is told to be of this job too.

        Returns what the user should be warned of: whose vectors could not be kept, say. Raises BadInput, with the code
        ``gone``, where the job is gone or is being done again.
        """

    def settle(self, job_id: str) -> None:
        """Say that all of the finished job was kept: forget what an earlier run kept of it and this one did not."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that a run wants done; ``sources`` are the places of its inputs among the run's own, from 0.

    ``remember``: whether what it makes becomes memories, where what is made for the run does.
    """

    pipeline: str
    params: "JsonObject"
    sources: Sequence[int] = ()
    remember: bool = True


@dataclass(frozen=True, slots=True)
class Product:
    """A finished job: ``state`` is succeeded, failed or cancelled; ``error`` has code and message where it failed.

    ``outputs``: where the bytes of its outputs lie, by their names; to be read only.
    """

    job_id: str
    pipeline: str
    state: str
    params: "JsonObject"
    parts: Sequence["Part"]
    result: "JsonObject"
    warnings: Sequence[str] = ()
    error: "JsonObject | None" = None
    engine: "JsonObject" = field(default_factory=dict)
    outputs: Mapping[str, Path] = field(default_factory=dict)


class JobsPort(Protocol):
    """The other jobs of a job's owner."""

    def product(self, job_id: str) -> Product:
        """What a finished job made. Raises BadInput, with the code ``gone``, where it is gone or does not rest."""

    def children(self, wanted: Sequence[Wanted]) -> list[Product]:
        """What the wanted jobs made, in order, once all of them have ended: failed and cancelled ones too.

        They are asked for once, as children of this job, however often it is run: ``wanted`` must be the same in every
        run, or begin with what it was before. Raises AwaitsChildren until the last has ended: the run ends, frees its
        slot, and is begun anew then. So ask before anything costly is done.
        """


class AwaitsChildren(Exception):
    """Raised by ``JobsPort.children``: the run ends here, and begins anew when the children have ended."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A message of a conversation: ``role`` is user or assistant; ``files`` are places among the run's sources."""

    message_id: str
    role: str
    text: str
    files: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation up to the question that is to be answered, which is the last of ``turns``.

    ``summary`` tells of the turns before ``turns``; empty where there is none. ``settings`` are the conversation's.
    ``file_ids``: of the run's sources, in their order. ``has_title``: whether it is called something already.
    ``looked_into``: by the place of a source, the jobs in which earlier replies had it heard, read or seen.
    """

    turns: Sequence[Turn]
    summary: str
    settings: Mapping[str, Any]  # Any: JSON
    file_ids: Sequence[str] = ()
    has_title: bool = False
    looked_into: Mapping[int, Sequence[str]] = field(default_factory=dict)


class ConversationPort(Protocol):
    """The conversation that a reply is for. Each method raises Cancelled once the reply is nobody's any more."""

    def dialogue(self) -> Dialogue:
        """The turns that lead to the reply. Raises BadInput, with the code ``gone``, where they were deleted."""

    def heard(self, message_id: str, text: str) -> None:
        """Have ``text`` be that of a message which was spoken and has no other."""

    def summarise(self, upto: str, summary: str) -> None:
        """Have ``summary`` tell, from now on, of the turns up to the message with this id."""

    def entitle(self, title: str) -> None:
        """Call the conversation so, unless it is called something already."""

    def speak(self, text: str, params: "JsonObject") -> None:
        """Have ``text`` read aloud by ``audio.speak`` with these params, as a child of the reply."""
