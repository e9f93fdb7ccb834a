"""What the JSON within an archive's lines must hold: what the house itself writes, and counts on when it is shown.

There may be more beside it: a later version's is kept as it is. What is not as it should be is told by its place.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipelines.contract import PartKind
from pipelines.house import MemoryKind, Modality
from triptych.chat.values import Recall

Json = dict[str, Any]  # Any: JSON
Number = Annotated[float, Field(allow_inf_nan=False)]
Ordinal = Annotated[int, Field(ge=0)]
Page = Annotated[int, Field(ge=1)]


class Shape(BaseModel):
    """Base of all shapes: their values are of just these types, since they are kept as they came."""

    model_config = ConfigDict(frozen=True, strict=True, extra="allow")


class Engine(Shape):
    """Which engine and model made a result."""

    name: str
    model: str
    version: str = ""


class Error(Shape):
    """Why a job failed."""

    code: str
    message: str


class Settings(Shape):
    """How a conversation's replies are made; its row has these and no others."""

    model_config = ConfigDict(extra="forbid")

    memory: Annotated[Recall, Field(strict=False)]
    system: Annotated[str, Field(max_length=4000)]
    model: Annotated[str, Field(max_length=200)]
    temperature: Annotated[float, Field(ge=0, le=2)]
    speak: bool


class Reply(Shape):
    """How a reply ended."""

    state: Literal["succeeded", "failed", "cancelled"]
    engine: Engine | None
    warnings: list[str]
    error: Error | None


class Span(Shape):
    """Where a passage stands, in characters."""

    start: Ordinal
    end: Ordinal
    page: Page | None = None


class Seconds(Shape):
    """Where a segment stands."""

    start_s: Number
    end_s: Number
    speaker: str | None = None


class Box(Shape):
    """A rectangle, in pixels."""

    x: Number
    y: Number
    width: Number
    height: Number


class Boxed(Shape):
    """Where a line stands."""

    box: Box
    page: Page | None = None


class Anywhere(Shape):
    """Any place, that of what is a picture as a whole too: what it has of these opens it, whatever stands there."""

    start_s: Number = 0
    end_s: Number = 0
    speaker: str | None = None
    start: Ordinal = 0
    end: Ordinal = 0
    page: Page | None = None
    box: Box = Box(x=0, y=0, width=0, height=0)


PLACES: Mapping[MemoryKind, type[Shape]] = {
    MemoryKind.SEGMENT: Seconds,
    MemoryKind.PASSAGE: Span,
    MemoryKind.LINE: Boxed,
    MemoryKind.LABELS: Anywhere,
    MemoryKind.PICTURE: Anywhere,
    MemoryKind.TITLE: Anywhere,
}
_NOTED: Mapping[str, type[Shape]] = {"start_s": Seconds, "start": Span, "box": Boxed}  # by what such a place has


class Said(Shape):
    """A piece of text."""

    text: str


class Segment(Said, Seconds):
    """A segment of a transcript."""


class Line(Said, Boxed):
    """A line that was read."""


class Spoken(Said):
    """A sounding piece of what was spoken."""

    start_s: Number
    end_s: Number
    output: str


class Label(Shape):
    """What may be seen in a picture."""

    label: str
    score: Number


class Labels(Shape):
    """What may be seen, the most probable first."""

    labels: list[Label]


PARTS: Mapping[PartKind, type[Shape]] = {
    PartKind.SEGMENT: Segment,
    PartKind.LINE: Line,
    PartKind.LABELS: Labels,
    PartKind.PASSAGE: Said,
    PartKind.SPEECH: Spoken,
    PartKind.TOKEN: Said,
}


class Citation(Shape):
    """What a reply rests on, whole: it is shown when its source is gone."""

    number: Annotated[int, Field(ge=1)]
    memory_id: str | None
    source_id: str | None
    file_id: str | None
    job_id: str | None
    title: str
    text: str
    place: Json
    kind: Annotated[MemoryKind, Field(strict=False)]
    modality: Annotated[Modality, Field(strict=False)]


def check(shape: type[Shape], value: object, where: str = "") -> None:
    """Raise ValueError where ``value`` has not that shape, which says what is wrong, and where within it."""
    try:
        shape.model_validate(value)
    except ValidationError as error:
        raise ValueError(told(error, where)) from None


def shaped(shape: type[Shape]) -> Callable[[Json], Json]:
    """A validator of pydantic's that has the value as it came, where it has that shape."""

    def checked(value: Json) -> Json:
        check(shape, value)
        return value

    return checked


def check_place(kind: MemoryKind, place: Mapping[str, object]) -> None:
    """Raise ValueError where no memory of this kind has such a place; a note has that of what it was written at."""
    noted = next((shape for name, shape in _NOTED.items() if name in place), Anywhere)
    check(Anywhere, place, "place")
    check(PLACES.get(kind, noted), place, "place")


def check_citation(citation: object) -> None:
    """Raise ValueError where no reply has such a citation."""
    check(Citation, citation)
    found = Citation.model_validate(citation)
    check_place(found.kind, found.place)


def told(error: ValidationError, where: str = "") -> str:
    """The first of what pydantic found wrong, behind its place."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(map(str, [*filter(None, [where]), *first["loc"]]))
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
