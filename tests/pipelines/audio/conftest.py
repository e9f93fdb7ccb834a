import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # recordings and scripted_whisper lie beside the tests

from scripted_whisper import write_scripted_whisper

from pipelines.engines.ct2_weights import ready_folder
from pipelines.engines.whisper_weights import WhisperSize
from pipelines.standalone import standalone_context


@pytest.fixture(scope="session")
def scripted_models(tmp_path_factory):
    """A models' folder whose Whisper says 'Guten Tag' to everything, with the form it is converted to."""
    models = tmp_path_factory.mktemp("scripted")
    workdir = tmp_path_factory.mktemp("converting")
    write_scripted_whisper(models / "whisper" / "base.pt")
    ready_folder(WhisperSize.BASE, standalone_context(workdir, models))
    return models


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
