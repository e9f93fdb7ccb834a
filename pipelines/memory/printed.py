"""Lines that were read in a picture or on pages as memories, each paragraph one, with the box around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.contract import JsonObject, PartKind, Source
from pipelines.engines.language import UNDETERMINED, detect_language
from pipelines.house import Memory, MemoryKind, Modality, Product
from pipelines.media.media_types import PICTURE_FORMATS
from pipelines.media.unspaced import running_text
from pipelines.memory.titles import title_of

MOST_CHARACTERS = 500  # about 128 tokens, as a passage has
LEADING = 0.8  # of a line's height: a wider gap parts paragraphs


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def around(self, other: "_Box") -> "_Box":
        x, y = min(self.x, other.x), min(self.y, other.y)
        return _Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def is_above(self, other: "_Box") -> bool:
        """Whether ``other`` is the line below this one, in the same column."""
        height = min(self.height, other.height)
        gap = other.y - self.bottom
        return -height / 2 <= gap <= LEADING * height and self.x < other.right and other.x < self.right

    def told(self) -> JsonObject:
        return {"x": self.x, "y": self.y, "width": self.width, "height": self.height}


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Lines one below the other: the box around them, and the last of theirs."""

    texts: tuple[str, ...]
    box: _Box
    last: _Box
    page: int
    number: int  # of the first line, from 0

    def takes(self, text: str, box: _Box, page: int) -> bool:
        fits = sum(map(len, self.texts)) + len(text) <= MOST_CHARACTERS
        return fits and page == self.page and self.last.is_above(box)

    def with_line(self, text: str, box: _Box) -> "_Paragraph":
        return _Paragraph((*self.texts, text), self.box.around(box), box, self.page, self.number)


def lines_of(product: Product, source: Source) -> Iterator[Memory]:
    """What was read, paragraph by paragraph; a line that stands alone is one."""
    bodies = [part.body for part in product.parts if part.kind is PartKind.LINE]
    language = detect_language(" ".join(body["text"] for body in bodies))
    language = "" if language == UNDETERMINED else language
    is_picture = source.media_type in PICTURE_FORMATS
    modality = Modality.IMAGE if is_picture else Modality.TEXT
    if not is_picture and (title := title_of(source.name, 0, modality)) is not None:
        yield title
    for paragraph in _paragraphs(bodies):
        place = {"box": paragraph.box.told(), "page": paragraph.page}
        text = running_text(paragraph.texts)
        yield Memory(MemoryKind.LINE, modality, text, place, float(paragraph.number), language)


def _paragraphs(bodies: Sequence[JsonObject]) -> Iterator[_Paragraph]:
    held: _Paragraph | None = None
    for number, body in enumerate(bodies):
        box = _Box(**body["box"])
        if held is not None and held.takes(body["text"], box, body["page"]):
            held = held.with_line(body["text"], box)
            continue
        if held is not None:
            yield held
        held = _Paragraph((body["text"],), box, box, body["page"], number)
    if held is not None:
        yield held
