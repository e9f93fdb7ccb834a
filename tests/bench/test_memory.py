"""What processes weigh: how it is told, and what cannot be measured."""

from pathlib import Path

import pytest

from bench.memory import NotMeasured, import_table, row_of


def test_import_is_told_by_its_median_and_its_extremes() -> None:
    table = import_table([1.0, 2.5, 1.5])

    assert "3 fresh processes" in table.title
    assert list(table.rows) == [("import api.app", 1.5, 1.0, 2.5, "no")]


def test_pipeline_without_its_weights_is_not_measured_and_told_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRIPTYCH_MODELS_DIR", str(tmp_path))

    with pytest.raises(NotMeasured, match="no model bert-base-NER"):
        row_of("text.entities")
