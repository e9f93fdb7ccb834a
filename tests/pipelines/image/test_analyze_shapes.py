"""What a trained classifier says of pictures whose right answer is known."""

from random import Random

import pytest
from checkpoints.drawn_shapes import SHAPES, drawn

from pipelines.contract import Context
from pipelines.standalone import run_pipeline
from tests.pipelines.image.conftest import AsSource


@pytest.mark.engine
@pytest.mark.parametrize("shape", SHAPES)
def test_drawn_shape_is_labelled_as_what_it_is(
    shape: str, as_source: AsSource, context: Context, shapes_classifier: str
) -> None:
    source = as_source(drawn(Random(f"a {shape}"), shape).picture)

    finished = run_pipeline("image.analyze", [source], {"classifier": shapes_classifier}, context)

    first, *others = finished.result.body["labels"]
    assert first["label"] == shape
    assert first["score"] > 0.8
    assert {first["label"], *(other["label"] for other in others)} == set(SHAPES)
