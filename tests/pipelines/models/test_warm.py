"""Loading a model by its name, before any job asks for it."""

import shutil
from pathlib import Path

import pytest
from checkpoints.spoken_voices import FILE

from pipelines.engines.model_cache import BoundedModelCache
from pipelines.errors import EngineUnavailable
from pipelines.models.known import known_models
from pipelines.models.warm import CannotWarm, check_warmable, warm
from pipelines.standalone import standalone_context


@pytest.mark.engine
@pytest.mark.parametrize("name", ["minilm/all-MiniLM-L6-v2", "rapidocr/PP-OCRv6-small"])
def test_warm_model_is_the_one_that_a_job_would_load(tmp_path: Path, name: str) -> None:
    cache = BoundedModelCache()

    warm(name, standalone_context(tmp_path, models=cache))

    assert cache.keys() == (name,)


@pytest.mark.engine
def test_model_of_voices_may_be_warmed(tmp_path: Path) -> None:
    cache = BoundedModelCache()
    (tmp_path / "models" / "speakers").mkdir(parents=True)
    shutil.copy(FILE, tmp_path / "models" / "speakers" / "mine.onnx")

    warm("speakers/mine", standalone_context(tmp_path, models=cache))

    assert cache.keys() == ("speakers/mine",)


def test_nothing_stands_in_for_a_whisper_that_is_not_here(tmp_path: Path) -> None:
    cache = BoundedModelCache()

    with pytest.raises(EngineUnavailable) as refused:
        warm("whisper/base", standalone_context(tmp_path, models=cache))

    assert "ctranslate2" in refused.value.message
    assert "pocketsphinx" not in refused.value.message


@pytest.mark.parametrize("name", ["whisper/gigantic", "timm/mine", "base", ""])
def test_name_of_no_model_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotWarm, match=f"no model is called '{name}'"):
        check_warmable(name, tmp_path)


def test_model_of_the_user_s_own_may_be_warmed(tmp_path: Path) -> None:
    weights = tmp_path / "timm" / "mine.safetensors"
    weights.parent.mkdir()
    weights.write_bytes(b"weights")

    check_warmable("timm/mine", tmp_path)


def test_every_known_model_can_be_warmed_or_is_kept_by_nobody(tmp_path: Path) -> None:
    refused = []

    for name in known_models():
        try:
            check_warmable(name, tmp_path)
        except CannotWarm as error:
            refused.append(str(error))

    assert refused == [
        "nothing of pocketsphinx/en-us is kept in memory between jobs: leave it out",
        "nothing of espeak-ng/voices is kept in memory between jobs: leave it out",
    ]
