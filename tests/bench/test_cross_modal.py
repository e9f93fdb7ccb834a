"""Whether texts find the pictures that they describe, with a joint model and without one."""

from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from checkpoints.drawn_scenes import SHAPE_WORDS, Scene

from bench.cross_modal import OWNER, Seeing, alike, keep_pictures, questions
from bench.likeness import likeness_table
from pipelines.memory.models import descriptions
from triptych.memory.search import search
from triptych.memory.values import Question
from triptych.store import Store

pytestmark = pytest.mark.engine
PICTURES = 24


@pytest.fixture
def seeing(tmp_path: Path) -> Seeing:
    folder = tmp_path / "seeing"
    folder.mkdir()
    return Seeing(folder)


def found(store: Store, question: Question) -> Sequence[int]:
    """The numbers of the pictures that were found, best first."""
    return [int(Path(hit.source.title).stem) for hit in search(store, OWNER, question).hits]


def test_text_finds_a_picture_by_a_joint_model_and_without_one_by_its_labels(
    sqlite_store: Store, seeing: Seeing
) -> None:
    scenes = keep_pictures(sqlite_store, seeing, Random(3), PICTURES)
    wanted = scenes[0]
    like_it = {number for number, scene in enumerate(scenes) if Scene(wanted.shape, wanted.colour).is_true_of(scene)}
    of_its_shape = {number for number, scene in enumerate(scenes) if scene.shape == wanted.shape}
    described = f"a photo of a {wanted.colour} {SHAPE_WORDS[wanted.shape][1]}"  # whose label is another word
    [seen] = descriptions(seeing.of_pictures, [described])

    by_joint_model = found(sqlite_store, Question("", tuple(seen)))
    by_labels, by_other_words = (found(sqlite_store, Question(text)) for text in (f"a {wanted.shape}", described))

    assert set(by_joint_model[: len(like_it)]) == like_it
    assert of_its_shape <= set(by_labels)
    assert by_labels[0] in of_its_shape
    assert by_other_words == []


def test_each_way_of_asking_is_graded_by_what_is_to_be_seen(seeing: Seeing) -> None:
    scenes = [Scene("star", "red", "small", "left"), Scene("star", "blue", "large", "left"), Scene("cross", "red")]

    asked = questions(seeing, Random(1), scenes, 4)

    assert {way: len(some) for way, some in asked.items()} == dict.fromkeys(asked, 4)
    assert not any(one.question.text for one in asked["joint model"])
    assert all(one.question.text and one.question.vectors for one in asked["labels and joint model"])
    assert all(set(one.grades) in ({0, 1}, {2}) for one in asked["labels"])


def test_what_is_like_a_picture_is_told_fused_and_combined(sqlite_store: Store, seeing: Seeing) -> None:
    scenes = keep_pictures(sqlite_store, seeing, Random(3), PICTURES)

    table = likeness_table(sqlite_store, OWNER, alike(scenes), "likeness")

    gained = {way: float(str(gain).split()[0]) for way, _, gain in table.rows}
    assert gained["what the labels mean alone"] < gained["combined, labels 0.5"]
    assert gained["what the labels mean alone"] < gained["rankings fused (as the house does)"]
    assert all(number not in of_one for number, of_one in enumerate(alike(scenes)))
