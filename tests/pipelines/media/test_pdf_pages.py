"""Pages of PDFs that are drawn elsewhere: what asks for too much is refused, and what is cancelled ends."""

from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from pipelines.errors import BadInput, Cancelled
from pipelines.media.pdf_pages import Allowance, opened_pdf

LITTLE = Allowance(cpu_s=1, memory_bytes=1 << 30)
PLAIN = "0 0 1 rg 10 10 30 30 re f"


def write_pdf(path: Path, *contents: str, forms: Sequence[str] = ()) -> Path:
    """Pages of 100 x 50 points that draw ``contents``, which may call the ``forms`` F0, F1, ... as forms do too."""
    names = " ".join(f"/F{number} {10 + number} 0 R" for number in range(len(forms)))
    resources = f"/Resources << /XObject << {names} >> >>"
    pages = range(100, 100 + 2 * len(contents), 2)
    objects = {1: "<< /Type /Catalog /Pages 2 0 R >>"}
    objects[2] = f"<< /Type /Pages /Count {len(contents)} /Kids [{' '.join(f'{page} 0 R' for page in pages)}] >>"
    for number, form in enumerate(forms, start=10):
        objects[number] = stream(form, f"/Type /XObject /Subtype /Form /BBox [0 0 100 50] {resources} ")
    for page, content in zip(pages, contents, strict=True):
        box = f"/MediaBox [0 0 100 50] {resources}"
        objects[page] = f"<< /Type /Page /Parent 2 0 R {box} /Contents {page + 1} 0 R >>"
        objects[page + 1] = stream(content)
    told = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in objects.items())
    path.write_text(f"%PDF-1.7\n{told}trailer << /Root 1 0 R >>\n%%EOF\n")
    return path


def stream(content: str, head: str = "") -> str:
    return f"<< {head}/Length {len(content)} >>\nstream\n{content}\nendstream"


@pytest.fixture
def costly(tmp_path: Path) -> Path:
    """A plain page, and one that draws a square 2 to the power of 40 times."""
    doubling = [f"/F{number + 1} Do /F{number + 1} Do" for number in range(40)]
    return write_pdf(tmp_path / "costly.pdf", PLAIN, "/F0 Do", forms=[*doubling, PLAIN])


def nothing_to_check() -> None:
    pass


def test_page_that_asks_for_too_much_is_refused_and_others_are_drawn(costly: Path) -> None:
    with opened_pdf(costly, 72, nothing_to_check, LITTLE) as pdf:
        first = pdf.page(1).picture
        with pytest.raises(BadInput, match="page 2 of the PDF takes more than 1 s or 1 GiB to draw") as refused:
            pdf.page(2)

    assert (first.size, first.getpixel((20, 25)), first.getpixel((80, 25))) == ((100, 50), (0, 0, 255), (255, 255, 255))
    assert refused.value.code == "too_costly"


def test_cancel_is_heard_while_a_page_is_drawn_and_ends_what_draws_it(costly: Path) -> None:
    checks = iter((None,) * 3)

    def check() -> None:
        if next(checks, "no more") is not None:
            raise Cancelled

    with pytest.raises(Cancelled), opened_pdf(costly, 72, check, Allowance(cpu_s=60)) as pdf:
        pdf.page(2)

    assert [one for one in psutil.Process().children() if "pdf_renderer" in " ".join(one.cmdline())] == []


def test_page_asked_of_a_renderer_that_has_died_is_refused(costly: Path) -> None:
    with opened_pdf(costly, 72, nothing_to_check, LITTLE) as pdf:
        for _ in range(2):
            with pytest.raises(BadInput) as refused:
                pdf.page(2)

    assert refused.value.code == "too_costly"


def test_document_without_its_pages_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(BadInput, match="damaged or has no pages"),
        opened_pdf(write_pdf(tmp_path / "empty.pdf"), 72, nothing_to_check),
    ):
        pass
