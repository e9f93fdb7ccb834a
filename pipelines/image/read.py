"""image.read: the text in a picture or on the pages of a document, line after line, with where it stands."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, field_validator

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Output, Params, Part, PartKind, Result, Run, Source
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.reading import Reader, reading_engines
from pipelines.engines.reading_order import in_reading_order
from pipelines.engines.reading_scripts import Script
from pipelines.engines.selection import Surroundings, choose
from pipelines.engines.tables import Table, tables_among
from pipelines.engines.text_line import Line
from pipelines.media.media_types import PICTURE_FORMATS
from pipelines.media.pages import MAX_PAGES, PDF_TYPE, RANGES, Page, chosen_pages, opened_pages, ranges_of

PAGE_TYPE = "application/vnd.triptych.page+json"
MAX_OVERLAYS = 20  # of a document's pages: they are to look at, and each is as large as a photo
REDUCED_MUCH = 4.0  # times: print of the usual size is then too small to be found
SURE, UNSURE = 0.9, 0.7  # confidence from which a box is green, and amber


class ReadParams(Params):
    """How a picture is read."""

    # Its choices are told in place: from an enum of the same name as its title pydantic drops the title.
    script: Annotated[Script, WithJsonSchema({"type": "string", "enum": list(Script)})] = Field(
        Script.DEFAULT,
        title="Script",
        description="What the text is written in. The default reads Chinese, Japanese and the Latin alphabet; any "
        "other has a model of its own, which is fetched once or lies in the models' folder.",
    )
    min_confidence: float = Field(
        0.5,
        title="Least confidence",
        description="Lines the engine is less sure of are left out (0 keeps everything).",
        ge=0,
        le=1,
    )
    detection_side_px: int = Field(
        2000,
        title="Search size",
        description="Text is looked for in the picture reduced to this many pixels on its longer side: more finds "
        "smaller print and takes longer. What is found is read at full resolution.",
        ge=640,
        le=4000,
    )
    pages: str = Field(
        "",
        title="Pages",
        description=f"Of a document, such as 1-3,7: those alone are read. Empty reads all, {MAX_PAGES} at most.",
        pattern=RANGES,
        max_length=200,
    )
    dpi: int = Field(
        200, title="Resolution", description="Dots per inch at which the pages of a PDF are rendered.", ge=72, le=400
    )
    boxes: bool = Field(
        True,
        title="Boxes",
        description=f"Also draw the lines that were found onto the picture, or the first {MAX_OVERLAYS} pages.",
    )

    @field_validator("pages")
    @classmethod
    def _ranges_run_forwards(cls, pages: str) -> str:
        ranges_of(pages)
        return pages


def read_by(params: ReadParams, surroundings: Surroundings) -> str:
    """What would read a picture now."""
    return made_by_engine(reading_engines(params.script), surroundings, packages=("pillow", "pillow-heif", "pypdfium2"))


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read on a page; its picture is gone by then."""

    number: int
    width_px: int
    height_px: int
    lines: Sequence[Line]
    tables: Sequence[Table]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def tabbed(self) -> str:
        """The text, a table's rows in the place of its first line, their cells parted by tabs."""
        first = {min(table.lines): table for table in self.tables}
        inside = frozenset[int]().union(*(table.lines for table in self.tables))
        texts: list[str] = []
        for index, line in enumerate(self.lines):
            if index in first:
                texts += ["\t".join(row) for row in first[index].rows]
            elif index not in inside:
                texts.append(line.text)
        return "\n".join(texts)

    def body(self) -> dict[str, Any]:
        lines = [{**line.body(), "polygon": line.polygon, "page": self.number} for line in self.lines]
        tables = [{"page": self.number, **table.body()} for table in self.tables]
        size = {"width_px": self.width_px, "height_px": self.height_px}
        return {"page": self.number, **size, "lines": lines, "tables": tables}


@pipeline(
    name="image.read",
    title="Read text",
    lane=Lane.CPU,
    accepts=(*PICTURE_FORMATS, PDF_TYPE),
    params=ReadParams,
    rank=2,
    time_limit_s=7200,  # a page takes seconds, one of small print at the largest search size a minute; there may be 500
    made_by=read_by,
)
def read(sources: Sequence[Source], params: ReadParams, context: Context) -> Run:
    """Read the text in a photo, a scan or a screenshot, or on the pages of a PDF or TIFF.

    Lines come in reading order, column after column, each with its place and how sure the engine is. Printed text is
    read better than written. A picture without text gives none. Where lines stand in rows and columns, they are also
    told as a table. Of scripts that run from the right, columns and cells come from the right.
    """
    context.progress(0.0, "decoding")
    choice = choose(reading_engines(params.script), Surroundings(context.models_dir, context.network))
    from_the_right = params.script.runs_from_the_right
    pages: list[_Read] = []
    warnings: list[str] = [*choice.warnings]
    with opened_pages(sources[0], params.dpi, context.check) as opened:
        wanted = chosen_pages(params.pages, opened.count)
        for done, number in enumerate(wanted):
            context.check()
            page = opened.page(number)
            warnings += [warning for warning in page.warnings if warning not in warnings]
            reader = choice.engine.make()(context)
            lines: list[Line] = []
            for line in _lines(page, reader, params, context, _Place(done, len(wanted))):
                lines.append(line)
                yield Part(PartKind.LINE, {**line.body(), "page": number})
            warnings += [] if lines else _overlooked(page, params, number)
            pages.append(
                _Read(number, page.picture.width, page.picture.height, lines, tables_among(lines, from_the_right))
            )
            if params.boxes and done < MAX_OVERLAYS:
                yield _overlay(page, lines, context, f"overlay-{number}.png" if len(wanted) > 1 else "overlay.png")
    yield _document(pages, reader, context)
    yield _text(pages, context)
    return Result(_told(pages), reader.used, warnings)


@dataclass(frozen=True, slots=True)
class _Place:
    """How many of the wanted pages were read before this one."""

    done: int
    of: int

    def progress(self, share: float, note: str, context: Context) -> None:
        """Tell how far the run is when ``share`` of this page is done."""
        on = f"page {self.done + 1} of {self.of}: " if self.of > 1 else ""
        context.progress((self.done + share) / self.of * 0.95, f"{on}{note}")


def _lines(page: Page, reader: Reader, params: ReadParams, context: Context, place: _Place) -> Iterator[Line]:
    place.progress(0.1, "finding lines", context)
    found = reader.regions(page.picture, params.detection_side_px)
    regions = in_reading_order(found, params.script.runs_from_the_right)
    for done, line in enumerate(reader.read(page.picture, regions), start=1):
        context.check()
        place.progress(0.3 + 0.65 * done / len(regions), f"reading line {done} of {len(regions)}", context)
        if line.text and line.confidence >= params.min_confidence:
            yield line


def _overlooked(page: Page, params: ReadParams, number: int) -> Iterator[str]:
    """What is to be said of a page on which nothing was found: the reason may be how it was looked at."""
    times = max(page.picture.size) / params.detection_side_px
    if times > REDUCED_MUCH:
        size = f"{page.picture.width} x {page.picture.height}"
        yield (
            f"No text was found on page {number}, whose {size} pixels were looked at {times:.0f} times smaller: cut it "
            "into pieces."
        )


def _told(pages: Sequence[_Read]) -> dict[str, Any]:
    """The result: the text, pages parted by form feeds, and the size of the first."""
    lines = sum(len(page.lines) for page in pages)
    told = {"text": "\f".join(page.text for page in pages), "lines": lines}
    size = {"width_px": pages[0].width_px, "height_px": pages[0].height_px}
    return {**told, **size, **({"pages": len(pages)} if len(pages) > 1 else {})}


def _document(pages: Sequence[_Read], reader: Reader, context: Context) -> Output:
    """The first page as a picture's one page has always been told, and all of them where there are several."""
    engine = {"name": reader.used.name, "model": reader.used.model}
    several = {"pages": [page.body() for page in pages]} if len(pages) > 1 else {}
    path = context.workdir / "page.json"
    path.write_text(json.dumps({**pages[0].body(), "engine": engine, **several}, ensure_ascii=False), encoding="utf-8")
    return Output("page.json", PAGE_TYPE, path)


def _text(pages: Sequence[_Read], context: Context) -> Output:
    """The text with tables row by row, each further page begun by a form feed."""
    path = context.workdir / "page.txt"
    path.write_text("\f".join(f"{page.tabbed}\n" if page.text else "" for page in pages), encoding="utf-8")
    return Output("page.txt", "text/plain", path)


def _overlay(page: Page, lines: Sequence[Line], context: Context, name: str) -> Output:
    from pipelines.media.overlay import AMBER, GREEN, RED, Overlay

    overlay = Overlay(page.picture)
    for line in lines:
        sure = GREEN if line.confidence >= SURE else AMBER if line.confidence >= UNSURE else RED
        overlay.outline(line.polygon, sure)
    path = context.workdir / name
    overlay.canvas.save(path, compress_level=3)
    return Output(name, "image/png", path)
