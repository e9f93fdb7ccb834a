"""text.vectors writes one vector a text."""

import json

import numpy as np
import pytest

from pipelines.contract import Item, Source
from pipelines.standalone import run_pipeline, standalone_context
from pipelines.text.vectors import VectorsParams, vectors_many

PURRING = "Cats and kittens purr when they are content."
RATES = "Interest rates rose by half a point this quarter."


@pytest.fixture
def embed(tmp_path):
    def embed(*texts):
        path, workdir = tmp_path / "texts.json", tmp_path / "work"
        path.write_text(json.dumps(texts))
        workdir.mkdir(exist_ok=True)
        source = Source(path, path.name, "application/json", path.stat().st_size)
        finished = run_pipeline("text.vectors", [source], {}, standalone_context(workdir, tmp_path))
        vectors = np.frombuffer(finished.output("vectors.f32").path.read_bytes(), "<f4")
        return vectors.reshape(len(texts), -1), finished.result.body

    return embed


def test_each_text_has_a_vector_of_length_1_by_its_meaning(embed):
    vectors, told = embed(PURRING, RATES, "A cat purrs.")

    assert vectors.shape == (3, told["dimensions"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[2] > 0.5 > 0.2 > vectors[1] @ vectors[2]


def test_text_beyond_what_the_model_reads_counts_to_its_end(embed):
    long = f"{PURRING} " * 60 + f"{RATES} " * 60

    [cats, rates, both], _ = embed(PURRING, RATES, long)

    assert np.isclose(np.linalg.norm(both), 1, atol=1e-5)
    assert min(both @ cats, both @ rates) > 0.5


def test_tokens_of_all_texts_are_counted(embed):
    _, once = embed(PURRING)
    _, twice = embed(PURRING, PURRING)

    assert twice["tokens"] == 2 * once["tokens"] > 0


def test_requests_that_are_done_together_get_what_each_would_alone(embed, tmp_path):
    alone = [embed(PURRING, RATES)[0], embed("A cat purrs.")[0]]
    items = []
    for number, texts in enumerate([[PURRING, RATES], ["A cat purrs."]]):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = folder / "texts.json"
        path.write_text(json.dumps(texts))
        source = Source(path, path.name, "application/json", path.stat().st_size)
        items.append(Item([source], VectorsParams(), standalone_context(folder, tmp_path)))

    made = vectors_many(items)

    for one, vectors in zip(made, alone, strict=True):
        [output] = one.yielded
        assert np.allclose(np.frombuffer(output.path.read_bytes(), "<f4"), vectors.ravel(), atol=1e-5)
    assert [one.result.body["texts"] for one in made] == [2, 1]
