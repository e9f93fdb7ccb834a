import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.standalone import standalone_context

sys.path.insert(0, str(Path(__file__).parent))  # recordings and scripted_whisper lie beside the tests


@pytest.fixture
def told():
    """The progress a run told, as (fraction, note)."""
    return []


@pytest.fixture
def context(tmp_path, told):
    workdir = tmp_path / "work"
    workdir.mkdir()
    offline = standalone_context(workdir, tmp_path / "models")
    return replace(offline, progress=lambda fraction, note: told.append((fraction, note)))
