"""Every engine tells what its model occupies."""

from pathlib import Path

import pytest

from pipelines.engines import model_size
from pipelines.engines.embedding import embedder
from pipelines.engines.passes import uncounted
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
def test_text_and_reading_models_tell_about_what_their_files_hold(tmp_path: Path) -> None:
    told: dict[str, int] = {}
    needed: dict[str, int] = {}

    class Telling:
        note_pass = staticmethod(uncounted)

        def get(self, key, load, size_bytes, need_bytes):
            model = load()
            told[key] = size_bytes(model)
            needed[key] = need_bytes
            return model

    context = standalone_context(tmp_path, models=Telling())
    embedder(context)
    RapidOcrReader(context)

    assert 85 * MIB < told["minilm/all-MiniLM-L6-v2"] < 95 * MIB
    assert 25 * MIB < told["rapidocr/PP-OCRv6-small"] < 35 * MIB
    assert set(told) <= set(known_models())
    assert needed == pytest.approx(told, rel=0.01)
