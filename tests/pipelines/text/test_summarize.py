"""text.summarize quotes the sentences a document turns around."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.contract import Context, PartKind, Source
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.network import NoNetwork
from pipelines.errors import BadInput, Cancelled
from pipelines.standalone import run_pipeline

BEES = (
    "Honey bees live in colonies of many thousand workers. The workers of a bee colony collect nectar and pollen. "
    "My neighbour painted his fence green last week. Bees turn the nectar that workers collect into honey. "
    "A colony of honey bees stores its honey in wax combs. The bus to town leaves every ten minutes."
)


def test_summary_is_the_central_sentences_word_for_word_and_in_their_order(run_text: Any) -> None:
    finished = run_text("text.summarize", BEES, sentences=3)

    sentences = finished.result.body["sentences"]
    assert [BEES[sentence["start"] : sentence["end"]] for sentence in sentences] == [s["text"] for s in sentences]
    assert [sentence["start"] for sentence in sentences] == sorted(sentence["start"] for sentence in sentences)
    assert "fence" not in finished.result.body["summary"]
    assert "bus" not in finished.result.body["summary"]


def test_each_sentence_is_a_part_and_a_line_of_the_output(run_text: Any) -> None:
    finished = run_text("text.summarize", BEES, sentences=2)

    texts = [sentence["text"] for sentence in finished.result.body["sentences"]]
    assert [(part.kind, part.body["text"]) for part in finished.parts] == [(PartKind.PASSAGE, text) for text in texts]
    assert finished.output("summary.txt").path.read_text().splitlines() == texts
    assert finished.output("summary.txt").media_type == "text/plain"


def test_result_names_language_engine_and_model(run_text: Any) -> None:
    finished = run_text("text.summarize", BEES)

    assert finished.result.body["language"] == "en"
    assert (finished.result.engine.name, finished.result.engine.model) == ("minilm", "all-MiniLM-L6-v2")


def test_diversity_leaves_out_a_sentence_said_twice(run_text: Any) -> None:
    twice = "Honey bees make honey from nectar. " * 2 + BEES

    repeating = run_text("text.summarize", twice, sentences=3, diversity=0)
    diverse = run_text("text.summarize", twice, sentences=3, diversity=0.5)

    assert len({sentence["text"] for sentence in repeating.result.body["sentences"]}) == 2
    assert len({sentence["text"] for sentence in diverse.result.body["sentences"]}) == 3


def test_text_shorter_than_its_summary_is_given_whole_with_a_warning(run_text: Any) -> None:
    finished = run_text("text.summarize", "Only one sentence stands here.")

    assert finished.result.body["summary"] == "Only one sentence stands here."
    assert any("only one sentence" in warning for warning in finished.result.warnings)


@pytest.mark.engine
def test_more_sentences_than_are_compared_are_told_in_a_warning(run_text: Any) -> None:
    finished = run_text("text.summarize", "".join(f"Number {n} is a number.\n\n" for n in range(1600)), sentences=1)

    assert any("1,600 sentences" in warning for warning in finished.result.warnings)
    assert finished.result.body["sentences_read"] == 1500


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("机器学习是人工智能的一个分支。今天天气很好。机器学习算法从数据中学习规律。", "zh"),
        ("שלום עולם לכולם כאן. למידת מכונה היא תחום חשוב. המודל לומד מתוך נתונים רבים.", "he"),
    ],
)
def test_other_scripts_are_cut_into_sentences_and_warned_of(run_text: Any, text: str, language: str) -> None:
    finished = run_text("text.summarize", text, sentences=1)

    assert finished.result.body["language"] == language
    assert finished.result.body["sentences_read"] == 3
    assert any("trained on English" in warning for warning in finished.result.warnings)


def test_sentences_of_a_pdf_tell_their_page(run_text: Any, make_pdf: Any) -> None:
    path = make_pdf([["The first page speaks of bees."], ["The second page speaks of honey."]])

    finished = run_text("text.summarize", path, "application/pdf")

    assert [sentence["page"] for sentence in finished.result.body["sentences"]] == [1, 2]


@pytest.mark.parametrize("text", ["", "  \n\t\n "])
def test_empty_text_is_bad_input_and_leaves_nothing(run_text: Any, tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        run_text("text.summarize", text)

    assert refused.value.code == "no_text"
    assert list((tmp_path / "work").iterdir()) == []


def test_text_of_emoji_alone_is_summarized_as_itself(run_text: Any) -> None:
    finished = run_text("text.summarize", "😀😀 🎉")

    assert finished.result.body["summary"] == "😀😀 🎉"
    assert finished.result.body["language"] == "und"


def test_cancelled_summary_stops(tmp_path: Path, models: BoundedModelCache) -> None:
    def cancelled() -> None:
        raise Cancelled

    source = tmp_path / "bees.txt"
    source.write_text(BEES)
    context = Context(tmp_path, tmp_path, models, NoNetwork(), check=cancelled)

    with pytest.raises(Cancelled):
        run_pipeline("text.summarize", [Source(source, "bees.txt", "text/plain", 1)], {"sentences": 2}, context)


@pytest.mark.parametrize("params", [{"sentences": 0}, {"sentences": 51}, {"diversity": 1.1}, {"length": 3}])
def test_params_out_of_bounds_or_unknown_are_refused(run_text: Any, params: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        run_text("text.summarize", BEES, **params)


@pytest.mark.parametrize("words", [20, 40])
def test_summary_has_at_most_the_wanted_words_and_uses_them(run_text: Any, words: int) -> None:
    finished = run_text("text.summarize", BEES, words=words)

    counted = len(finished.result.body["summary"].split())
    assert words - 12 < counted <= words


def test_summary_is_at_most_the_wanted_share_of_the_text(run_text: Any) -> None:
    finished = run_text("text.summarize", BEES, share=0.4)

    assert 0.2 < len(finished.result.body["summary"]) / len(BEES) <= 0.4


def test_text_without_a_sentence_that_is_short_enough_gives_the_most_central_one(run_text: Any) -> None:
    long = "Honey bees live in large colonies and collect nectar and pollen in the fields all summer long. "

    finished = run_text("text.summarize", long + long.replace("Honey", "Wild"), words=10)

    assert len(finished.result.body["sentences"]) == 1
    assert any("No sentence is as short" in warning for warning in finished.result.warnings)


def test_two_characters_of_a_script_without_spaces_count_as_a_word(run_text: Any) -> None:
    finished = run_text(
        "text.summarize", "机器学习是人工智能的一个分支。今天天气很好。机器学习算法从数据中学习规律。", words=11
    )

    assert len(finished.result.body["sentences"]) in (1, 2)
    assert len(finished.result.body["summary"].replace("。", "").replace(" ", "")) <= 22


def test_length_told_twice_is_refused(run_text: Any) -> None:
    with pytest.raises(ValidationError, match="give one of sentences, words and share"):
        run_text("text.summarize", BEES, sentences=3, words=40)
