"""Reading the text of real, rendered pictures with the real engine."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from pipelines.catalogue import catalogue
from pipelines.contract import Context, Part, PartKind
from pipelines.errors import BadInput, Cancelled
from pipelines.standalone import run_pipeline
from tests.pipelines.image.conftest import AsSource

LINES = ["Harbour office report", "Total due", "1284.50"]

pytestmark = pytest.mark.engine


def test_lines_come_top_to_bottom_and_left_to_right(page: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(page)

    finished = run_pipeline("image.read", [source], {}, context)

    assert [part.body["text"] for part in finished.parts] == LINES
    assert {part.kind for part in finished.parts} == {PartKind.LINE}
    assert finished.result.body == {"text": "\n".join(LINES), "lines": 3, "width_px": 900, "height_px": 300}
    assert (finished.result.engine.name, list(finished.result.warnings)) == ("rapidocr", [])


def test_outputs_tell_the_same_lines_with_their_places(
    page: Image.Image, as_source: AsSource, context: Context
) -> None:
    source = as_source(page)

    finished = run_pipeline("image.read", [source], {}, context)

    told = json.loads(finished.output("page.json").path.read_text())
    assert finished.output("page.json").media_type == "application/vnd.triptych.page+json"
    assert [line["text"] for line in told["lines"]] == LINES
    box = told["lines"][0]["box"]
    assert (box["x"], box["y"]) == pytest.approx((40, 45), abs=15)
    assert len(told["lines"][0]["polygon"]) == 4
    assert finished.output("page.txt").path.read_text() == "\n".join(LINES) + "\n"


def test_picture_that_was_reduced_until_nothing_is_found_is_told_to_be_cut(
    as_source: AsSource, context: Context
) -> None:
    plan = as_source(Image.new("RGB", (3_000, 2_000), "white"))

    finished = run_pipeline("image.read", [plan], {"detection_side_px": 640}, context)

    [warning] = finished.result.warnings
    assert "3000 x 2000 pixels were looked at 5 times smaller: cut it" in warning


def test_empty_page_of_the_usual_size_is_no_reason_for_a_warning(as_source: AsSource, context: Context) -> None:
    paper = as_source(Image.new("RGB", (1_000, 600), "white"))

    finished = run_pipeline("image.read", [paper], {}, context)

    assert list(finished.result.warnings) == []


def test_overlay_marks_lines_and_leaves_the_rest(page: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(page)

    finished = run_pipeline("image.read", [source], {}, context)

    overlay = np.asarray(Image.open(finished.output("overlay.png").path).convert("RGB")).astype(int)
    changed = np.abs(overlay - np.asarray(page)).sum(axis=2) > 0
    assert overlay.shape == (300, 900, 3)
    assert changed[30:110, 30:440].any()
    assert not changed[:20].any()


def test_no_overlay_is_drawn_when_none_is_asked_for(page: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(page)

    finished = run_pipeline("image.read", [source], {"boxes": False}, context)

    assert [output.name for output in finished.outputs] == ["page.json", "page.txt"]


def test_photo_on_its_side_is_read_upright(page: Image.Image, as_source: AsSource, context: Context) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: shown after a quarter turn clockwise
    source = as_source(page.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=92)

    finished = run_pipeline("image.read", [source], {}, context)

    assert finished.result.body["text"].splitlines() == LINES
    assert finished.result.body["width_px"] == 900


def test_long_scanned_lines_are_not_turned_over(as_source: AsSource, context: Context) -> None:
    source = as_source(Image.fromarray(data.page()))

    finished = run_pipeline("image.read", [source], {}, context)

    assert "the markers are found at the two extreme parts of the" in finished.result.body["text"]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_page_that_lies_otherwise_is_read_in_its_own_order(
    degrees: int, page: Image.Image, as_source: AsSource, context: Context
) -> None:
    source = as_source(page.rotate(degrees, expand=True))

    finished = run_pipeline("image.read", [source], {}, context)

    assert finished.result.body["text"].splitlines() == LINES


def test_line_upside_down_on_a_page_that_stands_is_read(
    page: Image.Image, as_source: AsSource, context: Context
) -> None:
    page.paste(page.crop((0, 160, 500, 260)).rotate(180), (0, 160))
    source = as_source(page)

    finished = run_pipeline("image.read", [source], {}, context)

    assert set(finished.result.body["text"].splitlines()) == set(LINES)


@pytest.mark.parametrize("size", [(640, 480), (1, 1), (3000, 2), (40, 9000)])
def test_picture_without_text_gives_an_empty_page(size: tuple[int, int], as_source: AsSource, context: Context) -> None:
    source = as_source(Image.new("RGB", size, (200, 210, 220)))

    finished = run_pipeline("image.read", [source], {}, context)

    assert (finished.result.body["text"], finished.result.body["lines"]) == ("", 0)
    assert finished.output("page.txt").path.read_bytes() == b""


def test_cancelled_reading_stops_between_lines(page: Image.Image, as_source: AsSource, context: Context) -> None:
    calls = iter([None, None])  # before the search and before the first line

    def check() -> None:
        if next(calls, "spent") == "spent":
            raise Cancelled

    run = catalogue()["image.read"]
    reading = run.function([as_source(page)], run.params(), replace(context, check=check))

    first = next(reading)

    assert isinstance(first, Part)
    assert first.body["text"] == LINES[0]
    with pytest.raises(Cancelled):
        next(reading)


def test_cut_off_picture_is_bad_media(page: Image.Image, as_source: AsSource, context: Context) -> None:
    source = as_source(page, "JPEG")
    source.path.write_bytes(source.path.read_bytes()[:2000])

    with pytest.raises(BadInput) as refused:
        run_pipeline("image.read", [source], {}, context)

    assert refused.value.code == "bad_media"
    assert list(context.workdir.iterdir()) == []


def test_reading_never_touches_the_network(page: Image.Image, as_source: AsSource, tmp_path: Path) -> None:
    source = as_source(page)
    program = (
        "import socket, sys; from pathlib import Path\n"
        "def refuse(*_): raise SystemExit('a connection was tried')\n"
        "socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse\n"
        "from pipelines.standalone import run_pipeline, standalone_context\n"
        "from pipelines.contract import Source\n"
        f"source = Source(Path({str(source.path)!r}), 'page', 'image/png', 1)\n"
        f"context = standalone_context(Path({str(tmp_path)!r}))\n"
        "print(run_pipeline('image.read', [source], {}, context).result.body['lines'])\n"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert finished.stdout.strip() == "3", finished.stderr
