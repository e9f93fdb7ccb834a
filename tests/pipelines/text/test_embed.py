"""text.embed writes one vector a passage."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.random_bert import MAX_TOKENS, save_random_bert

from pipelines.catalogue import catalogue
from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Surroundings
from pipelines.engines.sentence_bert import SentenceBert
from pipelines.errors import BadInput, EngineUnavailable

TEXT = "Cats and kittens purr when they are content. " * 6 + "Interest rates rose by half a point this quarter. " * 6


def test_passages_have_vectors_of_length_1_in_the_documented_shape(run_text: Any) -> None:
    finished = run_text("text.embed", TEXT, max_tokens=32)

    output = finished.output("embeddings.json")
    embedded = json.loads(output.path.read_text())
    vectors = np.array([passage["vector"] for passage in embedded["passages"]])
    assert output.media_type == "application/vnd.triptych.embedding+json"
    assert (embedded["model"], embedded["dimensions"]) == ("all-MiniLM-L6-v2", 384)
    assert vectors.shape == (finished.result.body["passages"], 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_passages_cover_the_text_in_order_at_their_offsets(run_text: Any) -> None:
    finished = run_text("text.embed", TEXT, max_tokens=32)

    passages = json.loads(finished.output("embeddings.json").path.read_text())["passages"]
    assert " ".join(passage["text"] for passage in passages) == TEXT.strip()
    assert all(TEXT[passage["start"] : passage["end"]] == passage["text"] for passage in passages)


def test_passages_of_one_meaning_lie_closer_than_those_of_two(run_text: Any) -> None:
    finished = run_text("text.embed", TEXT, max_tokens=16)

    passages = json.loads(finished.output("embeddings.json").path.read_text())["passages"]
    first, second, last = (np.array(passages[index]["vector"]) for index in (0, 1, -1))
    assert first @ second > 0.9 > 0.3 > first @ last


def test_word_without_spaces_is_split_rather_than_cut_off(run_text: Any) -> None:
    finished = run_text("text.embed", "机器学习" * 200, max_tokens=64)

    passages = json.loads(finished.output("embeddings.json").path.read_text())["passages"]
    assert "".join(passage["text"] for passage in passages) == "机器学习" * 200
    assert all(len(passage["text"]) <= 62 for passage in passages)


def test_empty_text_is_bad_input(run_text: Any) -> None:
    with pytest.raises(BadInput) as refused:
        run_text("text.embed", "\n")

    assert refused.value.code == "no_text"


def test_no_passage_is_longer_than_the_chosen_model_reads(run_text: Any, tmp_path: Path) -> None:
    save_random_bert(tmp_path / "models" / "embed" / "mine", "cls")

    finished = run_text("text.embed", "Bees live in colonies. " * 40, model="mine", max_tokens=256)

    passages = json.loads(finished.output("embeddings.json").path.read_text())["passages"]
    assert max(len(passage["text"].split()) for passage in passages) < MAX_TOKENS
    assert len(passages[0]["vector"]) == 32


def test_model_that_is_away_is_not_stood_in_for(run_text: Any) -> None:
    with pytest.raises(EngineUnavailable, match="embed/absent"):
        run_text("text.embed", TEXT, model="absent")


def test_replaced_model_is_used_by_the_next_run(run_text: Any, tmp_path: Path) -> None:
    folder = save_random_bert(tmp_path / "models" / "embed" / "replaced", "mean")
    run_text("text.embed", "Honey bees live in colonies.", model="replaced")
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "cls"}')

    finished = run_text("text.embed", "Honey bees live in colonies.", model="replaced")

    [passage] = json.loads(finished.output("embeddings.json").path.read_text())["passages"]
    expected = SentenceBert(folder, "replaced").encode([passage["text"]])[0]
    assert np.allclose(passage["vector"], expected, atol=1e-6)


def test_replaced_model_is_another_maker(tmp_path: Path) -> None:
    folder = save_random_bert(tmp_path / "embed" / "mine", "mean")
    declared, surroundings = catalogue()["text.embed"], Surroundings(tmp_path, NoNetwork())
    assert declared.made_by is not None
    before = declared.made_by(declared.params(model="mine"), surroundings)
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode": "cls"}')

    after = declared.made_by(declared.params(model="mine"), surroundings)

    assert before != after
    assert after.split()[0] == "sentence-bert"
