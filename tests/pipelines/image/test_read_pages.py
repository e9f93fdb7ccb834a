"""Reading documents of several pages: PDFs, rendered, and TIFFs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from pydantic import ValidationError

from pipelines.contract import Context, Source
from pipelines.errors import BadInput
from pipelines.standalone import run_pipeline
from tests.pipelines.conftest import PdfMaker

pytestmark = pytest.mark.engine

SIZE = 30


def sheet(*lines: str) -> Image.Image:
    page = Image.new("RGB", (700, 260), "white")
    for row, line in enumerate(lines):
        ImageDraw.Draw(page).text((30, 30 + 60 * row), line, font=ImageFont.load_default(SIZE), fill="black")
    return page


def pdf(path: Path) -> Source:
    return Source(path, "document.pdf", "application/pdf", path.stat().st_size)


@pytest.fixture
def tiff(tmp_path: Path) -> Source:
    path = tmp_path / "scan.tif"
    first, *others = sheet("First sheet"), sheet("Second sheet", "with two lines"), sheet("Third sheet")
    first.save(path, "TIFF", save_all=True, append_images=others)
    return Source(path, "scan.tif", "image/tiff", path.stat().st_size)


def test_every_page_of_a_tiff_is_read(tiff: Source, context: Context) -> None:
    finished = run_pipeline("image.read", [tiff], {}, context)

    told = [(part.body["page"], part.body["text"]) for part in finished.parts]
    assert told == [(1, "First sheet"), (2, "Second sheet"), (2, "with two lines"), (3, "Third sheet")]
    assert (finished.result.body["pages"], finished.result.body["lines"]) == (3, 4)
    assert list(finished.result.warnings) == []


def test_pages_are_told_apart_in_the_outputs(tiff: Source, context: Context) -> None:
    finished = run_pipeline("image.read", [tiff], {}, context)

    page = json.loads(finished.output("page.json").path.read_text())
    assert [line["text"] for line in page["lines"]] == ["First sheet"]
    assert [[line["text"] for line in one["lines"]] for one in page["pages"]][1] == ["Second sheet", "with two lines"]
    assert finished.output("page.txt").path.read_text().split("\f")[2] == "Third sheet\n"
    assert [one.name for one in finished.outputs if one.media_type == "image/png"] == [
        f"overlay-{number}.png" for number in (1, 2, 3)
    ]


def test_only_the_chosen_pages_are_read(tiff: Source, context: Context) -> None:
    finished = run_pipeline("image.read", [tiff], {"pages": "3,1"}, context)

    assert finished.result.body["text"] == "First sheet\fThird sheet"


def test_pages_of_a_pdf_are_rendered_and_read(make_pdf: PdfMaker, context: Context) -> None:
    source = pdf(make_pdf([["Harbour office report"], ["Total due 1284.50"]]))

    finished = run_pipeline("image.read", [source], {"detection_side_px": 1000}, context)

    assert finished.result.body["text"] == "Harbour office report\fTotal due 1284.50"
    assert (finished.result.body["width_px"], finished.result.body["height_px"]) == (1653, 2339)
    assert [warning for warning in finished.result.warnings if "brings its own text" in warning] != []


def test_single_line_of_small_print_on_an_empty_sheet_is_found(tmp_path: Path, context: Context) -> None:
    page = Image.new("RGB", (1654, 2339), "white")  # A4 at 200 dpi
    draw = ImageDraw.Draw(page)
    draw.text((200, 300), "The meeting is moved to Thursday", font=ImageFont.load_default(26), fill="black")
    path = tmp_path / "page.png"
    page.save(path)

    finished = run_pipeline("image.read", [Source(path, "page.png", "image/png", 1)], {}, context)

    assert finished.result.body["text"] == "The meeting is moved to Thursday"
    box = finished.parts[0].body["box"]
    assert (box["x"], box["y"]) == pytest.approx((200, 300), abs=15)


def test_resolution_decides_the_size_of_a_rendered_page(make_pdf: PdfMaker, context: Context) -> None:
    source = pdf(make_pdf([["Harbour office report"]]))

    finished = run_pipeline("image.read", [source], {"dpi": 144}, context)

    assert (finished.result.body["width_px"], finished.result.body["height_px"]) == (1190, 1684)


@pytest.mark.parametrize("pages", ["0", "3-1", "a", "1,", "1-", "-2", "\u0663", "1-\u0663"])
def test_pages_that_make_no_sense_are_refused(pages: str, tiff: Source, context: Context) -> None:
    with pytest.raises(ValidationError):
        run_pipeline("image.read", [tiff], {"pages": pages}, context)


def test_page_that_is_not_there_is_refused(tiff: Source, context: Context) -> None:
    with pytest.raises(BadInput, match="no page 9: the document has 3 pages") as refused:
        run_pipeline("image.read", [tiff], {"pages": "2-9"}, context)

    assert refused.value.code == "no_such_page"


def locked(make_pdf: PdfMaker) -> Path:
    return make_pdf([["secret"]], password="hidden")


def damaged(make_pdf: PdfMaker) -> Path:
    path = make_pdf([["words"]])
    path.write_bytes(b"%PDF-1.7\n" + b"\xff" * 400)
    return path


def huge(make_pdf: PdfMaker) -> Path:
    path = make_pdf([["words"]])
    path.write_bytes(path.read_bytes().replace(b"595", b"99999").replace(b"842", b"99999"))
    return path


def without_pages(make_pdf: PdfMaker) -> Path:
    return make_pdf([])


def of_too_many(make_pdf: PdfMaker) -> Path:
    return make_pdf([[]] * 501)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (locked, "encrypted_pdf"),
        (damaged, "bad_media"),
        (huge, "too_many_pixels"),
        (without_pages, "bad_media"),
        (of_too_many, "too_many_pages"),
    ],
)
def test_pdf_that_cannot_be_read_is_refused(
    make: Callable[[PdfMaker], Path], code: str, make_pdf: PdfMaker, context: Context
) -> None:
    source = pdf(make(make_pdf))

    with pytest.raises(BadInput) as refused:
        run_pipeline("image.read", [source], {}, context)

    assert refused.value.code == code
    assert list(context.workdir.iterdir()) == []


def test_columns_are_read_one_after_the_other(tmp_path: Path, context: Context) -> None:
    page = Image.new("RGB", (1200, 520), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(SIZE)
    left = ["The harbour was built by", "hand in the years before", "the railway came to town", "and ships were many."]
    right = [
        "Today it is a quiet place",
        "where children catch crabs",
        "and old men mend the nets",
        "that nobody uses now.",
    ]
    draw.text((40, 30), "A short history of the harbour and its people in two parts", font=font, fill="black")
    for row in range(4):
        draw.text((40, 120 + 60 * row), left[row], font=font, fill="black")
        draw.text((640, 120 + 60 * row), right[row], font=font, fill="black")
    path = tmp_path / "page.png"
    page.save(path)

    finished = run_pipeline("image.read", [Source(path, "page.png", "image/png", 1)], {}, context)

    assert finished.result.body["text"].splitlines()[1:] == [*left, *right]


def test_table_of_an_invoice_is_told_in_rows(tmp_path: Path, context: Context) -> None:
    page = Image.new("RGB", (900, 420), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(SIZE)
    draw.text((40, 30), "Invoice of the harbour office", font=font, fill="black")
    table = [["Item", "Pieces", "Price"], ["Mooring", "14", "280.00"], ["Fresh water", "3", "12.50"]]
    for row, cells in enumerate(table):
        for x, anchor, cell in zip((40, 500, 860), ("ls", "rs", "rs"), cells, strict=True):
            draw.text((x, 170 + 60 * row), cell, font=font, fill="black", anchor=anchor)
    draw.text((40, 360), "Thank you for your visit", font=font, fill="black")
    path = tmp_path / "invoice.png"
    page.save(path)

    finished = run_pipeline("image.read", [Source(path, "invoice.png", "image/png", 1)], {}, context)

    [told] = json.loads(finished.output("page.json").path.read_text())["tables"]
    text = finished.output("page.txt").path.read_text().splitlines()
    assert (told["page"], told["rows"]) == (1, table)
    assert (told["box"]["x"], told["box"]["y"]) == pytest.approx((40, 145), abs=20)
    assert text == ["Invoice of the harbour office", *("\t".join(cells) for cells in table), "Thank you for your visit"]
