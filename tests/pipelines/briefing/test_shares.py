"""Which pieces of several files are shown: of each file some, the best of them first."""

from pathlib import Path

from pipelines.briefing.shares import in_turns
from pipelines.contract import Context
from pipelines.dialogue.evidence import Evidence
from pipelines.house import MemoryKind, Modality
from pipelines.standalone import standalone_context

HARBOUR = ["The harbour opened in 1871.", "The harbour has three cranes.", "The harbour freezes in winter."]


def pieces(source: int, *texts: str) -> list[Evidence]:
    return [Evidence(text, f"{source}.txt", MemoryKind.PASSAGE, Modality.TEXT, source=source) for text in texts]


def here(tmp_path: Path) -> Context:
    return standalone_context(tmp_path)


def test_a_question_brings_the_best_of_each_file_before_the_others_of_any(tmp_path: Path) -> None:
    both = [*pieces(0, *HARBOUR), *pieces(1, "Bread is baked at night.", "The mill grinds rye.")]

    ranked, _ = in_turns(both, "When did the harbour open?", here(tmp_path))

    assert ranked[0].text == HARBOUR[0]
    assert ranked[1].source == 1
    assert [piece.source for piece in ranked[2:]] == [0, 0, 1]


def test_without_a_question_files_take_turns_and_each_is_seen_from_end_to_end(tmp_path: Path) -> None:
    long, short = pieces(0, *"abcdefghi"), pieces(1, "x", "y")

    shown, warnings = in_turns([*long, *short], "", here(tmp_path))

    assert "".join(piece.text for piece in shown) == "axiyecgbdfh"
    assert warnings == ()
