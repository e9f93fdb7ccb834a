"""Lines that were read as memories: paragraphs, with the box around them."""

from collections.abc import Sequence
from pathlib import Path

from support.kept_in_memory import a_product

from pipelines.contract import PartKind, Source
from pipelines.house import Memory, Modality, Product
from pipelines.memory.printed import MOST_CHARACTERS, lines_of

PHOTO = Source(Path("photo"), "IMG.jpg", "image/jpeg", 1)
SCAN = Source(Path("scan"), "2021.pdf", "application/pdf", 1)


def page(*lines: tuple[str, float, float, float, float], number: int = 1) -> list[tuple[PartKind, dict[str, object]]]:
    """Lines as they are read: text, and left, top, width and height of the box."""
    return [
        (PartKind.LINE, {"text": text, "box": {"x": x, "y": y, "width": w, "height": h}, "page": number})
        for text, x, y, w, h in lines
    ]


def read(product: Product, source: Source = PHOTO) -> Sequence[Memory]:
    return list(lines_of(product, source))


def test_lines_of_a_paragraph_are_one_memory_with_the_box_around_them() -> None:
    product = a_product("image.read", page(("The harbour", 10, 20, 80, 10), ("is closed.", 12, 32, 60, 10)))

    [memory] = read(product)

    assert memory.text == "The harbour is closed."
    assert memory.place == {"box": {"x": 10, "y": 20, "width": 80, "height": 22}, "page": 1}


def test_gap_between_paragraphs_parts_them() -> None:
    product = a_product("image.read", page(("Rules", 10, 20, 80, 10), ("No fires.", 10, 60, 60, 10)))

    memories = read(product)

    assert [(one.text, one.position) for one in memories] == [("Rules", 0), ("No fires.", 1)]


def test_columns_are_not_mixed() -> None:
    product = a_product("image.read", page(("left", 0, 10, 40, 10), ("right", 100, 12, 40, 10)))

    memories = read(product)

    assert [one.text for one in memories] == ["left", "right"]


def test_pages_are_not_mixed() -> None:
    product = a_product("image.read", [*page(("one", 0, 10, 40, 10)), *page(("two", 0, 20, 40, 10), number=2)])

    memories = read(product)

    assert [(one.text, one.place["page"]) for one in memories] == [("one", 1), ("two", 2)]


def test_paragraph_is_no_longer_than_a_passage() -> None:
    lines = [(f"line {number} " + "x" * 90, 0, 10 * number, 200, 9) for number in range(20)]

    memories = read(a_product("image.read", page(*lines)))

    assert len(memories) > 1
    assert all(len(one.text) <= MOST_CHARACTERS + len(memories[0].text.split()) for one in memories)


def test_what_was_read_in_a_photo_is_seen_and_on_a_page_is_text() -> None:
    product = a_product("image.read", page(("Total due", 0, 0, 40, 10)))

    seen = [[one.modality for one in read(product, source)] for source in (PHOTO, SCAN)]

    assert seen == [[Modality.IMAGE], [Modality.TEXT]]


def test_language_is_that_of_the_whole() -> None:
    words = "Das Hafenbüro ist von sieben bis neunzehn Uhr geöffnet und sonntags geschlossen"

    [memory] = read(a_product("image.read", page((words, 0, 0, 400, 10))))

    assert memory.language == "de"
