"""What there is to remember of the jobs of each pipeline."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.kept_in_memory import a_product

from pipelines.contract import PartKind, Source
from pipelines.house import Memory, MemoryKind, Product
from pipelines.memory.remembered import Looking, memories_of

BEES = "Bees dance to tell where flowers are. They sleep at night.\n\nA hive has one queen."


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def remembered(product: Product, *sources: Source, warn: Callable[[str], None] = print) -> list[Memory]:
    return list(memories_of(product, sources, Looking(words, lambda: None, warn)))


@pytest.fixture
def text(tmp_path: Path) -> Callable[..., Source]:
    def write(content: str, name: str = "bees_and-flowers.txt", media_type: str = "text/plain") -> Source:
        path = tmp_path / "text"
        path.write_text(content)
        return Source(path, name, media_type, len(content.encode()))

    return write


def test_document_is_remembered_by_its_passages_whichever_pipeline_read_it(text: Callable[..., Source]) -> None:
    source = text(BEES)

    found = [remembered(a_product(name), source) for name in ("text.keywords", "text.embed", "text.entities")]

    assert found[0] == found[1] == found[2]
    title, passage = found[0]
    assert title.text == "bees and flowers"
    assert passage.text == " ".join(BEES.split())
    assert BEES[passage.place["start"] : passage.place["end"]] == BEES
    assert (passage.kind, passage.language) == (MemoryKind.PASSAGE, "en")


def test_page_of_a_document_is_told(make_pdf: Callable[..., Path]) -> None:
    long = "Honey keeps for thousands of years if it is sealed from the air and water. " * 2
    path = make_pdf([["The first page tells of queens."], [long[:74], long[:74], "Drones do no work at all."]])

    found = remembered(a_product("text.summarize"), Source(path, "made.pdf", "application/pdf", 1))

    pages = [memory.place["page"] for memory in found if "page" in memory.place]
    assert pages[0] == 1
    assert "queens" in found[1].text


def test_rows_of_a_table_are_remembered(text: Callable[..., Source]) -> None:
    table = "Prices of honey:\n\n| sort | euros |\n|---|---|\n| acacia | 9.50 |\n| heather | 12 |\n"

    found = remembered(a_product("text.embed"), text(table, "prices.md", "text/markdown"))

    assert any("heather" in memory.text for memory in found)


def test_pasted_text_has_no_name_beside_its_beginning(text: Callable[..., Source]) -> None:
    found = remembered(a_product("text.keywords"), text(BEES, "Bees dance to tell where flowers are.….txt"))

    assert [memory.text for memory in found] == [" ".join(BEES.split())]


def test_markup_that_was_read_aloud_is_remembered_as_it_was_said(text: Callable[..., Source]) -> None:
    source = text("<speak><p>The harbour is <emphasis>closed</emphasis>.</p></speak>", "said.txt")

    found = remembered(a_product("audio.speak"), source)

    assert [memory.text for memory in found] == ["said", "The harbour is closed."]


@pytest.mark.parametrize("pipeline", ["image.analyze", "image.read", "image.enhance", "image.embed"])
def test_picture_is_remembered_by_itself_with_its_name(pipeline: str) -> None:
    source = Source(Path("photo"), "beach_at-noon.jpeg", "image/jpeg", 1)

    [picture] = remembered(a_product(pipeline), source)

    assert (picture.kind, picture.text, picture.source) == (MemoryKind.PICTURE, "beach at noon", 0)


def test_both_of_two_pictures_are_remembered() -> None:
    sources = [Source(Path(name), name, "image/png", 1) for name in ("before.png", "after.png")]

    found = remembered(a_product("image.compare"), *sources)

    assert [(memory.text, memory.source) for memory in found] == [("before", 0), ("after", 1)]


def test_what_was_seen_in_a_picture_is_remembered() -> None:
    labels = [{"label": "tabby cat", "score": 0.05}, {"label": "lynx", "score": 0.02}]
    analysis: Mapping[str, Any] = {
        "labels": labels,
        "words": [{"label": "a sofa", "score": 0.8, "cosine": 0.3}, {"label": "a boat", "score": 0.1, "cosine": 0.1}],
        "faces": [{}, {}],
        "codes": [{"format": "QRCode", "text": "https://example.org/menu"}],
    }
    parts = [(PartKind.LABELS, {"labels": labels})]

    found = remembered(a_product("image.analyze", parts, analysis), Source(Path("p"), "1.png", "image/png", 1))

    assert [memory.text for memory in found if memory.kind is MemoryKind.LABELS] == [
        "tabby cat, a sofa, 2 faces, https://example.org/menu"
    ]


def test_answer_is_remembered_with_its_question_as_the_job_s_own() -> None:
    product = a_product("text.answer", result={"question": "Who dances?", "answer": "Bees do [1].", "citations": []})

    [memory] = remembered(product)

    assert (memory.text, memory.source) == ("Who dances?\nBees do [1].", None)


def test_summary_is_remembered_as_the_job_s_own(text: Callable[..., Source]) -> None:
    product = a_product("text.summarize", result={"summary": "Bees dance."})

    found = remembered(product, text(BEES))

    assert [memory.text for memory in found if memory.source is None] == ["Bees dance."]


def test_read_page_is_not_remembered_twice(make_pdf: Callable[..., Path]) -> None:
    body = {"text": "Harbour office", "box": {"x": 1, "y": 1, "width": 9, "height": 2}, "page": 1}
    product = a_product("image.read", [(PartKind.LINE, body)])

    found = remembered(product, Source(make_pdf([["Harbour office"]]), "scan of a page.pdf", "application/pdf", 1))

    assert [(memory.kind, memory.text) for memory in found] == [
        (MemoryKind.TITLE, "scan of a page"),
        (MemoryKind.LINE, "Harbour office"),
    ]


def test_scan_without_a_word_is_remembered_by_its_name(make_pdf: Callable[..., Path]) -> None:
    source = Source(make_pdf([[]]), "empty page.pdf", "application/pdf", 1)

    found = remembered(a_product("image.read"), source)

    assert [memory.text for memory in found] == ["empty page"]


def test_document_that_the_job_passed_over_is_told_and_the_others_are_remembered(
    make_pdf: Callable[..., Path], text: Callable[..., Source]
) -> None:
    empty = Source(make_pdf([[]]), "empty.pdf", "application/pdf", 1)
    told: list[str] = []

    found = remembered(a_product("fusion.describe"), empty, text(BEES), warn=told.append)

    assert {memory.source for memory in found} == {1}
    assert len(told) == 1
    assert "'empty.pdf' was not read" in told[0]
