"""Every engine tells what its model occupies."""

from pathlib import Path

import pytest
from support.tiny_vision import save_tiny_clip, save_tiny_vit

from pipelines.engines import model_size
from pipelines.engines.embedding import embedder
from pipelines.engines.model_cache import BoundedModelCache
from pipelines.engines.rapid_ocr import RapidOcrReader
from pipelines.models.known import known_models
from pipelines.standalone import standalone_context

MIB = 1 << 20


@pytest.mark.engine
def test_size_of_a_module_counts_parameters_and_buffers() -> None:
    import torch

    normalised = torch.nn.Sequential(torch.nn.Linear(10, 20), torch.nn.BatchNorm1d(20))

    size_bytes = model_size.of_module(normalised.half())

    parameters, statistics, batches_seen = 10 * 20 + 20 + 2 * 20, 2 * 20, 8  # the last is one 64-bit number
    assert size_bytes == 2 * (parameters + statistics) + batches_seen


@pytest.mark.engine
def test_picture_models_need_what_their_numbers_take_as_float32_whatever_the_file_holds(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    from pipelines.engines.open_clip_comparer import OpenClipComparer
    from pipelines.engines.timm_classifier import TimmLabeller

    models = Telling()
    context = standalone_context(tmp_path, models=models)
    vit = save_tiny_vit(context.models_dir)
    clip = save_tiny_clip(context.models_dir)
    for path in (vit, clip / "open_clip_model.safetensors"):
        save_file({name: weight.half() for name, weight in load_file(path).items()}, path)
    TimmLabeller("test_vit", context)
    OpenClipComparer("tiny", context)

    assert len(models.told) == 2
    assert models.needed == pytest.approx(models.told, rel=0.01)


class Telling(BoundedModelCache):
    """Notes what each model was said to need before it was loaded, and to occupy then."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, int] = {}
        self.needed: dict[str, int] = {}

    def get(self, key, load, size_bytes, need_bytes=0):
        model = super().get(key, load, size_bytes, need_bytes)
        self.told[key], self.needed[key] = size_bytes(model), need_bytes
        return model


@pytest.mark.engine
def test_text_and_reading_models_tell_about_what_their_files_hold(tmp_path: Path) -> None:
    models = Telling()
    context = standalone_context(tmp_path, models=models)
    embedder(context)
    RapidOcrReader(context)

    told = models.told
    assert 85 * MIB < told["minilm/all-MiniLM-L6-v2"] < 95 * MIB
    assert 25 * MIB < told["rapidocr/PP-OCRv6-small"] < 35 * MIB
    assert set(told) <= set(known_models())
    assert models.needed == pytest.approx(told, rel=0.01)
