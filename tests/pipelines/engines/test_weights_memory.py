"""What weights will take in memory, told from the head of their file."""

from pathlib import Path

import pytest
from support.random_bert import save_random_bert

from pipelines.engines.sentence_bert import SentenceBert
from pipelines.engines.weights_memory import float32_bytes


def test_weights_are_told_as_large_as_they_are_once_loaded(tmp_path: Path) -> None:
    folder = save_random_bert(tmp_path / "mine", "mean")

    told = float32_bytes([folder / "model.safetensors"])

    assert told == SentenceBert(folder, "mine").size_bytes


def test_halves_take_twice_their_size_and_whole_numbers_theirs(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file({"a": torch.zeros(10, 3).half(), "b": torch.zeros(5, dtype=torch.int64)}, tmp_path / "m.safetensors")

    told = float32_bytes([tmp_path / "m.safetensors"])

    assert told == 10 * 3 * 4 + 5 * 8


@pytest.mark.parametrize(
    "content", [b"", b"no weights at all", b"\x02\0\0\0\0\0\0\0[]", b'\x08\0\0\0\0\0\0\0{"a": 1}', b"\xff" * 8]
)
def test_file_that_is_no_safetensors_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.safetensors").write_bytes(content)

    assert float32_bytes([tmp_path / "m.safetensors"]) is None
    assert float32_bytes([tmp_path / "absent.safetensors"]) is None
