"""memory.map: everything that is remembered, drawn so that what is alike lies together."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.spaces import SpacesInMemory

from pipelines.errors import BadInput, Cancelled
from pipelines.house import MemoryKind, Modality, Space, SpaceKind, Vector
from pipelines.spaces import Placed
from pipelines.standalone import run_pipeline, standalone_context

TEXTS, PICTURES = Space(SpaceKind.TEXT, "words", 8), Space(SpaceKind.PICTURE, "pictures", 6)


def vector(space: Space, axis: int, nth: int = 0) -> Vector:
    values = np.zeros(space.dimensions, "<f4")
    values[axis], values[(axis + 1) % space.dimensions] = 1, 0.01 * nth
    return Vector(space, (values / np.linalg.norm(values)).astype("<f4").tobytes())


def placed(number: int, *vectors: Vector, modality: Modality = Modality.TEXT, text: str = "said") -> Placed:
    return Placed(f"m{number}", MemoryKind.PASSAGE, modality, f"Letter {number}", text, vectors)


def drawn(remembered: Sequence[Placed], tmp_path: Path, **params: object):
    context = replace(standalone_context(tmp_path), spaces=SpacesInMemory(remembered))
    finished = run_pipeline("memory.map", [], params, context)
    return finished.result, json.loads(finished.output("map.json").path.read_text())


def test_memories_of_like_meaning_lie_together(tmp_path):
    remembered = [placed(n, vector(TEXTS, n % 3, n)) for n in range(30)]

    result, told = drawn(remembered, tmp_path)

    points = np.array([(point["x"], point["y"]) for point in told["points"]])
    distances = np.linalg.norm(points[:, None] - points[None], axis=2) + np.eye(30) * 9
    assert all(nearest % 3 == n % 3 for n, nearest in enumerate(distances.argmin(axis=1)))
    assert told["method"] == "tsne"
    assert told["points"][4] | {"x": 0, "y": 0} == {
        "id": "m4",
        "x": 0,
        "y": 0,
        "modality": "text",
        "kind": "passage",
        "title": "Letter 4",
        "text": "said",
    }
    assert result.engine.model == "t-SNE of words"


def test_vectors_of_two_spaces_are_drawn_on_one_map(tmp_path):
    texts = [placed(n, vector(TEXTS, 0, n)) for n in range(10)]
    pictures = [placed(10 + n, vector(PICTURES, 0, n), modality=Modality.IMAGE) for n in range(10)]
    both = [placed(20, vector(TEXTS, 0), vector(PICTURES, 0))]

    result, told = drawn([*texts, *pictures, *both], tmp_path)

    assert {point["modality"] for point in told["points"]} == {"text", "image"}
    assert (len(told["points"]), result.body["models"]) == (21, ["pictures", "words"])


def test_newest_are_drawn_and_the_rest_is_told(tmp_path):
    remembered = [placed(n, vector(TEXTS, n % 4)) for n in range(6)]

    result, told = drawn(remembered, tmp_path, limit=5)

    assert [point["id"] for point in told["points"]] == ["m0", "m1", "m2", "m3", "m4"]
    assert "newest 5" in result.warnings[0]


def test_one_modality_is_drawn_alone(tmp_path):
    remembered = [placed(0, vector(TEXTS, 0)), placed(1, vector(TEXTS, 1), modality=Modality.AUDIO)]

    _, told = drawn(remembered, tmp_path, modality="audio")

    assert [point["id"] for point in told["points"]] == ["m1"]


def test_long_text_is_cut(tmp_path):
    _, told = drawn([placed(0, vector(TEXTS, 0), text="word " * 1000)], tmp_path)

    assert len(told["points"][0]["text"]) == 160


def test_memory_without_vectors_has_no_map(tmp_path):
    with pytest.raises(BadInput, match="no memory has a vector") as refused:
        drawn([], tmp_path)

    assert refused.value.code == "no_vectors"


def test_cancelled_map_stops_between_pages(tmp_path):
    def cancelled() -> None:
        raise Cancelled

    remembered = [placed(n, vector(TEXTS, 0)) for n in range(300)]
    context = replace(standalone_context(tmp_path), spaces=SpacesInMemory(remembered), check=cancelled)

    with pytest.raises(Cancelled):
        run_pipeline("memory.map", [], {}, context)
