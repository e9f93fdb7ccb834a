"""image.read: the text in a picture, line after line, with where it stands."""

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from pipelines.catalogue import pipeline
from pipelines.contract import Context, Lane, Output, Params, Part, PartKind, Result, Run, Source
from pipelines.engines.provenance import made_by_engine
from pipelines.engines.reading import Reader, in_reading_order, reading_engines
from pipelines.engines.selection import Surroundings, choose
from pipelines.engines.text_line import Line
from pipelines.media.media_types import PICTURE_FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image

PAGE_TYPE = "application/vnd.triptych.page+json"
SURE, UNSURE = 0.9, 0.7  # confidence from which a box is green, and amber


class ReadParams(Params):
    """How a picture is read."""

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
    boxes: bool = Field(True, title="Boxes", description="Also draw the lines that were found onto the picture.")


def read_by(_: ReadParams, surroundings: Surroundings) -> str:
    """What would read a picture now."""
    return made_by_engine(reading_engines(), surroundings, packages=("pillow", "pillow-heif"))


@pipeline(
    name="image.read",
    title="Read text",
    lane=Lane.CPU,
    accepts=tuple(PICTURE_FORMATS),
    params=ReadParams,
    rank=2,
    time_limit_s=600,  # a photo takes seconds, a page of small print at the largest search size a minute
    made_by=read_by,
)
def read(sources: Sequence[Source], params: ReadParams, context: Context) -> Run:
    """Read the text in a photo, a scan or a screenshot.

    Lines come from top to bottom and from left to right, each with its place and how sure the engine is. Reads
    Latin and Chinese script and Japanese, printed better than written. A picture without text gives none.
    """
    from pipelines.media.picture import read_picture

    context.progress(0.0, "decoding")
    opened = read_picture(sources[0].path)
    picture = opened.upright
    choice = choose(reading_engines(), Surroundings(context.models_dir, context.network))
    reader = choice.engine.make()(context)
    lines: list[Line] = []
    for line in _lines(picture, reader, params, context):
        lines.append(line)
        yield Part(PartKind.LINE, line.body())
    text = "\n".join(line.text for line in lines)
    yield _page(picture, lines, reader, context)
    yield _text(text, context)
    if params.boxes:
        yield _overlay(picture, lines, context)
    body = {"text": text, "lines": len(lines), "width_px": picture.width, "height_px": picture.height}
    return Result(body, reader.used, (*choice.warnings, *opened.warnings))


def _lines(picture: "Image", reader: Reader, params: ReadParams, context: Context) -> Iterator[Line]:
    context.progress(0.1, "finding lines")
    context.check()
    regions = in_reading_order(reader.regions(picture, params.detection_side_px))
    for done, line in enumerate(reader.read(picture, regions), start=1):
        context.check()
        context.progress(0.3 + 0.65 * done / len(regions), f"reading line {done} of {len(regions)}")
        if line.text and line.confidence >= params.min_confidence:
            yield line


def _page(picture: "Image", lines: Sequence[Line], reader: Reader, context: Context) -> Output:
    page = {
        "width_px": picture.width,
        "height_px": picture.height,
        "engine": {"name": reader.used.name, "model": reader.used.model},
        "lines": [{**line.body(), "polygon": line.polygon} for line in lines],
    }
    path = context.workdir / "page.json"
    path.write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    return Output("page.json", PAGE_TYPE, path)


def _text(text: str, context: Context) -> Output:
    path = context.workdir / "page.txt"
    path.write_text(f"{text}\n" if text else "", encoding="utf-8")
    return Output("page.txt", "text/plain", path)


def _overlay(picture: "Image", lines: Sequence[Line], context: Context) -> Output:
    from pipelines.media.overlay import AMBER, GREEN, RED, Overlay

    context.progress(0.95, "drawing")
    overlay = Overlay(picture)
    for line in lines:
        sure = GREEN if line.confidence >= SURE else AMBER if line.confidence >= UNSURE else RED
        overlay.outline(line.polygon, sure)
    path = context.workdir / "overlay.png"
    overlay.canvas.save(path, compress_level=3)
    return Output("overlay.png", "image/png", path)
