"""Every pipeline can be measured on an input that is made on the spot."""

from pathlib import Path

import pytest

from bench.made_input import made_source
from pipelines.catalogue import Pipeline, catalogue

ON_FILES = [pipeline for pipeline in catalogue().values() if pipeline.max_sources]


@pytest.mark.parametrize("pipeline", ON_FILES, ids=lambda pipeline: pipeline.name)
def test_made_input_is_one_that_the_pipeline_takes(pipeline: Pipeline, tmp_path: Path) -> None:
    source = made_source(pipeline, tmp_path)

    assert pipeline.takes(source.media_type)
    assert source.size_bytes == source.path.stat().st_size > 0
