"""Running a pipeline without a queue."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.contract import Source
from pipelines.standalone import run_pipeline, standalone_context

TEXT = "Honey bees live in colonies. A worker bee collects nectar for the colony of honey bees."


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "bees.txt"
    path.write_text(TEXT)
    return Source(path, path.name, "text/plain", len(TEXT))


def test_run_collects_result_and_outputs(source: Source, tmp_path: Path) -> None:
    finished = run_pipeline("text.keywords", [source], {"count": 2}, standalone_context(tmp_path))

    assert len(finished.result.body["keywords"]) == 2
    assert finished.output("keywords.json").path.exists()


def test_missing_output_is_answered_with_those_there_are(source: Source, tmp_path: Path) -> None:
    finished = run_pipeline("text.keywords", [source], {}, standalone_context(tmp_path))

    with pytest.raises(KeyError, match=r"keywords\.json"):
        finished.output("summary.txt")


def test_unknown_pipeline_is_a_key_error(source: Source, tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        run_pipeline("text.sing", [source], {}, standalone_context(tmp_path))


def test_bad_params_never_start_a_run(source: Source, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        run_pipeline("text.keywords", [source], {"count": 0}, standalone_context(tmp_path))
