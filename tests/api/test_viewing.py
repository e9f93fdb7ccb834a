"""The process that shows pages is bounded, and whatever becomes of it is told."""

import io

import pytest
from PIL import Image
from support.pdfs import endless_pdf, pdf

from api.viewing import Limits, show_page
from pipelines.errors import BadInput


@pytest.fixture
def endless(tmp_path):
    path = tmp_path / "endless.pdf"
    path.write_bytes(endless_pdf())
    return path


@pytest.mark.parametrize("limits", [Limits(cpu_s=1), Limits(wall_s=1.0)])
def test_page_that_never_ends_is_given_up(endless, limits):
    with pytest.raises(BadInput, match="takes more than") as refused:
        show_page(endless, "application/pdf", 1, limits=limits)

    assert refused.value.code == "too_costly"


def test_picture_that_jpeg_hardly_compresses_is_coarser_and_as_large_as_it_was(tmp_path):
    path = tmp_path / "noise.png"
    Image.effect_noise((4600, 4600), 200).convert("RGB").save(path, compress_level=0)

    with show_page(path, "image/png", 1, 200).picture as shown:
        drawn = shown.read()

    assert len(drawn) <= 16 << 20
    assert Image.open(io.BytesIO(drawn)).size == (4600, 4600)


def test_page_of_more_text_than_is_sent_is_cut_and_said_to_be(tmp_path):
    path = tmp_path / "long.pdf"
    path.write_bytes(pdf([["x" * 999] * 101]))

    told = show_page(path, "application/pdf", 1).told

    assert len(told["text"]) == 100_000
    assert told["warnings"] == ["The page has 101,000 characters; the first 100,000 are shown."]
