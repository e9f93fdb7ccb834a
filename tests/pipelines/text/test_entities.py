"""text.entities tells names by a model that somebody put there, and nothing without one.

The model is tests/checkpoints/entities, trained by the script beside it on made-up names.
"""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalogue import catalogue
from pipelines.contract import Context, PartKind, Source
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Surroundings
from pipelines.errors import Cancelled, EngineUnavailable
from pipelines.standalone import run_pipeline, standalone_context

CHECKPOINT = Path(__file__).parents[2] / "checkpoints" / "entities"
TEXT = "Tordena Marlinus lives in Verganholm. Yesterday Selrao met Fenkavius at the harbour. Bees live in colonies."
NAMES = [("PER", "Tordena Marlinus"), ("LOC", "Verganholm"), ("PER", "Selrao"), ("PER", "Fenkavius")]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CHECKPOINT, tmp_path / "models" / "entities" / "tiny"))


def named(entities: Any) -> list[tuple[str, str]]:
    return [(entity["label"], entity["text"]) for entity in entities]


def test_names_of_sentences_that_the_model_never_saw_are_told_where_they_stand(run_text: Any, model: Path) -> None:
    finished = run_text("text.entities", TEXT, model="tiny")

    body = finished.result.body
    assert named(body["entities"]) == NAMES
    assert all(TEXT[one["start"] : one["end"]] == one["text"] for one in body["entities"])
    assert all(0.5 <= one["score"] <= 1 for one in body["entities"])
    assert body["labels"] == {"PER": 3, "LOC": 1}
    assert (finished.result.engine.name, finished.result.engine.model) == ("bert-ner", "tiny")


def test_name_is_shown_once_and_counted_as_often_as_it_stands(run_text: Any, model: Path) -> None:
    finished = run_text("text.entities", "Selrao lives in Verganholm. Selrao met Fenkavius. " * 2, model="tiny")

    output = finished.output("entities.json")
    file = json.loads(output.path.read_text())
    assert output.media_type == "application/vnd.triptych.entities+json"
    assert {part.kind for part in finished.parts} == {PartKind.PASSAGE}
    assert named(part.body for part in finished.parts) == list(dict.fromkeys(named(file["entities"])))
    assert file["names"][0] == {"label": "PER", "text": "Selrao", "count": 4}
    assert len(file["entities"]) == finished.result.body["entities_found"] == 8


def test_long_text_is_read_window_by_window_and_every_word_once(run_text: Any, model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    every_word = {str(number): f"B-{number}" for number in range(7)}  # no label is left for what is no name
    (model / "config.json").write_text(json.dumps({**config, "id2label": every_word}))

    finished = run_text("text.entities", f"{TEXT} " * 60, model="tiny", min_score=0)

    entities = json.loads(finished.output("entities.json").path.read_text())["entities"]
    assert [one["text"] for one in entities] == re.findall(r"\w+|[.]", TEXT) * 60
    assert "first 500" in finished.result.warnings[0]


def test_names_of_a_long_text_are_told_wherever_a_window_begins(run_text: Any, model: Path) -> None:
    finished = run_text("text.entities", f"{TEXT} " * 30, model="tiny")

    assert named(finished.result.body["entities"]) == NAMES * 30


def test_marks_of_markdown_are_no_part_of_a_name(run_text: Any, model: Path) -> None:
    finished = run_text("text.entities", "**Selrao** lives in *Verganholm*.", "text/markdown", model="tiny")

    assert named(finished.result.body["entities"]) == [("PER", "Selrao"), ("LOC", "Verganholm")]


def test_page_of_a_name_is_told(run_text: Any, model: Path, make_pdf: Any) -> None:
    path = make_pdf([["Bees live in colonies."], ["Selrao lives in Verganholm."]])

    finished = run_text("text.entities", path, "application/pdf", model="tiny")

    assert [one["page"] for one in finished.result.body["entities"]] == [2, 2]


def test_names_of_which_the_model_is_less_sure_are_left_out(run_text: Any, model: Path) -> None:
    finished = run_text("text.entities", TEXT, model="tiny", min_score=1)

    assert finished.result.body["entities"] == []


@pytest.mark.parametrize("media_type", ["text/plain", "text/markdown"])
def test_blank_stretch_longer_than_a_window_parts_names_and_loses_none(
    media_type: str, run_text: Any, model: Path
) -> None:
    before, after = "Selrao met Fenkavius.", "Tordena Marlinus lives in Verganholm."
    blank = f"\n\n```\n{' ' * 8_000}\n```\n\n" if media_type == "text/markdown" else " " * 8_000
    text = f"{blank}{before}{blank}{after}{blank}"

    finished = run_text("text.entities", text, media_type, model="tiny")

    assert named(finished.result.body["entities"]) == [*NAMES[2:], *NAMES[:2]]


def test_word_that_never_ends_is_read_to_its_end(run_text: Any, model: Path) -> None:
    finished = run_text("text.entities", "x" * 5000 + " Selrao lives in Verganholm.", model="tiny")

    assert ("LOC", "Verganholm") in named(finished.result.body["entities"])


def test_cancel_is_heard_between_windows(tmp_path: Path, model: Path) -> None:
    checks = iter(range(1000))

    def cancelled_at_fifth() -> None:
        if next(checks) >= 4:
            raise Cancelled

    source = tmp_path / "source"
    source.write_text(TEXT * 40)
    context: Context = replace(standalone_context(tmp_path), check=cancelled_at_fifth)

    with pytest.raises(Cancelled):
        run_pipeline(
            "text.entities", [Source(source, "a", "text/plain", source.stat().st_size)], {"model": "tiny"}, context
        )


def test_without_a_model_nothing_is_guessed_and_the_mend_is_told(run_text: Any) -> None:
    with pytest.raises(EngineUnavailable) as missing:
        run_text("text.entities", TEXT)

    assert "model.safetensors" in missing.value.message
    assert "entities/bert-base-NER" in missing.value.message


def test_replaced_model_is_used_by_the_next_run(run_text: Any, model: Path) -> None:
    config = json.loads((model / "config.json").read_text())
    before = run_text("text.entities", TEXT, model="tiny").result.body["labels"]
    renamed = {number: label.replace("LOC", "PLACE") for number, label in config["id2label"].items()}
    (model / "config.json").write_text(json.dumps({**config, "id2label": renamed}))

    after = run_text("text.entities", TEXT, model="tiny").result.body["labels"]

    assert (before, after) == ({"PER": 3, "LOC": 1}, {"PER": 3, "PLACE": 1})


def test_replaced_labels_are_another_maker(tmp_path: Path, model: Path) -> None:
    declared, surroundings = catalogue()["text.entities"], Surroundings(tmp_path / "models", NoNetwork())
    assert declared.made_by is not None
    before = declared.made_by(declared.params(model="tiny"), surroundings)
    config = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**config, "id2label": {"0": "O"}}))

    after = declared.made_by(declared.params(model="tiny"), surroundings)

    assert before != after
    assert after.split()[0] == "bert-ner"
