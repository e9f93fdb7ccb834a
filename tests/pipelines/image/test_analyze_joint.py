"""What a trained model of two towers says of pictures whose right words are known."""

from random import Random

import pytest
from checkpoints.drawn_scenes import COLOUR_WORDS, SCENES, SHAPE_WORDS, Scene, drawn_scene

from pipelines.contract import Context
from pipelines.standalone import run_pipeline
from tests.pipelines.image.conftest import AsSource


@pytest.mark.engine
@pytest.mark.parametrize("scene", SCENES[::7], ids=lambda scene: f"{scene.colour} {scene.shape}")
def test_drawing_fits_its_colour_and_shape_best_in_whichever_words(
    scene: Scene, as_source: AsSource, context: Context, joint_model: str
) -> None:
    source = as_source(drawn_scene(Random(f"{scene}"), scene)[0])
    words = [_in_other_words(other) for other in SCENES]

    finished = run_pipeline(
        "image.analyze", [source], {"labels": 0, "faces": False, "words": words, "comparer": joint_model}, context
    )

    best, *_ = finished.result.body["words"]
    assert best["label"] == _in_other_words(scene)


def _in_other_words(scene: Scene) -> str:
    """The second of the words for each, not those by which the scene is called."""
    return f"{COLOUR_WORDS[scene.colour][1]} {SHAPE_WORDS[scene.shape][1]}"
