"""Quoted sentences say where they stand, as exactly as that is known."""

from dataclasses import replace

from pipelines.dialogue.evidence import Evidence
from pipelines.dialogue.quoting import sentences_of
from pipelines.house import MemoryKind, Modality

SOURCE = "The mill was built in 1812. It turns every day."
PIECE = Evidence(SOURCE, "mill.txt", MemoryKind.PASSAGE, Modality.TEXT, {"start": 40, "end": 40 + len(SOURCE)})


def test_sentence_of_a_document_stands_at_its_own_characters() -> None:
    _, second = sentences_of(PIECE)

    assert (second.text, second.place) == ("It turns every day.", {"start": 68, "end": 87})


def test_sentence_of_a_piece_with_other_white_space_stands_where_the_piece_does() -> None:
    place = {"start": 40, "end": 40 + len(SOURCE) + 1, "page": 2}  # a blank line parts the two in the document

    first, second = sentences_of(replace(PIECE, place=place))

    assert [first.text, second.text] == ["The mill was built in 1812.", "It turns every day."]
    assert first.place == second.place == place
