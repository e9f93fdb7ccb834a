"""Every pipeline can be measured on an input that is made on the spot."""

from pathlib import Path

import pytest

from bench.made_input import made_source
from pipelines.catalogue import Pipeline, catalogue


@pytest.mark.parametrize("pipeline", catalogue().values(), ids=lambda pipeline: pipeline.name)
def test_made_input_is_one_that_the_pipeline_takes(pipeline: Pipeline, tmp_path: Path) -> None:
    source = made_source(pipeline, tmp_path)

    assert pipeline.takes(source.media_type)
    assert source.size_bytes == source.path.stat().st_size > 0
