"""text.keywords finds what a document is about."""

import json
from typing import Any

import pytest

BEES = (
    "Honey bees live in colonies. A worker bee collects nectar, and the colony turns the nectar into honey. "
    "Bee keepers take honey from the colony in summer. The queen bee lays eggs; honey bees feed the queen."
)


def test_keywords_come_strongest_first_beside_the_best_with_1(run_text: Any) -> None:
    finished = run_text("text.keywords", BEES, count=8)

    keywords = finished.result.body["keywords"]
    scores = [keyword["score"] for keyword in keywords]
    assert len(keywords) == 8
    assert scores[0] == 1.0
    assert scores == sorted(scores, reverse=True)
    assert "honey bees" in {keyword["text"].lower() for keyword in keywords}


def test_output_is_plain_json_of_the_result(run_text: Any) -> None:
    finished = run_text("text.keywords", BEES)

    output = finished.output("keywords.json")
    assert output.media_type == "application/json"
    assert json.loads(output.path.read_text()) == finished.result.body


def test_keywords_have_at_most_the_wanted_words(run_text: Any) -> None:
    finished = run_text("text.keywords", BEES, max_words=1)

    assert {len(keyword["text"].split()) for keyword in finished.result.body["keywords"]} == {1}


def test_chinese_terms_are_found_without_spaces(run_text: Any) -> None:
    text = (
        "机器学习是人工智能的一个分支。机器学习算法从数据中学习规律。神经网络需要大量数据。机器学习模型可以识别图像。"
    )

    finished = run_text("text.keywords", text)

    assert finished.result.body["keywords"][0]["text"] == "机器学习"
    assert finished.result.engine.name == "c-value"


@pytest.mark.parametrize("text", ["a", "!!! ???", "😀 🎉"])
def test_text_too_short_for_keywords_says_so(run_text: Any, text: str) -> None:
    finished = run_text("text.keywords", text)

    assert finished.result.body["keywords"] == []
    assert any("too short" in warning for warning in finished.result.warnings)


def test_long_document_is_sampled_with_a_warning(run_text: Any) -> None:
    finished = run_text("text.keywords", (BEES + "\n\n") * 1600, count=3)

    assert any("characters" in warning for warning in finished.result.warnings)
    assert any("honey" in keyword["text"].lower() for keyword in finished.result.body["keywords"])


def test_no_phrase_runs_from_a_heading_into_its_paragraph(run_text: Any) -> None:
    finished = run_text("text.keywords", "Harbour report\n\nBoats return at dusk\n\nBoats return at dawn\n")

    found = [keyword["text"] for keyword in finished.result.body["keywords"]]
    assert "Boats return" in found
    assert not [phrase for phrase in found if "report Boats" in phrase or "dusk Boats" in phrase]
