"""The token classifier read from its files says what transformers says, and refuses files that do not fit."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.bert_recogniser import BertRecogniser
from pipelines.engines.network import NoNetwork
from pipelines.engines.recognising import recognising_engines
from pipelines.engines.selection import Surroundings
from pipelines.errors import EngineUnavailable

CHECKPOINT = Path(__file__).parents[2] / "checkpoints" / "entities"


@pytest.mark.engine
@pytest.mark.filterwarnings("default")  # the reference library's own imports warn
def test_logits_are_those_of_transformers() -> None:
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    import torch
    from transformers import BertForTokenClassification

    reference = BertForTokenClassification.from_pretrained(CHECKPOINT, dtype=torch.float32).eval()
    ids = [2, 17, 40, 33, 120, 9, 3]

    [logits] = BertRecogniser(CHECKPOINT).logits([ids])

    with torch.inference_mode():
        expected = reference(input_ids=torch.tensor([ids])).logits[0]
    assert logits.shape == (7, 7)
    assert np.abs((logits - expected).numpy()).max() < 1e-4


def test_config_of_other_labels_than_the_weights_is_refused(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CHECKPOINT, tmp_path / "tiny"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "id2label": {"0": "O", "1": "B-PER"}}))

    with pytest.raises(EngineUnavailable, match="no BERT token classifier of 2 labels"):
        BertRecogniser(folder)


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("{}", "hidden_size"),
        ("[]", "no JSON object"),
        ("{", "cannot be read"),
        ('{"model_type": "roberta"}', "'roberta'"),
    ],
)
def test_config_that_says_too_little_is_told_by_the_probe(config: str, why: str, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(CHECKPOINT, tmp_path / "entities" / "tiny"))
    (folder / "config.json").write_text(config)
    (engine,) = recognising_engines("tiny")

    found = engine.probe(Surroundings(tmp_path, NoNetwork()))

    assert not found.ok
    assert why in found.why
