"""The process that shows pages is bounded, and whatever becomes of it is told."""

import pytest
from support.pdfs import pdf

from api.viewing import Limits, show_page
from pipelines.errors import BadInput


@pytest.fixture
def heavy(tmp_path):
    """A PDF of many pages."""
    path = tmp_path / "heavy.pdf"
    path.write_bytes(pdf([[f"line {line} of page {page}" for line in range(60)] for page in range(900)]))
    return path


def test_page_that_takes_too_long_is_given_up(heavy):
    with pytest.raises(BadInput, match="takes more than 1 s") as refused:
        show_page(heavy, "application/pdf", 900, limits=Limits(cpu_s=1))

    assert refused.value.code == "too_costly"


def test_page_that_is_waited_for_too_long_is_given_up(heavy):
    with pytest.raises(BadInput) as refused:
        show_page(heavy, "application/pdf", 1, limits=Limits(wall_s=0.01))

    assert refused.value.code == "too_costly"
